import { z } from 'zod';
import { errorCodeSchema, objectionSchema } from './errors.ts';
import { overridable } from './overrides.ts';
import {
  pageQuerySchema,
  positionSchema,
  reasonSchema,
  regionSchema,
  serviceIdSchema,
  tagSchema,
  tenantIdSchema,
  timestampSchema,
  versionLabelSchema,
} from './primitives.ts';
import { tenantStatusSchema } from './tenants.ts';

/** Body of the version PUT. `currentVersion` is the precondition: null says "no assignment yet"; left out, none is checked. */
export const setVersionSchema = z
  .strictObject({
    currentVersion: versionLabelSchema.nullable().optional(),
    targetVersion: versionLabelSchema,
    pinned: z.boolean().optional().meta({ description: 'Left out: stays as it is.' }),
    reason: reasonSchema.optional(),
    ...overridable,
  })
  .meta({ id: 'SetVersion' });

export const assignmentSchema = z
  .object({
    tenantId: z.string(),
    serviceId: z.string(),
    version: z.string(),
    isPinned: z.boolean(),
    previousVersion: z.string().nullable(),
    isChanged: z.boolean().meta({ description: 'False: it was so already; nothing was written.' }),
    changeId: z.string().nullable(),
    position: positionSchema,
    updatedAt: timestampSchema,
    etag: z.string(),
  })
  .meta({ id: 'Assignment' });
export type Assignment = z.infer<typeof assignmentSchema>;

/** Who moves: a list of tenants, everyone with a tag, everyone assigned a version, or all. There is no implicit selection. */
export const selectionSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('tenants'), tenantIds: z.array(tenantIdSchema).min(1).max(20_000) }),
    z.strictObject({ kind: z.literal('tag'), tag: tagSchema }),
    z.strictObject({ kind: z.literal('version'), serviceId: serviceIdSchema, version: versionLabelSchema }),
    z.strictObject({ kind: z.literal('all') }),
  ])
  .meta({ id: 'Selection' });

export const targetSchema = z
  .strictObject({
    serviceId: serviceIdSchema,
    targetVersion: versionLabelSchema
      .nullable()
      .meta({ description: 'null: drop the assignment and follow the default.' }),
    pinned: z.boolean().optional(),
  })
  .meta({ id: 'Target' });

/** One explicit cell of the matrix, with what the operator saw there. */
export const cellMoveSchema = targetSchema
  .extend({ tenantId: tenantIdSchema, currentVersion: versionLabelSchema.nullable().optional() })
  .meta({ id: 'CellMove' });

/** Either a selection with targets, or explicit cells. */
export const planRequestSchema = z
  .union([
    z.strictObject({ selection: selectionSchema, targets: z.array(targetSchema).min(1).max(100), ...overridable }),
    z.strictObject({ cells: z.array(cellMoveSchema).min(1).max(20_000), ...overridable }),
  ])
  .meta({ id: 'PlanRequest' });
export type PlanRequest = z.infer<typeof planRequestSchema>;

export const plannedMoveSchema = z
  .object({
    tenantId: z.string(),
    tenantName: z.string(),
    serviceId: z.string(),
    fromVersion: z.string().nullable(),
    toVersion: z.string().nullable(),
    fromPinned: z.boolean(),
    toPinned: z.boolean(),
  })
  .meta({ id: 'PlannedMove' });
export type PlannedMove = z.infer<typeof plannedMoveSchema>;

export const refusalSchema = z
  .object({
    tenantId: z.string(),
    serviceId: z.string(),
    code: errorCodeSchema,
    message: z.string(),
    yours: z.string().nullable().optional().meta({ description: 'With PRECONDITION_FAILED: what the caller saw.' }),
    theirs: z.string().nullable().optional().meta({ description: 'With PRECONDITION_FAILED: what is there now.' }),
    mend: z.string().nullable().optional().meta({ description: 'What would make the move possible, where known.' }),
    isOverridable: z.boolean().optional().meta({ description: 'An override would let it be made.' }),
  })
  .meta({ id: 'Refusal' });
export type Refusal = z.infer<typeof refusalSchema>;

export const planSummarySchema = z
  .object({
    moveCount: z.int(),
    noopCount: z.int(),
    refusedCount: z.int(),
    tenantCount: z.int(),
    serviceCount: z.int(),
  })
  .meta({ id: 'PlanSummary' });

export const planSchema = z
  .object({
    planToken: z.string(),
    expiresAt: timestampSchema,
    position: positionSchema,
    summary: planSummarySchema,
    moves: z
      .array(plannedMoveSchema)
      .meta({ description: 'The first 1 000; `isTruncated` says whether there are more.' }),
    refusals: z.array(refusalSchema).meta({ description: 'The first 1 000.' }),
    overridden: z
      .array(objectionSchema)
      .meta({ description: 'Objections that the override sets aside; the first 1 000.' }),
    isTruncated: z.boolean(),
    byService: z.array(
      z.object({
        serviceId: z.string(),
        fromVersion: z.string().nullable(),
        toVersion: z.string().nullable(),
        tenantCount: z.int(),
      }),
    ),
  })
  .meta({ id: 'Plan' });
export type Plan = z.infer<typeof planSchema>;

export const applyRequestSchema = z
  .strictObject({ planToken: z.string().min(1).max(4096), plan: planRequestSchema, reason: reasonSchema.optional() })
  .meta({
    id: 'ApplyRequest',
    description:
      'The request that was planned, with its token. Refused cells are left out; what was planned to move moves, or nothing does.',
  });

export const applyResultSchema = z
  .object({
    changeId: z.string().nullable(),
    position: positionSchema,
    summary: planSummarySchema,
    refusals: z.array(refusalSchema),
    overridden: z.array(objectionSchema).meta({ description: 'The first 1 000.' }),
  })
  .meta({ id: 'ApplyResult' });
export type ApplyResult = z.infer<typeof applyResultSchema>;

export const matrixQuerySchema = pageQuerySchema.extend({
  search: z.string().max(64).optional(),
  status: tenantStatusSchema.optional(),
  tier: z.string().max(64).optional(),
  region: regionSchema.optional(),
  tag: tagSchema.optional(),
});

/**
 * Rows of the tenant × service matrix, packed: `versions` is a dictionary, a cell is an index into it, -1 for "no
 * assignment"; `pinned` lists the column numbers that are pinned. 10 000 × 50 cells stay near one megabyte.
 */
export const matrixSchema = z
  .object({
    services: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        defaultVersions: z.array(z.object({ version: z.string(), weight: z.int() })),
      }),
    ),
    versions: z.array(z.string()),
    rows: z.array(
      z.object({ tenantId: z.string(), name: z.string(), cells: z.array(z.int()), pinned: z.array(z.int()) }),
    ),
    nextCursor: z.string().nullable(),
    totalCount: z.int(),
    position: positionSchema,
  })
  .meta({ id: 'Matrix' });
export type Matrix = z.infer<typeof matrixSchema>;
