import type { operations, TenantSyncResult } from '@grey/contracts';
import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { Caller } from '../access/caller.ts';
import type { PlanTokens } from '../assignments/plan-tokens.ts';
import { actorOf, type ChangesService, type Committed } from '../changes/changes.service.ts';
import type { AdvisoryLock } from '../infra/db/advisory-lock.ts';
import type { Transaction } from '../infra/db/database.ts';
import { ApiError } from '../infra/http/api-error.ts';
import type { Called } from '../infra/http/operation.decorator.ts';
import { Replayed } from '../infra/http/replayed.ts';
import type { SyncedTenantsService } from '../tenants/synced-tenants.service.ts';
import { needsConfirmation, planSync, type SyncPlan } from './plan-sync.ts';
import { SourceError } from './source-error.ts';
import { readTenants, type SourceTenants } from './source-tenant.ts';
import {
  bySystem,
  claimsOf,
  messageOf,
  nothing,
  type Reached,
  type RunHead,
  resultOf,
  runOf,
  showPlan,
  stampAfter,
} from './sync-result.ts';
import type { TenantSource } from './tenant-source.ts';
import type { RunRecord, Seen, TenantSyncStore } from './tenant-sync.store.ts';
import type { TenantSyncMetrics } from './tenant-sync-metrics.ts';

type Ops = typeof operations;
const LOCK = 'tenant-sync';

export interface TenantSyncParts {
  /** undefined: no tenant-management service is configured. */
  readonly source: TenantSource | undefined;
  readonly maxShare: number;
  readonly intervalMs: number;
  readonly store: TenantSyncStore;
  readonly tenants: SyncedTenantsService;
  readonly changes: ChangesService;
  readonly tokens: PlanTokens;
  readonly lock: AdvisoryLock;
  readonly metrics: TenantSyncMetrics;
}

type Begun = Awaited<ReturnType<TenantSyncStore['begin']>>;

/** Brings the tenants of the tenant-management service here: a whole list at a time, in one change, or not at all. */
export class TenantSyncService implements OnApplicationShutdown {
  readonly #parts: TenantSyncParts;
  readonly #logger = new Logger('tenant-sync');
  readonly #ending = new AbortController();
  readonly #working = new Set<Promise<unknown>>();

  constructor(parts: TenantSyncParts) {
    this.#parts = parts;
  }

  /**
   * Syncs on demand.
   *
   * @throws ApiError TENANT_SYNC_OFF, TENANT_SYNC_RUNNING, DATABASE_UNAVAILABLE
   */
  async run({ caller }: Called<Ops['runTenantSync']>): Promise<TenantSyncResult> {
    const result = await this.#alone(async (begin) => this.#sync(await begin(), 'demand', caller));
    if (result === undefined) throw new ApiError('TENANT_SYNC_RUNNING');
    return result;
  }

