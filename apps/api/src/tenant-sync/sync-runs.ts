import type { operations, TenantSyncResult } from '@grey/contracts';
import { Logger } from '@nestjs/common';
import type { Caller } from '../access/caller.ts';
import type { PlanTokens } from '../assignments/plan-tokens.ts';
import { actorOf, type ChangesService, type Committed } from '../changes/changes.service.ts';
import type { Transaction } from '../infra/db/database.ts';
import { ApiError } from '../infra/http/api-error.ts';
import type { Called } from '../infra/http/operation.decorator.ts';
import { Replayed } from '../infra/http/replayed.ts';
import type { SyncedTenantsService } from '../tenants/synced-tenants.service.ts';
import { needsConfirmation, planSync } from './plan-sync.ts';
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
import type { Begun, RunRecord, Seen, TenantSyncStore } from './tenant-sync.store.ts';
import type { TenantSyncMetrics } from './tenant-sync-metrics.ts';

type Ops = typeof operations;

export interface SyncRunParts {
  readonly source: Pick<TenantSource, 'where' | 'read'>;
  /** In per cent; above it somebody must confirm. */
  readonly maxShare: number;
  readonly store: TenantSyncStore;
  readonly tenants: SyncedTenantsService;
  readonly changes: ChangesService;
  readonly tokens: PlanTokens;
  readonly metrics: TenantSyncMetrics;
  /** Aborted when this process ends. */
  readonly ending: AbortSignal;
}

/** One run from its number to its record: a whole list taken over in one change, or nothing. */
export class SyncRuns {
  readonly #parts: SyncRunParts;
  readonly #logger = new Logger('tenant-sync');

  constructor(parts: SyncRunParts) {
    this.#parts = parts;
  }

  /**
   * Reads the list and takes it over, unless the guard stops it.
   *
   * @param caller who asked; undefined: the clock
   * @returns how it ended; a source that gives no list is an end too
   * @throws ApiError DATABASE_UNAVAILABLE, TENANT_SYNC_RUNNING when a newer run has begun
   */
  async sync(begun: Begun, trigger: RunRecord['trigger'], caller: Caller | undefined): Promise<TenantSyncResult> {
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
    const result = resultOf(reached, this.#tokenFor(reached, caller));
    await this.#finish(begun, { ...run, ...result, seen });
    return result;
  }

  /** Writes what the list says, unless the guard stops it. */
  #write(begun: Begun, tenants: SourceTenants): Promise<Reached> {
    const request = { kind: 'tenants.synced', actor: bySystem } as const;
    const work = async (tx: Transaction) => {
      const planned = await this.#plan(tx, begun, tenants);
      const isApplied = !needsConfirmation(planned.plan, this.#parts.maxShare);
      const items = isApplied ? await this.#parts.tenants.write(tx, planned.plan) : [];
      return { items, answer: ({ changeId }: Committed): Reached => ({ ...planned, isApplied, changeId }) };
    };
    // Without an Idempotency-Key nothing is ever replayed.
    return this.#parts.changes.commit(request, work) as Promise<Reached>;
  }

  /**
   * Reads the list anew and applies it, if the plan that comes of it is the one that the token confirms.
   *
   * @throws ApiError PLAN_TOKEN_INVALID, PLAN_EXPIRED, PLAN_STALE, TENANT_SOURCE_FAILED and what `sync` throws
   */
  async confirm(begun: Begun, { caller, input, idempotency }: Called<Ops['applyTenantSync']>) {
    const run = runOf(begun.startedAt, 'apply', caller);
    const read = await this.#read([]).catch(async (error) => {
      await this.#fail(begun, run, error);
      throw new ApiError('TENANT_SOURCE_FAILED', { detail: messageOf(error) }, { cause: error });
    });
    if (read.isUnchanged) throw new Error('A list was called unchanged that was asked for without conditions.');
    const { planToken, reason } = input.body;
    let reached: Reached | undefined;
    const request = { kind: 'tenants.synced', actor: actorOf(caller), reason, idempotency } as const;
    const answer = await this.#parts.changes
      .commit<TenantSyncResult>(request, async (tx) => {
        const digest = this.#parts.tokens.verify(planToken, claimsOf(caller));
        const planned = await this.#plan(tx, begun, read.tenants);
        reached = { ...planned, isApplied: false, changeId: null };
        if (planned.plan.digest !== digest) throw new ApiError('PLAN_STALE');
        const items = await this.#parts.tenants.write(tx, planned.plan);
        return {
          items,
          answer: ({ changeId }) => {
            reached = { ...planned, isApplied: true, changeId };
            return resultOf(reached, undefined);
          },
        };
      })
      .catch(async (error) => {
        if (error instanceof ApiError && error.code === 'PLAN_STALE') await this.#ask(begun, run, reached);
        throw error;
      });
    if (answer instanceof Replayed || reached === undefined) return answer;
    await this.#finish(begun, { ...run, ...answer, seen: this.#seen(read.pages, reached) });
    return answer;
  }

  /** A plan that has gone stale leaves another one to be looked at; one that needs no word is left to the next run. */
  async #ask(begun: Begun, run: RunHead, reached: Reached | undefined): Promise<void> {
    if (reached === undefined || !needsConfirmation(reached.plan, this.#parts.maxShare)) return;
    await this.#finish(begun, { ...run, ...resultOf(reached, undefined) });
  }

  async #read(seen: Seen['pages']) {
    const list = await this.#parts.source.read(seen, this.#parts.ending);
    if (list.isUnchanged) return { isUnchanged: true as const };
    const tenants = readTenants(list.rows);
    const [first] = tenants.rejected;
    if (tenants.tenants.length === 0 && first !== undefined)
      throw new SourceError(`none of ${list.rows.length} rows fits; ${first.path}: ${first.reason}`);
    return { isUnchanged: false as const, tenants, pages: list.pages };
  }

  /** Entity tags speak for the list only while everything here is as that list left it. */
  #pagesToAskFor({ seen, tenantsStamp }: Begun): Seen['pages'] {
    const isHeld = seen !== null && seen.where === this.#parts.source.where && seen.tenantsStamp === tenantsStamp;
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

  /** A token for the plan, when somebody is there to use it. */
  #tokenFor({ plan, isApplied }: Reached, caller: Caller | undefined): ReturnType<PlanTokens['sign']> | undefined {
    if (isApplied || caller === undefined) return undefined;
    return this.#parts.tokens.sign({ ...claimsOf(caller), digest: plan.digest });
  }

  #seen(pages: Seen['pages'], { tenantsStamp }: Reached): Seen {
    return { where: this.#parts.source.where, pages, tenantsStamp };
  }

  /** The list is the one of the last good run, and so are its counts, now that they have been acted upon. */
  async #same(begun: Begun, run: RunHead): Promise<TenantSyncResult> {
    const { counts: last, samples } = await this.#parts.store.readLastList();
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
    if (this.#parts.ending.aborted) return { ...result, error: 'the router is shutting down' };
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
