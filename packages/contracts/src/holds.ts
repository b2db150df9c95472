import { z } from 'zod';
import { actorSchema } from './changes.ts';
import { objectionSchema } from './errors.ts';
import { overridable } from './overrides.ts';
import {
  flagSchema,
  pageOf,
  pageQuerySchema,
  positionSchema,
  reasonSchema,
  serviceIdSchema,
  tagSchema,
  tenantIdSchema,
  timestampSchema,
  versionLabelSchema,
} from './primitives.ts';

/** Whom a hold is for: everybody, listed tenants, or everybody with a tag, now and later. */
export const holdScopeSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('all') }),
    z.strictObject({ kind: z.literal('tenants'), tenantIds: z.array(tenantIdSchema) }),
    z.strictObject({ kind: z.literal('tag'), tag: tagSchema }),
  ])
  .meta({ id: 'HoldScope' });

const unknownWhen = 'null: not known while PostgreSQL is away.';

export const holdSchema = z
  .object({
    id: z.string(),
    serviceId: z.string(),
    fromVersion: z.string(),
    toVersion: z.string(),
    scope: holdScopeSchema,
    tenantCount: z.int().nullable().meta({
      description: 'Tenants that the scope lists; null when it lists none. In a list only the first 100 are shown.',
    }),
    reason: z.string().nullable().meta({ description: unknownWhen }),
    createdBy: actorSchema.nullable().meta({ description: unknownWhen }),
    operatorId: z.string().nullable().meta({ description: 'As the request said; noted, not verified.' }),
    createdAt: timestampSchema.nullable().meta({ description: unknownWhen }),
    isActive: z.boolean(),
    isPending: z
      .boolean()
      .meta({ description: 'In force, and not in the log yet: it was taken while PostgreSQL was away.' }),
    liftedAt: timestampSchema.nullable(),
    liftedBy: actorSchema.nullable(),
    liftReason: z.string().nullable(),
  })
  .meta({
    id: 'Hold',
    description: 'Within the scope, whatever resolves to `fromVersion` is answered by `toVersion`.',
  });
export type Hold = z.infer<typeof holdSchema>;

export const holdListQuerySchema = pageQuerySchema.extend({
  serviceId: serviceIdSchema.optional(),
  version: versionLabelSchema.optional().meta({ description: 'Held away from this version, or led to it.' }),
  tenantId: tenantIdSchema.optional().meta({ description: 'Holds that apply to this tenant.' }),
  isActive: flagSchema.optional(),
});
export const holdPageSchema = z
  .object({
    ...pageOf(holdSchema, 'HoldPage').shape,
    isFromSnapshot: z.boolean().meta({
      description:
        'PostgreSQL is away: these are the holds by which this router decides now, in the order of their ids; lifted ones are not known.',
    }),
  })
  .meta({ id: 'HoldPage' });
export const holdIdSchema = z.uuid().meta({ description: 'Id of a hold, and of the rollback that made it.' });

/** One tenant whose version changes, for requests that say nothing of themselves. */
export const versionShiftSchema = z
  .object({
    tenantId: z.string(),
    fromVersion: z.string().nullable().meta({ description: 'What it gets now, holds included.' }),
    toVersion: z.string().nullable().meta({ description: 'What it will get, chains of holds followed to their end.' }),
    chosenBy: z.string().meta({ description: 'Reason of the decision: PINNED, ASSIGNMENT, DEFAULT, RULE …' }),
  })
  .meta({ id: 'VersionShift' });
export type VersionShift = z.infer<typeof versionShiftSchema>;

export const shiftGroupSchema = z
  .object({ fromVersion: z.string().nullable(), toVersion: z.string().nullable(), tenantCount: z.int() })
  .meta({ id: 'ShiftGroup' });
export type ShiftGroup = z.infer<typeof shiftGroupSchema>;

export const liftHoldSchema = z
  .strictObject({ reason: reasonSchema, planToken: z.string().min(1).max(4096).optional(), ...overridable })
  .meta({ id: 'LiftHold', description: 'Without a plan token: 428 with what would move, and a token.' });

/** What lifting a hold, or undoing a rollback, would do. */
export const liftPlanSchema = z
  .object({
    planToken: z.string(),
    expiresAt: timestampSchema,
    position: positionSchema,
    holdId: z.string(),
    affectedCount: z.int(),
    byMove: z.array(shiftGroupSchema),
    moves: z.array(versionShiftSchema).meta({ description: 'The first 100.' }),
    isTruncated: z.boolean(),
    objections: z
      .array(objectionSchema)
      .meta({ description: 'What speaks against it now: it is refused, unless all are overridable and overridden.' }),
    restoredCount: z.int().meta({ description: 'With undo: assignments that are written back.' }),
    keptCount: z.int().meta({ description: 'With undo: assignments that somebody has changed since; they stay.' }),
  })
  .meta({ id: 'LiftPlan' });
export type LiftPlan = z.infer<typeof liftPlanSchema>;

export const liftResultSchema = z
  .object({
    hold: holdSchema,
    changeId: z.string().nullable(),
    position: positionSchema,
    affectedCount: z.int(),
    restoredCount: z.int(),
    keptCount: z.int(),
  })
  .meta({ id: 'LiftResult' });
export type LiftResult = z.infer<typeof liftResultSchema>;