  /** Syncs when it is time to. @returns undefined when it is not, or another replica is at it. @throws what `run` throws */
  async runIfDue(): Promise<TenantSyncResult | undefined> {
    if (!(await this.#isDue())) return undefined;
    // Asked again under the lock: another replica may just have been done with it.
    const work = async (begin: () => Promise<Begun>) =>
      (await this.#isDue()) ? this.#sync(await begin(), 'schedule', undefined) : undefined;
    return this.#alone(work);
  }

  async #isDue(): Promise<boolean> {
    const { now, lastRunAt } = await this.#parts.store.readState();
    return lastRunAt === null || now - lastRunAt.getTime() >= this.#parts.intervalMs;
  }

  /**
   * Applies a plan that the guard stopped. The source is read anew: what is applied is what it says now, if that is
   * still what was confirmed.
   *
   * @throws ApiError PLAN_TOKEN_INVALID, PLAN_EXPIRED, PLAN_STALE, TENANT_SOURCE_FAILED and what `run` throws
   */
  async apply(called: Called<Ops['applyTenantSync']>): Promise<TenantSyncResult | Replayed<TenantSyncResult>> {
    const result = await this.#alone(async (begin) => this.#confirm(await begin(), called));
    if (result === undefined) throw new ApiError('TENANT_SYNC_RUNNING');
    return result;
  }

  async onApplicationShutdown(): Promise<void> {
    this.#ending.abort();
    await Promise.allSettled([...this.#working]);
  }

  /** One run at a time over all replicas; a process that ends waits for its own. */
  async #alone<T>(work: (begin: () => Promise<Begun>) => Promise<T>): Promise<T | undefined> {
    const { lock, store, source } = this.#parts;
    if (source === undefined) throw new ApiError('TENANT_SYNC_OFF');
    const working = lock.tryRun(LOCK, () => work(() => store.begin()));
    this.#working.add(working);
    try {
      return (await working)?.result;
    } finally {
      this.#working.delete(working);
    }
  }

  async #sync(begun: Begun, trigger: RunRecord['trigger'], caller: Caller | undefined): Promise<TenantSyncResult> {
    const run = runOf(begun.startedAt, trigger, caller);
    const read = await this.#read(this.#pagesToAskFor(begun)).catch((error) => this.#fail(begun, run, error));
    if ('outcome' in read) return read;
    if (read.isUnchanged) return this.#same(begun, run);
    const reached = await this.#write(begun, read.tenants).catch((error) => {
      if (error instanceof ApiError) throw error;
      return this.#fail(begun, run, error);
    });
    if ('outcome' in reached) return reached;
    const seen = reached.isApplied ? this.#seen(read.pages, reached) : undefined;
    const result = resultOf(reached, reached.isApplied ? undefined : this.#ask(reached.plan, caller));
    await this.#finish(begun, { ...run, ...result, seen });
    return result;
  }

  /** Writes what the list says, unless the guard stops it. */
  #write(begun: Begun, tenants: SourceTenants): Promise<Reached> {
    const request = { kind: 'tenants.synced', actor: bySystem } as const;
    const work = async (tx: Transaction) => {
      const { plan, shown, tenantsStamp } = await this.#plan(tx, begun, tenants);
      const isApplied = !needsConfirmation(plan, this.#parts.maxShare);
      const items = isApplied ? await this.#parts.tenants.write(tx, plan) : [];
      return {
        items,
        answer: ({ changeId }: Committed): Reached => ({ plan, shown, isApplied, tenantsStamp, changeId }),
      };
    };
    // Without an Idempotency-Key nothing is ever replayed.
    return this.#parts.changes.commit(request, work) as Promise<Reached>;
  }

  async #confirm(begun: Begun, { caller, input, idempotency }: Called<Ops['applyTenantSync']>) {
    const { planToken, reason } = input.body;
    const run = runOf(begun.startedAt, 'apply', caller);
    const claims = claimsOf(caller);
    // A token that is no good is told before the source is troubled.
    if (idempotency === undefined) this.#parts.tokens.verify(planToken, claims);
    const read = await this.#read([]).catch(async (error) => {
      await this.#fail(begun, run, error);
      throw new ApiError('TENANT_SOURCE_FAILED', { detail: messageOf(error) }, { cause: error });
    });
    if (read.isUnchanged) throw new Error('A list was called unchanged that was asked for without conditions.');
    let reached: Reached | undefined;
    const request = { kind: 'tenants.synced', actor: actorOf(caller), reason, idempotency } as const;
    const answer = await this.#parts.changes.commit<TenantSyncResult>(request, async (tx) => {
      const digest = this.#parts.tokens.verify(planToken, claims);
      const { plan, shown, tenantsStamp } = await this.#plan(tx, begun, read.tenants);
      if (plan.digest !== digest) throw new ApiError('PLAN_STALE');
      const items = await this.#parts.tenants.write(tx, plan);
      return {
        items,
        answer: ({ changeId }) => {
          reached = { plan, shown, isApplied: true, tenantsStamp, changeId };
          return resultOf(reached, undefined);
        },
      };
    });
    if (answer instanceof Replayed || reached === undefined) return answer;
    await this.#finish(begun, { ...run, ...answer, seen: this.#seen(read.pages, reached) });
    return answer;
  }

  async #read(seen: Seen['pages']) {
    const source = this.#parts.source as TenantSource;
    const list = await source.read(seen, this.#ending.signal);
    if (list.isUnchanged) return { isUnchanged: true as const };
    const tenants = readTenants(list.rows);
    const [first] = tenants.rejected;
    if (tenants.tenants.length === 0 && first !== undefined)
      throw new SourceError(`none of ${list.rows.length} rows fits; ${first.path}: ${first.reason}`);
    return { isUnchanged: false as const, tenants, pages: list.pages };
  }

  /** Entity tags speak for the list only while everything here is as that list left it. */
  #pagesToAskFor({ seen, tenantsStamp }: Begun): Seen['pages'] {
    const isHeld = seen !== null && seen.where === this.#parts.source?.where && seen.tenantsStamp === tenantsStamp;
    return isHeld ? seen.pages : [];
  }

  async #plan(tx: Transaction, begun: Begun, source: SourceTenants) {
    if (!(await this.#parts.store.holdNumber(tx, begun.id))) throw new ApiError('TENANT_SYNC_RUNNING');
    const present = await this.#parts.tenants.readAll(tx);
    const plan = planSync(source, present);
    const assignmentCount = await this.#parts.tenants.countAssignments(
      tx,
      plan.deletes.map((row) => row.id),
    );
    const shown = showPlan(plan, this.#parts.maxShare, assignmentCount);
    return { plan, shown, tenantsStamp: stampAfter(plan, present) };
  }

  #ask(plan: SyncPlan, caller: Caller | undefined): { token: string; expiresAt: Date } | undefined {
    return caller === undefined ? undefined : this.#parts.tokens.sign({ ...claimsOf(caller), digest: plan.digest });
  }

  #seen(pages: Seen['pages'], { tenantsStamp }: Reached): Seen {
    return { where: this.#parts.source?.where ?? '', pages, tenantsStamp };
  }

  /** The list is the one of the last good run, and so are its counts, now that they have been acted upon. */
  async #same(begun: Begun, run: RunHead): Promise<TenantSyncResult> {
    const { counts: last, samples } = await this.#parts.store.readHistory();
    const counts = last && {
      ...last,
      created: 0,
      updated: 0,
      deleted: 0,
      unchanged: last.created + last.updated + last.unchanged,
    };
    const shown = samples && { ...samples, created: [], updated: [], deleted: [] };
    const result = { ...nothing, outcome: 'unchanged' as const, counts, samples: shown };
    await this.#finish(begun, { ...run, ...result });
    return result;
  }

  async #fail(begun: Begun, run: RunHead, error: unknown): Promise<TenantSyncResult> {
    const result = { ...nothing, outcome: 'failed' as const, error: messageOf(error) };
    // The end of this process is no fault of the source.
    if (this.#ending.signal.aborted) return { ...result, error: 'the router is shutting down' };
    if (!(error instanceof SourceError)) this.#logger.error({ err: error, msg: 'the tenant sync failed' });
    await this.#finish(begun, { ...run, ...result });
    return result;
  }

  async #finish(begun: Begun, { planToken: _, expiresAt: __, ...run }: RunRecord & TenantSyncResult): Promise<void> {
    await this.#parts.store.record(begun.id, run);
    this.#parts.metrics.ended(run.outcome);
    const fields = { outcome: run.outcome, trigger: run.trigger, changeId: run.changeId, counts: run.counts };
    if (run.outcome === 'failed') this.#logger.warn({ ...fields, msg: `tenant sync failed: ${run.error}` });
    else if (run.outcome === 'needs_confirmation')
      this.#logger.warn({ ...fields, msg: 'tenant sync stopped by its guard; somebody must confirm the plan' });
    else this.#logger.log({ ...fields, msg: 'tenants synced' });
  }
}
