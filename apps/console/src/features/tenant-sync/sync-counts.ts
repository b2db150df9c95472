import type { TenantSyncCounts, TenantSyncSamples } from '../../api/generated/model/index.ts';

/** Counts of a list of the source, in the order in which an operator asks for them. */
export const countKeys = [
  'created',
  'updated',
  'deleted',
  'unchanged',
  'conflicts',
  'suppressed',
  'rejected',
  'kept',
] as const;
export type CountKey = (typeof countKeys)[number];

/** What a run did not do as the source has it: somebody may want to look. */
export const asideKeys = ['conflicts', 'suppressed', 'rejected', 'kept'] as const;
/** What a run did, or would do. */
export const affectedKeys = ['deleted', 'updated', 'created'] as const;

export const asideCount = (counts: TenantSyncCounts): number => asideKeys.reduce((sum, key) => sum + counts[key], 0);

/** One line of a list of samples: a tenant, or a row of the source that could not be read. */
export interface SampleRow {
  readonly key: string;
  readonly tenantId: string | null;
  /** Name of the tenant, or where the row stands. */
  readonly text: string;
  /** Fields that differ, or why the row was rejected. */
  readonly detail: string | undefined;
}

export function sampleRows(samples: TenantSyncSamples, key: Exclude<CountKey, 'unchanged'>): SampleRow[] {
  if (key === 'rejected')
    return samples.rejected.map(({ path, reason, tenantId }) => ({ key: path, tenantId, text: path, detail: reason }));
  return samples[key].map((one) => ({
    key: one.tenantId,
    tenantId: one.tenantId,
    text: one.name,
    detail: 'fields' in one ? (one.fields as string[]).join(', ') : undefined,
  }));
}
