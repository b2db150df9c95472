import { comparePositions, type FollowTarget, OverrideLayer, runInSteps } from '@grey/propagation';
import {
  applyDelta,
  buildSnapshotInSteps,
  type HoldRecord,
  type InstanceRecord,
  type Snapshot,
  type SnapshotDelta,
  withInstances,
} from '@grey/route-core';
import { Logger } from '@nestjs/common';
import type { ChangeFeed } from '../changes/change-feed.ts';
import type { SnapshotsService } from '../changes/snapshots.service.ts';

const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 4_000;

/** How the last attempt to load went. `since` is in milliseconds since 1970. */
export type LoadStatus =
  | { readonly isUp: true }
  | { readonly isUp: false; readonly since: number; readonly error: string };

/**
 * The snapshot that this process routes by: loaded once, then moved on by every committed change in order. When a change
 * does not follow, everything is read anew; until that succeeds the last good snapshot goes on answering.
 */
export class RouterState {
  readonly #store: Pick<SnapshotsService, 'loadSource'>;
  readonly #feed: Pick<ChangeFeed, 'subscribe' | 'onReset'>;
  readonly #firstRetryMs: number;
  readonly #logger = new Logger('routing');
  readonly #instances = new Map<string, readonly InstanceRecord[]>();
  readonly #listeners = new Set<(snapshot: Snapshot, base: Snapshot) => void>();
  readonly #overrides = new OverrideLayer();
  /** What the log says; `#snapshot` is it with the overrides laid over. */
  #base: Snapshot | undefined;
  #snapshot: Snapshot | undefined;
  #status: LoadStatus = { isUp: true };
  /** Changes that arrive while everything is being read; undefined when nothing is. */
  #arrived: SnapshotDelta[] | undefined;
  #unsubscribe = () => {};
  #timer: NodeJS.Timeout | undefined;
  #isLoading = false;
  #mustReload = false;
  #isStopped = false;

  constructor(
    store: Pick<SnapshotsService, 'loadSource'>,
    feed: Pick<ChangeFeed, 'subscribe' | 'onReset'>,
    options: { firstRetryMs?: number } = {},
  ) {
    this.#store = store;
    this.#feed = feed;
    this.#firstRetryMs = options.firstRetryMs ?? FIRST_RETRY_MS;
  }

  /** undefined until the first load has succeeded. */
  get snapshot(): Snapshot | undefined {
    return this.#snapshot;
  }

  get loadStatus(): LoadStatus {
    return this.#status;
  }

  hasService(serviceId: string): boolean {
    return this.#snapshot?.hasService(serviceId) ?? false;
  }

  hasVersion(serviceId: string, version: string): boolean {
    return this.#snapshot?.hasVersion(serviceId, version) ?? false;
  }

