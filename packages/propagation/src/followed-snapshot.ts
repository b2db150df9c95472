import {
  applyDelta,
  type InstanceRecord,
  type Position,
  type Snapshot,
  type SnapshotDelta,
  withInstances,
} from '@grey/route-core';
import { type Application, ChangeFollower, type FollowLink, type FollowState } from './change-follower.ts';
import { FollowedOverrides } from './followed-overrides.ts';
import { comparePositions, formatPosition, type PropagationLogger } from './publication.ts';
import type { RouterLease } from './router-lease.ts';

export interface FollowedSnapshotOptions {
  readonly link: FollowLink;
  readonly logger: PropagationLogger;
  /** Last good snapshot of an earlier run, to answer from until Redis has told more. */
  readonly initial?: Snapshot;
  /**
   * The changes after a position from elsewhere than Redis. `'reset'`: load afresh. Asked while Redis does not lead, and now
   * and then while it does: a Redis that refuses writes looks as if nothing had changed.
   */
  readonly poll?: (after: Position) => Promise<readonly SnapshotDelta[] | 'reset'>;
  /** Everything from elsewhere than Redis; asked while Redis does not lead and `poll` cannot help. */
  readonly load?: () => Promise<Snapshot>;
  /** Default 2 000 ms. */
  readonly pollMs?: number;
  /** How often `poll` is asked while Redis leads. Default 5 000 ms. */
  readonly idlePollMs?: number;
  readonly blockMs?: number;
  /** Told when all there is has been applied. */
  readonly lease?: RouterLease;
  /** How often Redis is asked for emergency rollbacks that the log does not have yet. Default 250 ms. */
  readonly overridesMs?: number;
  readonly now?: () => number;
}

/**
 * Why there is another snapshot. `changed`: one change was applied; `replaced`: all of it is new; `instances`: of one service;
 * `overrides`: emergency rollbacks came or ended that are in force before the log has them.
 */
export type SnapshotCause =
  | { readonly kind: 'changed'; readonly delta: SnapshotDelta }
  | { readonly kind: 'replaced' }
  | { readonly kind: 'instances'; readonly serviceId: string }
  | { readonly kind: 'overrides' };

export interface FollowStatus {
  readonly state: FollowState;
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly error?: string;
  /** From the commit of the change last applied from the stream until it was applied here; clocks of two machines. */
  readonly lagMs?: number;
  readonly resyncCount: number;
}

/**
 * The snapshot that a router decides by. It is swapped as a whole and never taken back: it follows the stream, and while
 * Redis is away, empty or older, it stays as it was or follows `poll`.
 */
export class FollowedSnapshot {
  readonly #options: FollowedSnapshotOptions;
  readonly #follower: ChangeFollower;
  readonly #listeners = new Set<(snapshot: Snapshot, cause: SnapshotCause) => void>();
  readonly #instances = new Map<string, readonly InstanceRecord[]>();
  readonly #overrides: FollowedOverrides;
  readonly #now: () => number;
  /** What the log says; `#snapshot` is it with the overrides laid over. */
  #base: Snapshot | undefined;
  #snapshot: Snapshot | undefined;
  #status: FollowStatus;
  #timer: NodeJS.Timeout | undefined;
  #overridesTimer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #polling: Promise<void> | undefined;
  #polledAt = Number.NEGATIVE_INFINITY;
  #tellFirst = () => {};

