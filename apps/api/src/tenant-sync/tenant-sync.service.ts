import { setTimeout as sleep } from 'node:timers/promises';
import type { operations, TenantSyncResult } from '@grey/contracts';
import type { OnApplicationShutdown } from '@nestjs/common';
import type { AdvisoryLock } from '../infra/db/advisory-lock.ts';
import { ApiError } from '../infra/http/api-error.ts';
import type { Called } from '../infra/http/operation.decorator.ts';
import type { Replayed } from '../infra/http/replayed.ts';
import { claimsOf } from './sync-result.ts';
import { type SyncRunParts, SyncRuns } from './sync-runs.ts';
import type { Begun } from './tenant-sync.store.ts';

type Ops = typeof operations;
const LOCK = 'tenant-sync';
/** How long somebody who asks for a run waits for a lock that is held though no run is going on. */
const PATIENCE_MS = 3_000;
const LOOK_AGAIN_MS = 20;

/** `source` undefined: no tenant-management service is configured. */
export type TenantSyncParts = Omit<SyncRunParts, 'source' | 'ending'> & {
  readonly source: SyncRunParts['source'] | undefined;
  readonly intervalMs: number;
  readonly lock: AdvisoryLock;
};

/** Brings the tenants of the tenant-management service here: a whole list at a time, in one change, or not at all. */
export class TenantSyncService implements OnApplicationShutdown {
  readonly #parts: TenantSyncParts;
  readonly #runs: SyncRuns | undefined;
  readonly #ending = new AbortController();
  readonly #working = new Set<Promise<unknown>>();

  constructor(parts: TenantSyncParts) {
    this.#parts = parts;
    const { source } = parts;
    this.#runs = source && new SyncRuns({ ...parts, source, ending: this.#ending.signal });
  }

  /**
   * Syncs on demand.
   *
   * @throws ApiError TENANT_SYNC_OFF, TENANT_SYNC_RUNNING, DATABASE_UNAVAILABLE
   */
  async run({ caller }: Called<Ops['runTenantSync']>): Promise<TenantSyncResult> {
    return this.#onDemand(async (runs, begin) => runs.sync(await begin(), 'demand', caller));
  }

  /** Syncs when it is time to. @returns undefined when it is not, or another replica is at it. @throws what `run` throws */
  async runIfDue(): Promise<TenantSyncResult | undefined> {
    if (!(await this.#isDue())) return undefined;
    // Asked again under the lock: another replica may just have been done with it.
    return this.#alone(async (runs, begin) =>
      (await this.#isDue()) ? runs.sync(await begin(), 'schedule', undefined) : undefined,
    );
  }

  /** A run that left no word is not waited for: if it is still going on, the lock tells. */
  async #isDue(): Promise<boolean> {
    const { now, lastRunAt, isUnfinished } = await this.#parts.store.readState();
    return lastRunAt === null || isUnfinished || now - lastRunAt.getTime() >= this.#parts.intervalMs;
  }

  /**
   * Applies a plan that the guard stopped. The source is read anew: what is applied is what it says now, if that is
   * still what was confirmed.
   *
   * @throws ApiError PLAN_TOKEN_INVALID, PLAN_EXPIRED, PLAN_STALE, TENANT_SOURCE_FAILED and what `run` throws
   */
  async apply(called: Called<Ops['applyTenantSync']>): Promise<TenantSyncResult | Replayed<TenantSyncResult>> {
    return this.#onDemand(async (runs, begin) => {
      // A token that is no good is told before the source is troubled. Whoever sends an Idempotency-Key may repeat an
      // earlier request, whose token has run out since.
      if (called.idempotency === undefined)
        this.#parts.tokens.verify(called.input.body.planToken, claimsOf(called.caller));
      return runs.confirm(await begin(), called);
    });
  }

  async onApplicationShutdown(): Promise<void> {
    this.#ending.abort();
    await Promise.allSettled([...this.#working]);
  }

  /**
   * A replica that only looks whether a run is due holds the lock for a moment, and one that is done with its run a
   * moment longer than the run: neither is a reason to send anybody away, so the state tells whether a run is going on.
   */
  async #onDemand<T>(work: (runs: SyncRuns, begin: () => Promise<Begun>) => Promise<T>): Promise<T> {
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      const result = await this.#alone(work);
      if (result !== undefined) return result;
      const { isUnfinished } = await this.#parts.store.readState();
      if (isUnfinished || performance.now() > deadline) throw new ApiError('TENANT_SYNC_RUNNING');
      await sleep(LOOK_AGAIN_MS);
    }
  }

  /** One run at a time over all replicas; a process that ends waits for its own. */
  async #alone<T>(work: (runs: SyncRuns, begin: () => Promise<Begun>) => Promise<T>): Promise<T | undefined> {
    const { lock, store } = this.#parts;
    const runs = this.#runs;
    if (runs === undefined) throw new ApiError('TENANT_SYNC_OFF');
    const working = lock.tryRun(LOCK, () => work(runs, () => store.begin()));
    this.#working.add(working);
    try {
      return (await working)?.result;
    } finally {
      this.#working.delete(working);
    }
  }
}