  /** Called with every new snapshot, and with it as the log alone has it. @returns ends the subscription */
  onChanged(listener: (snapshot: Snapshot, base: Snapshot) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Lays holds over every snapshot from now on, in force at once, each until the log brings it. */
  setOverrides(holds: readonly HoldRecord[]): void {
    this.#overrides.set(holds);
    if (this.#base !== undefined) this.#swap(this.#base);
  }

  /** Takes the last good snapshot of an earlier run, to answer from it until the first load succeeds. */
  restore(snapshot: Snapshot): void {
    if (this.#base !== undefined) return;
    for (const [serviceId, own] of Map.groupBy(snapshot.listInstances(), (instance) => instance.serviceId)) {
      if (!this.#instances.has(serviceId)) this.#instances.set(serviceId, own);
    }
    this.#swap(snapshot);
  }

  /** Resolves after the first attempt; one that fails is repeated in the background. */
  async start(): Promise<void> {
    const stops = [this.#feed.subscribe(({ delta }) => this.take(delta)), this.#feed.onReset(() => this.reload())];
    this.#unsubscribe = () => {
      for (const stop of stops) stop();
    };
    await this.#load(this.#firstRetryMs);
  }

  /** As `take`, for who can mend a gap himself. */
  follow(delta: SnapshotDelta): ReturnType<FollowTarget['apply']> {
    const own = this.#base?.position;
    if (own === undefined) return 'gap';
    if (delta.epoch !== own.epoch) return delta.epoch > own.epoch ? 'newer_epoch' : 'older_epoch';
    if (delta.revision <= own.revision) return 'known';
    return delta.revision === own.revision + 1 && this.#apply(delta) ? 'applied' : 'gap';
  }

  /** Takes a whole snapshot, unless the present one is as far or further; the instances stay those known here. */
  replace(snapshot: Snapshot): void {
    const own = this.#base?.position;
    if (own !== undefined && comparePositions(snapshot.position, own) <= 0) return;
    const stale = new Set(snapshot.listInstances().map((instance) => instance.serviceId));
    let next = snapshot;
    for (const serviceId of new Set([...stale, ...this.#instances.keys()])) {
      next = withInstances(next, serviceId, this.#instances.get(serviceId) ?? []);
    }
    this.#swap(next);
  }

  /** Reads everything anew in the background, answering from what there is meanwhile. */
  reload(): void {
    clearTimeout(this.#timer);
    if (this.#isLoading) this.#mustReload = true;
    else void this.#load(this.#firstRetryMs);
  }

  stop(): void {
    this.#isStopped = true;
    this.#unsubscribe();
    clearTimeout(this.#timer);
  }

  /** Replaces the live instances of one service; takes effect on the next decision. */
  setInstances(serviceId: string, instances: readonly InstanceRecord[]): void {
    if (instances.length === 0) this.#instances.delete(serviceId);
    else this.#instances.set(serviceId, instances);
    if (this.#base !== undefined) this.#swap(withInstances(this.#base, serviceId, instances));
  }

  /** Moves on by one committed change, whoever tells of it first; a known one is ignored, a gap is read from the log. */
  take(delta: SnapshotDelta): void {
    if (this.#arrived !== undefined) this.#arrived.push(delta);
    else if (!this.#apply(delta)) void this.#load(this.#firstRetryMs);
  }

  #apply(delta: SnapshotDelta): boolean {
    const snapshot = this.#base;
    if (snapshot === undefined) return false;
    if (delta.epoch === snapshot.position.epoch && delta.revision <= snapshot.position.revision) return true;
    try {
      this.#swap(applyDelta(snapshot, delta));
      return true;
    } catch (error) {
      this.#logger.warn({ err: error, msg: 'a change does not follow the snapshot; everything is read anew' });
      return false;
    }
  }

  async #load(retryMs: number): Promise<void> {
    this.#arrived ??= [];
    this.#isLoading = true;
    try {
      const source = await this.#store.loadSource();
      if (this.#isStopped) return;
      const snapshot = await runInSteps(buildSnapshotInSteps({ ...source, instances: [] }));
      if (this.#isStopped) return;
      // What was followed meanwhile may be further, and stays then.
      this.replace(snapshot);
      this.#status = { isUp: true };
      const arrived = this.#arrived;
      this.#arrived = undefined;
      if (!arrived.every((delta) => this.#apply(delta))) this.#retry(retryMs);
    } catch (error) {
      const since = this.#status.isUp ? Date.now() : this.#status.since;
      this.#status = { isUp: false, since, error: error instanceof Error ? error.message : String(error) };
      this.#logger.warn({ err: error, msg: `the snapshot could not be loaded; next attempt in ${retryMs} ms` });
      this.#retry(retryMs);
    } finally {
      this.#isLoading = false;
    }
    // What was read may be older than what was asked for meanwhile.
    if (this.#mustReload) {
      this.#mustReload = false;
      this.reload();
    }
  }

  #swap(base: Snapshot): void {
    const snapshot = this.#overrides.over(base);
    this.#base = base;
    this.#snapshot = snapshot;
    for (const listener of this.#listeners) listener(snapshot, base);
  }

  #retry(afterMs: number): void {
    this.#arrived ??= [];
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => void this.#load(Math.min(afterMs * 2, LONGEST_RETRY_MS)), afterMs).unref();
  }
}
