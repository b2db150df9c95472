import type { Position } from '@grey/route-core';
import { ChangeProjector } from './change-projector.ts';
import { ChangePublisher, type PublishOutcome } from './change-publisher.ts';
import { type Healing, planHealing } from './plan-healing.ts';
import { ProjectionKeeper } from './projection-keeper.ts';
import { createProjectionWriter } from './projection-writer.ts';
import { formatPosition, type PropagationLogger, type PublicationSource, type PublishedChange } from './publication.ts';
import { Rebuilder, type RebuildStep } from './rebuilder.ts';
import type { RedisLink } from './redis-link.ts';
import { type RedisPosition, readPosition } from './redis-position.ts';
import { WorkQueue } from './work-queue.ts';

export interface PublicationServiceOptions {
  readonly link: Pick<RedisLink, 'run' | 'isCluster'>;
  readonly source: PublicationSource;
  readonly logger: PropagationLogger;
  readonly now?: () => number;
  /** How often Redis is compared with the log. Default 1 000 ms. */
  readonly tickMs?: number;
  /** How long another replica's change may stay out of the projection before this one writes it. Default 1 000 ms. */
  readonly takeOverMs?: number;
  /** Life of the lock of a rebuild. Default 10 000 ms. */
  readonly rebuildLockMs?: number;
  readonly keeperLeaseMs?: number;
  readonly holdsEveryMs?: number;
  readonly onRebuildStep?: (step: RebuildStep) => Promise<void> | void;
}

/**
 * How Redis stands to the log, as last seen. `in_sync`; `behind`, being caught up; `rebuilding`; `leave`: Redis is of a later
 * epoch or further than this log, which is left alone; `down`: Redis or the log did not answer.
 */
export interface PublicationStatus {
  readonly state: 'unknown' | 'in_sync' | 'behind' | 'rebuilding' | 'leave' | 'down';
  /** Milliseconds since 1970. */
  readonly since: number;
  /** Why it is `down`. */
  readonly error?: string;
  readonly redis?: Position;
  readonly log?: Position;
  readonly rebuildCount: number;
}

/** Changes that wait while Redis is away; beyond this the log has them. */
const MOST_QUEUED = 1_000;

/**
 * Carries the log into Redis: each change at once, and whatever Redis lost by itself. Every replica runs one, none is special;
 * Redis' scripts decide whose write counts. Nothing here ever keeps a commit waiting.
 */
export class PublicationService {
  readonly #options: PublicationServiceOptions;
  readonly #publisher: ChangePublisher;
  readonly #projector: ChangeProjector;
  readonly #rebuilder: Rebuilder;
  readonly #keeper: ProjectionKeeper;
  readonly #now: () => number;
  readonly #work = new WorkQueue((isTick) => this.#run(isTick));
  readonly #keeping = new WorkQueue(() => this.#keep());
  #queue: PublishedChange[] = [];
  #timer: NodeJS.Timeout | undefined;
  #status: PublicationStatus;

