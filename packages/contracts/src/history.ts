import { z } from 'zod';
import { changeFilterShape, changeIdSchema, changeItemSchema } from './changes.ts';
import { objectionSchema } from './errors.ts';
import { overridable } from './overrides.ts';
import {
  offsetTimestampSchema,
  pageOf,
  pageQuerySchema,
  positionSchema,
  reasonSchema,
  serviceIdSchema,
  tenantIdSchema,
  timestampSchema,
} from './primitives.ts';

/** SHA-256, hex. */
const hashSchema = z.string().regex(/^[0-9a-f]{64}$/, '64 hexadecimal digits');

export const verifyQuerySchema = z.object({
  from: changeIdSchema.optional().meta({ description: 'First change to check. Left out: from the beginning.' }),
  to: changeIdSchema.optional().meta({ description: 'Last change to check. Left out: to the end of the log.' }),
  anchor: z
    .string()
    .regex(/^[0-9A-Za-z]{1,40}-[0-9]{1,15}:[0-9a-f]{64}$/, '`epoch-revision:hash`')
    .optional()
    .meta({
      description: '`epoch-revision:hash` noted elsewhere earlier: the log must still have that change with that hash.',
    }),
});

export const chainFaultSchema = z
  .object({
    position: positionSchema,
    changeId: z.string(),
    part: z.enum(['link', 'head', 'actor', 'reason', 'services', 'item', 'items', 'end', 'anchor']).meta({
      description: 'What is not as it was written; `link`: the change does not follow the one before it.',
    }),
    itemIndex: z.int().nullable(),
    detail: z.string(),
  })
  .meta({ id: 'ChainFault' });
export type ChainFault = z.infer<typeof chainFaultSchema>;

export const verifyResultSchema = z
  .object({
    isIntact: z.boolean(),
    isComplete: z.boolean().meta({ description: 'False: there is more; ask again with `from` = `nextFrom`.' }),
    nextFrom: z.string().nullable(),
    checkedCount: z.int(),
    unchainedCount: z.int().meta({ description: 'Changes from before the chain began; nothing can be said of them.' }),
    erasedCount: z.int().meta({ description: 'Changes whose actor was erased; all else of them is checked.' }),
    trimmedCount: z.int().meta({ description: 'Changes whose items are no longer kept; their hashes are.' }),
    anchor: z
      .object({ position: positionSchema, hash: hashSchema })
      .meta({ description: 'The end of the log. Noted outside, it shows later whether the log was written anew.' }),
    fault: chainFaultSchema.nullable().meta({ description: 'The first fault.' }),
  })
  .meta({ id: 'VerifyResult' });
export type VerifyResult = z.infer<typeof verifyResultSchema>;

export const erasePersonSchema = z
  .strictObject({
    userId: z.string().min(1).max(64).meta({ description: 'Id of a user that has been deleted.' }),
    withReasons: z.boolean().default(false).meta({ description: 'Also the reasons that the user gave.' }),
    reason: reasonSchema,
  })
  .meta({ id: 'ErasePerson' });

export const erasePersonResultSchema = z
  .object({
    changeId: z.string().nullable(),
    position: positionSchema,
    changeCount: z.int().meta({ description: 'Changes whose actor was erased.' }),
    itemCount: z.int().meta({ description: 'Items about the user that were erased.' }),
  })
  .meta({ id: 'ErasePersonResult' });
export type ErasePersonResult = z.infer<typeof erasePersonResultSchema>;

/** A moment: a position of the log, or a time. */
export const momentSchema = z
  .union([offsetTimestampSchema, changeIdSchema], { error: 'a time (ISO 8601, years 1 to 9999) or epoch-revision' })
  .meta({
    description:
      'A moment: `epoch-revision` (as it was after that change; revision 0: before the first), or a time, ISO 8601.',
  });

const searchSchema = z.string().min(1).max(64).optional().meta({ description: 'Part of the id, in either case.' });
const stateQuery = z.object({ at: momentSchema.optional().meta({ description: 'Left out: now.' }) });
export const stateQuerySchema = stateQuery;
const momentShown = {
  position: positionSchema.meta({ description: 'The last change that counts.' }),
  at: timestampSchema.nullable().meta({ description: 'When that change was; null: before the first.' }),
};

export const stateSchema = z
  .object({
    ...momentShown,
    counts: z
      .record(z.string(), z.int())
      .meta({ description: 'How many of each kind there were: tenants, services, …' }),
    byVersion: z.array(z.object({ serviceId: z.string(), version: z.string(), tenantCount: z.int() })).meta({
      description: 'How many tenants were assigned to each version.',
    }),
  })
  .meta({ id: 'State' });
export type State = z.infer<typeof stateSchema>;

export const stateEntityQuerySchema = stateQuery.extend({
  ...pageQuerySchema.shape,
  entity: changeItemSchema.shape.entity.optional(),
  serviceId: serviceIdSchema.optional(),
  search: searchSchema,
});
export const stateEntitySchema = z
  .object({
    entity: changeItemSchema.shape.entity,
    serviceId: z.string().nullable(),
    key: z.string(),
    state: z.record(z.string(), z.unknown()).meta({ description: 'As items of changes have it in `after`.' }),
  })
  .meta({ id: 'StateEntity' });
