import { createHash } from 'node:crypto';
import { SYNC_SAMPLES, type TenantSyncCounts, type TenantSyncSamples } from '@grey/contracts';
import { canonicalJson } from '../infra/http/canonical-json.ts';
import { stateOf, type TenantRow, type TenantState, type TenantWrites } from '../tenants/synced-tenants.service.ts';
import type { SourceTenant, SourceTenants } from './source-tenant.ts';

/** So few tenants may be affected without a question, however few there are. */
export const FREE_COUNT = 5;

/** What a list of the source means for the tenants that are here. */
export interface SyncPlan extends TenantWrites {
  readonly counts: TenantSyncCounts;
  readonly samples: TenantSyncSamples;
  /** Living tenants of the sync before the run. */
  readonly syncedCount: number;
  readonly affectedCount: number;
  /** Equal for equal lists and equal affected tenants. */
  readonly digest: string;
}

type Update = TenantWrites['updates'][number];

/**
 * Compares the source with what is here. Only tenants that the sync brought are changed or deleted; an id that was
 * deleted here, by whomever, is never used again; and who cannot be told to be gone stays.
 *
 * @param present every tenant, deleted ones included
 */
export function planSync(source: SourceTenants, present: readonly TenantRow[]): SyncPlan {
  const byId = new Map(present.map((row) => [row.id, row]));
  const creates: { id: string; state: TenantState }[] = [];
  const updates: Update[] = [];
  const suppressed: TenantRow[] = [];
  const conflicts: TenantRow[] = [];
  let unchanged = 0;
  for (const tenant of source.tenants) {
    const row = byId.get(tenant.id);
    if (row === undefined) creates.push({ id: tenant.id, state: newState(tenant) });
    else if (row.isDeleted) suppressed.push(row);
    else if (row.origin !== 'sync') conflicts.push(row);
    else {
      const state = merge(row, tenant);
      if (state === undefined) unchanged += 1;
      else updates.push({ row, state });
    }
  }
  const { deletes, kept } = missing(source, present);
  const counts = {
    created: creates.length,
    updated: updates.length,
    deleted: deletes.length,
    unchanged,
    suppressed: suppressed.length,
    conflicts: conflicts.length,
    rejected: source.rejected.length,
    kept: kept.length,
  };
  const samples = {
    created: creates.slice(0, SYNC_SAMPLES).map(({ id, state }) => ({ tenantId: id, name: state.name })),
    updated: updates.slice(0, SYNC_SAMPLES).map((one) => ({ ...nameOf(one.row), fields: fieldsOf(one) })),
    deleted: deletes.slice(0, SYNC_SAMPLES).map(nameOf),
    suppressed: suppressed.slice(0, SYNC_SAMPLES).map(nameOf),
    conflicts: conflicts.slice(0, SYNC_SAMPLES).map(nameOf),
    rejected: source.rejected.slice(0, SYNC_SAMPLES),
    kept: kept.slice(0, SYNC_SAMPLES).map(nameOf),
  };
  const syncedCount = present.filter((row) => row.origin === 'sync' && !row.isDeleted).length;
  const affectedCount = creates.length + updates.length + deletes.length;
  const digest = digestOf(source, { creates, updates, deletes });
  return { creates, updates, deletes, counts, samples, syncedCount, affectedCount, digest };
}

/**
 * As many tenants as one run may affect without a question.
 *
 * @param maxShare in per cent of the synced tenants
 */
export function limitOf(syncedCount: number, maxShare: number): number {
  return Math.max(FREE_COUNT, Math.floor((syncedCount * maxShare) / 100));
}

/**
 * Whether somebody must confirm the plan. The first import needs no word, and never would one be given that takes all
 * synced tenants away, be they ever so few: a source that has lost its data looks like that.
 */
export function needsConfirmation({ deletes, syncedCount, affectedCount }: SyncPlan, maxShare: number): boolean {
  if (syncedCount === 0) return false;
  return deletes.length === syncedCount || affectedCount > limitOf(syncedCount, maxShare);
}

/** Synced tenants that the list has not: gone, or, while it is not sure, kept. A rejected row still speaks for its tenant. */
function missing(source: SourceTenants, present: readonly TenantRow[]) {
  const named = new Set(source.tenants.map((tenant) => tenant.id));
  const spokenFor = new Set(source.rejected.map((rejection) => rejection.tenantId));
  const absent = present.filter((row) => row.origin === 'sync' && !row.isDeleted && !named.has(row.id));
  const isGone = (row: TenantRow) => source.isComplete && !spokenFor.has(row.id);
  return { deletes: absent.filter(isGone), kept: absent.filter((row) => !isGone(row)) };
}

function newState({ name, status, tier, region, tags, metadata }: SourceTenant): TenantState {
  return {
    name,
    status: status ?? 'active',
    tier: tier ?? null,
    region: region ?? null,
    tags: [...(tags ?? [])].sort(),
    metadata: metadata ?? {},
  };
}

/** The row with what the source names; undefined when that is how it is. Tags are a set: their order is no change. */
function merge(row: TenantRow, tenant: SourceTenant): TenantState | undefined {
  const { id: _, ...named } = tenant;
  const wanted = Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
  const before = stateOf(row);
  const after = { ...before, ...wanted } as TenantState;
  return comparable(before) === comparable(after) ? undefined : { ...after, tags: [...after.tags].sort() };
}

function comparable(state: TenantState): string {
  return canonicalJson({ ...state, tags: [...state.tags].sort() });
}

function nameOf(row: TenantRow) {
  return { tenantId: row.id, name: row.name };
}

function fieldsOf({ row, state }: Update): string[] {
  const before = stateOf(row);
  return (Object.keys(state) as (keyof TenantState)[]).filter(
    (key) => canonicalJson(before[key]) !== canonicalJson(state[key]),
  );
}

function digestOf(source: SourceTenants, { creates, updates, deletes }: TenantWrites): string {
  const hash = createHash('sha256');
  const part = (value: unknown) => hash.update(`${canonicalJson(value)}\n`);
  part([source.isComplete, source.tenants.length, source.rejected.length]);
  for (const tenant of source.tenants) part(tenant);
  for (const { id } of creates) part(['create', id]);
  for (const { row } of updates) part(['update', row.id, row.rowVersion]);
  for (const row of deletes) part(['delete', row.id, row.rowVersion]);
  return hash.digest('base64url');
}