  constructor(options: PublicationServiceOptions) {
    this.#options = options;
    const { link, source, logger } = options;
    this.#now = options.now ?? Date.now;
    this.#status = { state: 'unknown', since: this.#now(), rebuildCount: 0 };
    const writer = createProjectionWriter(link);
    this.#publisher = new ChangePublisher(link);
    this.#projector = new ChangeProjector({
      link,
      writer,
      source,
      takeOverMs: options.takeOverMs ?? 1_000,
      now: this.#now,
    });
    const { rebuildLockMs, onRebuildStep, keeperLeaseMs, holdsEveryMs } = options;
    this.#rebuilder = new Rebuilder({
      link,
      source,
      writer,
      logger,
      ...(rebuildLockMs === undefined ? {} : { lockMs: rebuildLockMs }),
      ...(onRebuildStep === undefined ? {} : { onStep: onRebuildStep }),
    });
    this.#keeper = new ProjectionKeeper({
      link,
      source,
      writer,
      logger,
      now: this.#now,
      ...(keeperLeaseMs === undefined ? {} : { leaseMs: keeperLeaseMs }),
      ...(holdsEveryMs === undefined ? {} : { holdsEveryMs }),
    });
  }

  get status(): PublicationStatus {
    return this.#status;
  }

  /** Begins to compare and heal. Returns at once; a Redis that is away is waited for. */
  start(): void {
    this.#timer ??= setInterval(() => this.#tick(), this.#options.tickMs ?? 1_000);
    this.#tick();
  }

  /** Call after every local commit, in any order. Returns at once. */
  announce(change: PublishedChange): void {
    this.#queue.push(change);
    if (this.#queue.length > MOST_QUEUED) this.#queue = [];
    const isThrough = this.#work.request(false);
    // Holds are projected from the state: an emergency does not wait for the next tick.
    if (change.delta.holds !== undefined) void isThrough.then(() => this.#keeping.request(true));
  }

  /** Compares with the log now and resolves when whatever had to be done is done or has failed. */
  async tick(): Promise<void> {
    await this.#work.request(true);
    await this.#keeping.request(true);
  }

  /** Ends after what is under way. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all([this.#work.close(), this.#keeping.close()]);
    await this.#keeper.release().catch(() => undefined);
  }

  #tick(): void {
    void this.#work.request(true);
    void this.#keeping.request(true);
  }

  async #run(isTick: boolean): Promise<void> {
    try {
      const outcome = await this.#publishQueue();
      if (isTick || (outcome !== 'published' && outcome !== 'already')) await this.#heal();
      if ((await this.#projector.project()) === 'reset') await this.#rebuild(() => this.#cannotCatchUp());
    } catch (error) {
      // What is queued is in the log too, and found there when Redis answers again.
      this.#queue = [];
      this.#setState('down', { error: error instanceof Error ? error.message : String(error) });
    }
  }

  async #publishQueue(): Promise<PublishOutcome> {
    const changes = this.#queue.sort((a, b) => a.delta.revision - b.delta.revision);
    this.#queue = [];
    if (changes.length === 0) return 'already';
    return this.#publish(changes);
  }

  async #publish(changes: readonly PublishedChange[]): Promise<PublishOutcome> {
    for (const change of changes) this.#projector.keep(change);
    return this.#publisher.publish(changes);
  }

  /** Redis is read before the log: one that seems further than its log really is. */
  async #compare(): Promise<{ healing: Healing; redis: RedisPosition | undefined; log: Position }> {
    const redis = await this.#options.link.run(readPosition);
    const log = await this.#options.source.currentPosition();
    return { healing: planHealing(redis, log), redis, log };
  }

  async #heal(): Promise<void> {
    // Twice at most: after a rebuild the log may have moved on. What is left then comes with the next tick.
    for (let round = 0; round < 2; round++) {
      const { healing, redis, log } = await this.#compare();
      const seen = { ...(redis === undefined ? {} : { redis }), log };
      if (healing === 'nothing') return this.#setState('in_sync', seen);
      if (healing === 'leave') return this.#leave(seen);
      this.#setState(healing === 'publish' ? 'behind' : 'rebuilding', seen);
      if (healing === 'rebuild' || redis === undefined) {
        if (!(await this.#rebuild())) return;
      } else {
        const missing = await this.#options.source.loadChanges(redis);
        if (missing === 'reset') await this.#rebuild(() => this.#cannotCatchUp());
        else await this.#publish(missing);
      }
    }
    const { healing, redis, log } = await this.#compare();
    if (healing === 'nothing') this.#setState('in_sync', { ...(redis === undefined ? {} : { redis }), log });
  }

  async #rebuild(isNeeded = async () => (await this.#compare()).healing === 'rebuild'): Promise<boolean> {
    const outcome = await this.#rebuilder.rebuild(isNeeded);
    if (outcome === 'done') this.#status = { ...this.#status, rebuildCount: this.#status.rebuildCount + 1 };
    return outcome === 'done' || outcome === 'unneeded';
  }

  async #cannotCatchUp(): Promise<boolean> {
    const { healing, redis } = await this.#compare();
    if (healing === 'rebuild' || redis?.projected === undefined) return true;
    if (healing === 'leave') return false;
    return (await this.#options.source.loadChanges({ epoch: redis.epoch, revision: redis.projected })) === 'reset';
  }

  #leave(seen: { redis?: Position; log: Position }): void {
    if (this.#status.state !== 'leave') {
      const where = seen.redis === undefined ? 'unknown' : formatPosition(seen.redis);
      this.#options.logger.error(
        `Redis is at ${where}, further than this log at ${formatPosition(seen.log)}; it is left alone. ` +
          'Is this process connected to an old copy of the database?',
      );
    }
    this.#setState('leave', seen);
  }

  async #keep(): Promise<void> {
    try {
      if (this.#status.state === 'leave') return;
      await this.#keeper.tick();
    } catch (error) {
      // Without Redis or the log there is nothing to keep; `#run` says so. Anything else is said here.
      if (this.#status.state === 'in_sync')
        this.#options.logger.warn('the projection could not be looked after', error);
    }
  }

  #setState(state: PublicationStatus['state'], seen: Partial<PublicationStatus> = {}): void {
    const { rebuildCount, state: before } = this.#status;
    const since = before === state ? this.#status.since : this.#now();
    if (before !== state) {
      if (state === 'down') this.#options.logger.warn(`Redis cannot be kept at the log: ${seen.error}`);
      if (state === 'in_sync' && before !== 'unknown') this.#options.logger.info('Redis agrees with the log again');
    }
    this.#status = { state, since, rebuildCount, ...seen };
  }
}
