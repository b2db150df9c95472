import type { Position } from '@grey/route-core';
import { ChangeProjector } from './change-projector.ts';
import { ChangePublisher, type PublishOutcome } from './change-publisher.ts';
import { ProjectionKeeper } from './projection-keeper.ts';
import { createProjectionWriter } from './projection-writer.ts';
import { formatPosition, type PropagationLogger, type PublicationSource, type PublishedChange } from './publication.ts';
import { Rebuilder, type RebuildStep } from './rebuilder.ts';
import { type HealingState, RedisHealer } from './redis-healer.ts';
import type { RedisLink } from './redis-link.ts';
import { WorkQueue } from './work-queue.ts';

export interface PublicationServiceOptions {
  readonly link: Pick<RedisLink, 'run' | 'runOnce' | 'isCluster'>;
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
  readonly state: HealingState | 'unknown' | 'down';
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
/** How soon to look again whether another replica has projected the change before ours. */
const TURN_MS = 25;

/**
 * Carries the log into Redis: each change at once, and whatever Redis lost by itself. Every replica runs one, none is special;
 * Redis' scripts decide whose write counts. Nothing here ever keeps a commit waiting.
 */
export class PublicationService {
  readonly #options: PublicationServiceOptions;
  readonly #publisher: ChangePublisher;
  readonly #projector: ChangeProjector;
  readonly #healer: RedisHealer;
  readonly #keeper: ProjectionKeeper;
  readonly #now: () => number;
  readonly #publishing = new WorkQueue(() => this.#publishQueue());
  /** Apart from publishing, which does not wait for the database. */
  readonly #healing = new WorkQueue(() => this.#heal());
  readonly #keeping = new WorkQueue(() => this.#keep());
  #queue: PublishedChange[] = [];
  #timer: NodeJS.Timeout | undefined;
  #soon: NodeJS.Timeout | undefined;
  #isStopped = false;
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
    const rebuilder = new Rebuilder({
      link,
      source,
      writer,
      logger,
      ...(rebuildLockMs === undefined ? {} : { lockMs: rebuildLockMs }),
      ...(onRebuildStep === undefined ? {} : { onStep: onRebuildStep }),
    });
    this.#healer = new RedisHealer({
      link,
      source,
      rebuilder,
      publish: (changes) => this.#publish(changes),
      onState: (state, seen) => this.#setState(state, seen),
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
    const isThrough = this.#publishing.request();
    // Holds are projected from the state: an emergency does not wait for the next tick.
    if (change.delta.holds !== undefined) void isThrough.then(() => this.#keeping.request());
  }

  /** Compares with the log now and resolves when whatever had to be done is done or has failed. */
  async tick(): Promise<void> {
    await this.#healing.request();
    await this.#keeping.request();
  }

  /** Ends after what is under way. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearInterval(this.#timer);
    clearTimeout(this.#soon);
    await Promise.all([this.#publishing.close(), this.#healing.close(), this.#keeping.close()]);
    await this.#keeper.release().catch(() => undefined);
  }

  #tick(): void {
    void this.#healing.request();
    void this.#keeping.request();
  }

  async #publishQueue(): Promise<void> {
    const changes = this.#queue.sort((a, b) => a.delta.revision - b.delta.revision);
    this.#queue = [];
    try {
      const outcome = await this.#publish(changes);
      if (outcome === 'published' || outcome === 'already') await this.#project();
      else void this.#healing.request();
    } catch (error) {
      // What was queued is in the log too, and found there when Redis answers again.
      this.#setDown(error);
    }
  }

  async #heal(): Promise<void> {
    try {
      await this.#healer.heal();
      if (this.#status.state !== 'leave') await this.#project();
    } catch (error) {
      this.#setDown(error);
    }
  }

  #publish(changes: readonly PublishedChange[]): Promise<PublishOutcome> {
    // Only what we published is ours to project: several at one change would be in each other's way.
    return this.#publisher.publish(changes, (change) => this.#projector.keep(change));
  }

  async #project(): Promise<void> {
    const outcome = await this.#projector.project();
    if (outcome === 'reset') await this.#healer.rebuildUnlessReachable();
    if (outcome !== 'waiting' || !this.#projector.isHolding || this.#isStopped) return;
    clearTimeout(this.#soon);
    this.#soon = setTimeout(() => void this.#publishing.request(), TURN_MS);
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

  #setDown(error: unknown): void {
    this.#setState('down', { error: error instanceof Error ? error.message : String(error) });
  }

  #setState(state: PublicationStatus['state'], seen: Partial<PublicationStatus>): void {
    const { state: before } = this.#status;
    if (before !== state) this.#tell(state, before, seen);
    const since = before === state ? this.#status.since : this.#now();
    this.#status = { ...seen, state, since, rebuildCount: this.#healer.rebuildCount };
  }

  #tell(state: PublicationStatus['state'], before: PublicationStatus['state'], seen: Partial<PublicationStatus>): void {
    const { logger } = this.#options;
    if (state === 'down') logger.warn(`Redis cannot be kept at the log: ${seen.error}`);
    if (state === 'in_sync' && before !== 'unknown') logger.info('Redis agrees with the log');
    if (state !== 'leave') return;
    const [redis, log] = [seen.redis, seen.log].map((one) => (one === undefined ? 'nowhere' : formatPosition(one)));
    logger.error(
      `Redis is at ${redis}, further than this log at ${log}; it is left alone. ` +
        'Is this process connected to an old copy of the database?',
    );
  }
}
