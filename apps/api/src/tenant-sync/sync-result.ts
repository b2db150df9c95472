import type { TenantSyncPlan, TenantSyncResult } from '@grey/contracts';
import type { Caller } from '../access/caller.ts';
import type { TenantRow } from '../tenants/synced-tenants.service.ts';
import { limitOf, type SyncPlan } from './plan-sync.ts';
import { SourceError } from './source-error.ts';
import type { RunRecord } from './tenant-sync.store.ts';

/** Who changes tenants when nobody confirmed anything. */
export const bySystem = { kind: 'system', id: 'tenant-sync', name: 'tenant sync' } as const;

/** What came of a plan inside the transaction of the change. */
export interface Reached {
  readonly plan: SyncPlan;
  readonly shown: TenantSyncPlan;
  readonly isApplied: boolean;
  readonly tenantsStamp: string;
  readonly changeId: string | null;
}

export type RunHead = Pick<RunRecord, 'trigger' | 'actorName' | 'startedAt'>;

/** A result in which nothing has happened yet. */
export const nothing = {
  error: null,
  changeId: null,
  counts: null,
  samples: null,
  plan: null,
  planToken: null,
  expiresAt: null,
};

export function runOf(startedAt: Date, trigger: RunRecord['trigger'], caller: Caller | undefined): RunHead {
  return { trigger, actorName: caller?.name ?? bySystem.name, startedAt: startedAt.toISOString() };
}

/** A plan in the words of the API. `share` is in per cent with two digits. */
export function showPlan(plan: SyncPlan, maxShare: number, assignmentCount: number): TenantSyncPlan {
  const { counts, samples, affectedCount, syncedCount } = plan;
  return {
    counts,
    samples,
    affectedCount,
    syncedCount,
    limitCount: limitOf(syncedCount, maxShare),
    share: syncedCount === 0 ? 100 : Math.round((affectedCount / syncedCount) * 10_000) / 100,
    maxShare,
    assignmentCount,
  };
}

/** @param asked the token, when the plan waits for a confirmation and somebody is there to give it */
export function resultOf(
  { shown, isApplied, changeId }: Reached,
  asked: { readonly token: string; readonly expiresAt: Date } | undefined,
): TenantSyncResult {
  const { counts, samples } = shown;
  if (isApplied) return { ...nothing, outcome: changeId === null ? 'unchanged' : 'applied', changeId, counts, samples };
  return {
    ...nothing,
    outcome: 'needs_confirmation',
    counts,
    samples,
    plan: shown,
    planToken: asked?.token ?? null,
    expiresAt: asked?.expiresAt.toISOString() ?? null,
  };
}

/**
 * The stamp of all tenants once the plan is applied, in the form in which the store reads it. It is computed, not read:
 * what others change meanwhile must show as a difference the next time.
 */
export function stampAfter(plan: SyncPlan, present: readonly TenantRow[]): string {
  const sum = present.reduce((total, row) => total + row.rowVersion, 0);
  return `${present.length + plan.counts.created}:${sum + plan.affectedCount}`;
}

/** What a token is good for: this caller, and nothing but a tenant sync. */
export function claimsOf(caller: Caller): { callerId: string; requestHash: string } {
  return { callerId: `${caller.kind}:${caller.id}`, requestHash: 'tenant-sync' };
}

export function messageOf(error: unknown): string {
  return error instanceof SourceError ? error.message : 'the list could not be taken over; the log says more';
}