export type StateEntity = z.infer<typeof stateEntitySchema>;
export const stateEntityPageSchema = pageOf(stateEntitySchema, 'StateEntityPage');

export const stateTenantQuerySchema = stateQuery.extend({
  ...pageQuerySchema.shape,
  tenantId: tenantIdSchema.optional(),
  serviceId: serviceIdSchema.optional(),
  search: searchSchema,
});
export const stateTenantSchema = z
  .object({
    tenantId: z.string(),
    state: z.record(z.string(), z.unknown()),
    cells: z.array(z.object({ serviceId: z.string(), version: z.string(), isPinned: z.boolean() })),
  })
  .meta({ id: 'StateTenant' });
export type StateTenant = z.infer<typeof stateTenantSchema>;
export const stateTenantPageSchema = pageOf(stateTenantSchema, 'StateTenantPage');

export const stateDiffQuerySchema = z.object({
  ...pageQuerySchema.shape,
  from: momentSchema,
  to: momentSchema
    .optional()
    .meta({ description: 'Left out: now. Earlier than `from`: what going back would change.' }),
  entity: changeItemSchema.shape.entity.optional(),
  tenantId: tenantIdSchema.optional(),
  serviceId: serviceIdSchema.optional(),
});
export const stateDifferenceSchema = z
  .object({
    entity: changeItemSchema.shape.entity,
    tenantId: z.string().nullable(),
    serviceId: z.string().nullable(),
    key: z.string(),
    text: z.string().meta({ description: 'One sentence for people.' }),
    fields: z.array(z.object({ name: z.string(), from: z.unknown(), to: z.unknown() })).meta({
      description: 'What differs; null stands for nothing.',
    }),
    isNew: z.boolean(),
    isGone: z.boolean(),
    changeId: z.string().meta({ description: 'The last change between the two moments that touched it.' }),
  })
  .meta({ id: 'StateDifference' });
export type StateDifference = z.infer<typeof stateDifferenceSchema>;
export const stateDiffSchema = z
  .object({
    from: z.object(momentShown),
    to: z.object(momentShown),
    items: z.array(stateDifferenceSchema),
    nextCursor: z.string().nullable(),
  })
  .meta({ id: 'StateDiff' });
export type StateDiff = z.infer<typeof stateDiffSchema>;

export const planRevertSchema = z
  .strictObject({
    overwrite: z.boolean().default(false).meta({ description: 'Write back also what later changes touched.' }),
    ...overridable,
  })
  .meta({ id: 'PlanRevert' });
export const revertChangeSchema = planRevertSchema
  .extend({ planToken: z.string().min(1).max(4096), reason: reasonSchema })
  .meta({ id: 'RevertChange', description: 'What was planned, with its token.' });

export const planRestoreTenantSchema = z
  .strictObject({ at: momentSchema, ...overridable })
  .meta({ id: 'PlanRestoreTenant' });
export const restoreTenantSchema = planRestoreTenantSchema
  .extend({ planToken: z.string().min(1).max(4096), reason: reasonSchema })
  .meta({ id: 'RestoreTenant' });

const restoreCountsSchema = z
  .object({
    writeCount: z.int(),
    conflictCount: z.int().meta({ description: 'Left out: later changes touched the same.' }),
    refusedCount: z.int().meta({ description: 'Left out: it may not be so today, or cannot be written back.' }),
    noopCount: z.int().meta({ description: 'So already.' }),
    tenantCount: z.int(),
  })
  .meta({ id: 'RestoreCounts' });
export type RestoreCounts = z.infer<typeof restoreCountsSchema>;

const subject = {
  entity: changeItemSchema.shape.entity,
  tenantId: z.string().nullable(),
  serviceId: z.string().nullable(),
  key: z.string(),
};
export const restorePlanSchema = z
  .object({
    planToken: z.string(),
    expiresAt: timestampSchema,
    position: positionSchema,
    counts: restoreCountsSchema,
    writes: z
      .array(
        z.object({
          ...subject,
          text: z.string(),
          fields: stateDifferenceSchema.shape.fields,
          isNew: z.boolean(),
          isGone: z.boolean(),
        }),
      )
      .meta({ description: 'The first 1 000 of what would be written.' }),
    conflicts: z
      .array(z.object({ ...subject, text: z.string(), changeId: z.string().nullable() }))
      .meta({ description: 'The first 1 000, each with what became of it since and the last change that touched it.' }),
    refusals: z.array(
      z.object({ ...subject, code: z.string(), message: z.string(), isOverridable: z.boolean().optional() }),
    ),
    overridden: z
      .array(objectionSchema)
      .meta({ description: 'Objections that the override sets aside; the first 1 000.' }),
    isTruncated: z.boolean(),
  })
  .meta({ id: 'RestorePlan' });
export type RestorePlan = z.infer<typeof restorePlanSchema>;

export const restoreResultSchema = z
  .object({
    changeId: z.string().nullable().meta({ description: 'null: there was nothing to write.' }),
    position: positionSchema,
    counts: restoreCountsSchema,
  })
  .meta({ id: 'RestoreResult' });
export type RestoreResult = z.infer<typeof restoreResultSchema>;

export const exportQuerySchema = z.object({
  ...changeFilterShape,
  after: changeIdSchema.optional().meta({ description: 'Go on after this change. Left out: from the beginning.' }),
});
