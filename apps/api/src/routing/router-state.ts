import {
  applyDelta,
  buildSnapshot,
  type InstanceRecord,
  type Snapshot,
  type SnapshotDelta,
  withInstances,
} from '@grey/route-core';
import { Logger } from '@nestjs/common';
import type { ChangeFeed } from '../changes/change-feed.ts';
import type { SnapshotsService } from '../changes/snapshots.service.ts';
import { Catalogue } from './catalogue.ts';

const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 10_000;

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
  readonly #feed: Pick<ChangeFeed, 'subscribe'>;
  readonly #firstRetryMs: number;
  readonly #logger = new Logger('routing');
  readonly #instances = new Map<string, readonly InstanceRecord[]>();
  #snapshot: Snapshot | undefined;
  #catalogue = new Catalogue();
  #status: LoadStatus = { isUp: true };
  /** Changes that arrive while everything is being read; undefined when nothing is. */
  #arrived: SnapshotDelta[] | undefined;
  #unsubscribe = () => {};
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(
    store: Pick<SnapshotsService, 'loadSource'>,
    feed: Pick<ChangeFeed, 'subscribe'>,
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

  get activeTenantCount(): number {
    const tenants = this.#snapshot?.stats().tenantCount ?? 0;
    return tenants - this.#catalogue.suspendedTenantCount;
  }

  hasService(serviceId: string): boolean {
    return this.#catalogue.hasService(serviceId);
  }

  hasVersion(serviceId: string, version: string): boolean {
    return this.#catalogue.hasVersion(serviceId, version);
  }

  /** Resolves after the first attempt; one that fails is repeated in the background. */
  async start(): Promise<void> {
    this.#unsubscribe = this.#feed.subscribe(({ delta }) => this.#take(delta));
    await this.#load(this.#firstRetryMs);
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
    if (this.#snapshot !== undefined) this.#snapshot = withInstances(this.#snapshot, serviceId, instances);
  }

  #take(delta: SnapshotDelta): void {
    if (this.#arrived !== undefined) this.#arrived.push(delta);
    else if (!this.#apply(delta)) void this.#load(this.#firstRetryMs);
  }

  #apply(delta: SnapshotDelta): boolean {
    const snapshot = this.#snapshot;
    if (snapshot === undefined) return false;
    if (delta.epoch === snapshot.position.epoch && delta.revision <= snapshot.position.revision) return true;
    try {
      this.#snapshot = applyDelta(snapshot, delta);
      this.#catalogue.apply(delta);
      return true;
    } catch (error) {
      this.#logger.warn({ err: error, msg: 'a change does not follow the snapshot; everything is read anew' });
      return false;
    }
  }

  async #load(retryMs: number): Promise<void> {
    this.#arrived ??= [];
    try {
      const source = await this.#store.loadSource();
      if (this.#isStopped) return;
      // Read after the await: instances that came meanwhile belong in.
      this.#snapshot = buildSnapshot({ ...source, instances: [...this.#instances.values()].flat() });
      this.#catalogue = Catalogue.of(source);
      this.#status = { isUp: true };
      const arrived = this.#arrived;
      this.#arrived = undefined;
      if (!arrived.every((delta) => this.#apply(delta))) this.#retry(retryMs);
    } catch (error) {
      const since = this.#status.isUp ? Date.now() : this.#status.since;
      this.#status = { isUp: false, since, error: error instanceof Error ? error.message : String(error) };
      this.#logger.warn({ err: error, msg: `the snapshot could not be loaded; next attempt in ${retryMs} ms` });
      this.#retry(retryMs);
    }
  }

  #retry(afterMs: number): void {
    this.#arrived ??= [];
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => void this.#load(Math.min(afterMs * 2, LONGEST_RETRY_MS)), afterMs).unref();
  }
}
