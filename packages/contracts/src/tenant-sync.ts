import { z } from 'zod';
import { reasonSchema, timestampSchema } from './primitives.ts';

/** Entries shown of each list of a run. */
export const SYNC_SAMPLES = 50;

/** How a run ended. `needs_confirmation`: the guard stopped it; nothing was written. */
export const tenantSyncOutcomeSchema = z
  .enum(['applied', 'unchanged', 'needs_confirmation', 'failed'])
  .meta({ id: 'TenantSyncOutcome' });
export type TenantSyncOutcome = z.infer<typeof tenantSyncOutcomeSchema>;

const count = (description: string) => z.int().nonnegative().meta({ description });

export const tenantSyncCountsSchema = z
  .object({
    created: count('Tenants that are new here.'),
    updated: count('Tenants of the sync whose fields differ.'),
    deleted: count('Tenants of the sync that the source has no more.'),
    unchanged: count('Tenants of the sync that are as the source has them.'),
    suppressed: count('Tenants of the source that were deleted here: their ids are never used again.'),
    conflicts: count('Tenants of the source whose id an operator has given; they stay as the operator made them.'),
    rejected: count('Rows of the source that do not fit, or name an id twice.'),
    kept: count('Tenants of the sync that are kept because of rejected rows: they cannot be told to be gone.'),
  })
  .meta({ id: 'TenantSyncCounts' });
export type TenantSyncCounts = z.infer<typeof tenantSyncCountsSchema>;

const named = z.object({ tenantId: z.string(), name: z.string() }).meta({ id: 'TenantSyncName' });
const updated = named.extend({ fields: z.array(z.string()) }).meta({ id: 'TenantSyncUpdate' });
const rejected = z
  .object({
    path: z.string().meta({ description: 'Where it stands in the answer of the source: `page 1 items[3].name`.' }),
    reason: z.string(),
    tenantId: z.string().nullable(),
  })
  .meta({ id: 'TenantSyncRejection' });
export type TenantSyncRejection = z.infer<typeof rejected>;

export const tenantSyncSamplesSchema = z
  .object({
    created: z.array(named),
    updated: z.array(updated),
    deleted: z.array(named),
    suppressed: z.array(named),
    conflicts: z.array(named),
    rejected: z.array(rejected),
    kept: z.array(named),
  })
  .meta({ id: 'TenantSyncSamples', description: `The first ${SYNC_SAMPLES} of each.` });
export type TenantSyncSamples = z.infer<typeof tenantSyncSamplesSchema>;

export const tenantSyncPlanSchema = z
  .object({
    counts: tenantSyncCountsSchema,
    samples: tenantSyncSamplesSchema,
    affectedCount: z.int().meta({ description: 'Created, updated and deleted together.' }),
    syncedCount: z.int().meta({ description: 'Tenants of the sync that are here now; the share is taken of these.' }),
    limitCount: z.int().meta({ description: 'As many may be affected without a question.' }),
    share: z.number().meta({ description: 'Affected tenants in per cent of `syncedCount`.' }),
    maxShare: z.number().meta({ description: 'The set share in per cent.' }),
    assignmentCount: z.int().meta({ description: 'Assignments that go with the deleted tenants.' }),
  })
  .meta({ id: 'TenantSyncPlan' });
export type TenantSyncPlan = z.infer<typeof tenantSyncPlanSchema>;

export const tenantSyncRunSchema = z
  .object({
    id: z.int(),
    trigger: z.enum(['schedule', 'demand', 'apply']),
    actorName: z.string(),
    startedAt: timestampSchema,
    finishedAt: timestampSchema,
    outcome: tenantSyncOutcomeSchema,
    error: z.string().nullable(),
    changeId: z.string().nullable(),
    counts: tenantSyncCountsSchema.nullable().meta({ description: 'null: the run failed before it had a list.' }),
  })
  .meta({ id: 'TenantSyncRun' });
export type TenantSyncRun = z.infer<typeof tenantSyncRunSchema>;

export const tenantSyncStatusSchema = z
  .object({
    isConfigured: z.boolean(),
    where: z.string().nullable().meta({ description: 'Address that is asked, without secrets.' }),
    intervalMs: z.int(),
    state: z.enum(['ok', 'stale', 'needs_confirmation', 'off']),
    lastRunAt: timestampSchema.nullable(),
    lastGoodAt: timestampSchema.nullable(),
    staleSince: timestampSchema.nullable().meta({ description: 'Since when the source has not been followed.' }),
    error: z.string().nullable().meta({ description: 'Why the last run failed.' }),
    counts: tenantSyncCountsSchema.nullable().meta({ description: 'Of the last run that had a list.' }),
    samples: tenantSyncSamplesSchema.nullable(),
    pending: tenantSyncPlanSchema.nullable().meta({ description: 'What waits for a confirmation.' }),
    runs: z.array(tenantSyncRunSchema).meta({ description: 'The last 20, newest first.' }),
  })
  .meta({ id: 'TenantSyncStatus' });
export type TenantSyncStatus = z.infer<typeof tenantSyncStatusSchema>;

export const tenantSyncResultSchema = z
  .object({
    outcome: tenantSyncOutcomeSchema,
    error: z.string().nullable(),
    changeId: z.string().nullable(),
    counts: tenantSyncCountsSchema.nullable(),
    samples: tenantSyncSamplesSchema.nullable(),
    plan: tenantSyncPlanSchema.nullable().meta({ description: 'With needs_confirmation: what would be done.' }),
    planToken: z.string().nullable().meta({ description: 'With needs_confirmation: confirms exactly this plan.' }),
    expiresAt: timestampSchema.nullable().meta({ description: 'End of the token.' }),
  })
  .meta({ id: 'TenantSyncResult' });
export type TenantSyncResult = z.infer<typeof tenantSyncResultSchema>;

export const applyTenantSyncSchema = z
  .strictObject({ planToken: z.string().min(1).max(4096), reason: reasonSchema.optional() })
  .meta({ id: 'ApplyTenantSync' });