  constructor(options: FollowedSnapshotOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#overrides = new FollowedOverrides(options.link);
    this.#status = { state: 'starting', since: this.#now(), resyncCount: 0 };
    if (options.initial !== undefined) this.#begin(options.initial);
    this.#follower = new ChangeFollower({
      link: options.link,
      target: {
        position: () => this.#base?.position,
        apply: ({ delta, at }) => this.#apply(delta, at),
        replace: (snapshot) => this.#replace(snapshot),
      },
      onState: (state, error) => this.#setState(state, error),
      lease: options.lease,
      ...(options.blockMs === undefined ? {} : { blockMs: options.blockMs }),
    });
  }

  /** What is decided by; undefined until there was any. */
  get snapshot(): Snapshot | undefined {
    return this.#snapshot;
  }

  /** The same as the log alone has it: what to keep for the next start. */
  get base(): Snapshot | undefined {
    return this.#base;
  }

  get status(): FollowStatus {
    return this.#status;
  }

  /** Resolves when the state is known for the first time: Redis followed, or found away, empty or older. */
  start(): Promise<void> {
    const first = new Promise<void>((resolve) => {
      this.#tellFirst = resolve;
    });
    // First what is in force beside the log: nobody is to be sent to a version that was taken back.
    void this.#lookForOverrides().finally(() => this.#follower.start());
    this.#timer = setInterval(() => void this.#pollIfNeeded(), this.#options.pollMs ?? 2_000);
    this.#overridesTimer = setInterval(() => void this.#lookForOverrides(), this.#options.overridesMs ?? 250);
    return first;
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    clearInterval(this.#overridesTimer);
    this.#tellFirst();
    const stopping = this.#follower.stop();
    await this.#looking;
    await stopping;
    await this.#polling;
  }

  /** Called with every new snapshot, in order. A listener that throws keeps nobody else from hearing. @returns ends it */
  onChanged(listener: (snapshot: Snapshot, cause: SnapshotCause) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Moves on by a change that this process knows of already, as its own commit. One that does not follow is left to the stream. */
  offer(delta: SnapshotDelta): void {
    if (this.#apply(delta) === 'gap') void this.#pollIfNeeded();
  }

  /** Replaces the live instances of one service. They outlive every new snapshot. */
  setInstances(serviceId: string, instances: readonly InstanceRecord[]): void {
    if (instances.length === 0) this.#instances.delete(serviceId);
    else this.#instances.set(serviceId, instances);
    if (this.#base !== undefined) {
      this.#swap(withInstances(this.#base, serviceId, instances), { kind: 'instances', serviceId });
    }
  }

  #begin(initial: Snapshot): void {
    for (const [id, own] of Map.groupBy(initial.listInstances(), (one) => one.serviceId)) this.#instances.set(id, own);
    this.#base = initial;
    this.#snapshot = initial;
  }

  #apply(delta: SnapshotDelta, at?: string): Application {
    const own = this.#base;
    if (own === undefined) return 'gap';
    const { epoch, revision } = own.position;
    if (delta.epoch !== epoch) return delta.epoch > epoch ? 'newer_epoch' : 'older_epoch';
    if (delta.revision <= revision) return 'known';
    if (delta.revision !== revision + 1) return 'gap';
    this.#swap(applyDelta(own, delta), { kind: 'changed', delta });
    const lagMs = at === undefined ? Number.NaN : this.#now() - Date.parse(at);
    if (!Number.isNaN(lagMs)) this.#status = { ...this.#status, lagMs };
    return 'applied';
  }

  #replace(snapshot: Snapshot): void {
    if (this.#base !== undefined && comparePositions(snapshot.position, this.#base.position) <= 0) return;
    let whole = snapshot;
    for (const [serviceId, instances] of this.#instances) whole = withInstances(whole, serviceId, instances);
    this.#status = { ...this.#status, resyncCount: this.#status.resyncCount + 1 };
    this.#options.logger.info(`the snapshot was loaded anew at ${formatPosition(snapshot.position)}`);
    this.#swap(whole, { kind: 'replaced' });
  }

  #swap(base: Snapshot, cause: SnapshotCause): void {
    const snapshot = this.#overrides.over(base);
    this.#base = base;
    this.#snapshot = snapshot;
    for (const listener of [...this.#listeners]) {
      try {
        listener(snapshot, cause);
      } catch (error) {
        this.#options.logger.error('a listener failed on a new snapshot', error);
      }
    }
  }

  /** A Redis that is away is asked again with the next look. */
  #lookForOverrides(): Promise<void> {
    this.#looking ??= this.#overrides
      .look()
      .then((isChanged) => {
        if (isChanged && this.#base !== undefined) this.#swap(this.#base, { kind: 'overrides' });
      })
      .catch(() => undefined)
      .finally(() => {
        this.#looking = undefined;
      });
    return this.#looking;
  }

  #pollIfNeeded(): Promise<void> {
    const isLed = this.#status.state === 'following';
    if (this.#status.state === 'starting') return Promise.resolve();
    if (isLed && this.#now() - this.#polledAt < (this.#options.idlePollMs ?? 5_000)) return Promise.resolve();
    this.#polledAt = this.#now();
    this.#polling ??= this.#poll(isLed)
      .catch((error) => {
        if (!isLed) this.#options.logger.warn('neither Redis nor the log answers; the last good snapshot stays', error);
      })
      .finally(() => {
        this.#polling = undefined;
      });
    return this.#polling;
  }

  async #poll(isLed: boolean): Promise<void> {
    const { poll, load, lease } = this.#options;
    const askedAt = lease?.now() ?? 0;
    const deltas = this.#base === undefined ? 'reset' : await poll?.(this.#base.position);
    if (deltas === undefined) return;
    if (deltas === 'reset') {
      // Redis knows better: it may be of an epoch that this log does not have.
      if (load !== undefined && !isLed) this.#replace(await load());
      return;
    }
    const taken = deltas.map((delta) => this.#apply(delta));
    if (taken.every((application) => application === 'applied' || application === 'known')) lease?.caughtUp(askedAt);
  }

  #setState(state: FollowState, error?: string): void {
    const { state: before, since, lagMs, resyncCount } = this.#status;
    this.#status = {
      state,
      since: state === before ? since : this.#now(),
      resyncCount,
      ...(error === undefined ? {} : { error }),
      ...(lagMs === undefined ? {} : { lagMs }),
    };
    // Resyncing is on the way to something; everything else is an answer.
    if (state !== 'resyncing') this.#tellFirst();
    if (state === before) return;
    if (state === 'format_unknown')
      this.#options.logger.error(`changes cannot be read, the last good snapshot stays: ${error}`);
    else if (state === 'away') this.#options.logger.warn(`Redis cannot be followed: ${error}`);
    if (state === 'away' || state === 'waiting') void this.#pollIfNeeded();
  }
}
