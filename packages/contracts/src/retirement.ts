import { z } from 'zod';
import { plannedMoveSchema, planRequestSchema, planSummarySchema, refusalSchema } from './assignments.ts';
import { objectionSchema } from './errors.ts';
import { instanceHealthSchema, instanceSourceSchema } from './instances.ts';
import { overridable } from './overrides.ts';
import { pageOf, pageQuerySchema, positionSchema, reasonSchema, tagSchema, versionLabelSchema } from './primitives.ts';
import { serviceSchema, versionSchema, versionStatusSchema } from './services.ts';

/** Something that names a version, in the words of an operator. */
export const versionReferenceSchema = z
  .object({
    kind: z
      .enum([
        'assignments',
        'default',
        'fallback',
        'rule',
        'rule_draft',
        'experiment',
        'lane',
        'hold',
        'rollback',
        'requirement',
        'compatibility',
        'flags',
      ])
      .meta({
        description:
          'assignments: tenants that are assigned the version, all in one entry; requirement: versions of another service that need this one; compatibility: versions of the service that may be entered from, or left for, this one; rollback: assignments that its undo would write back.',
      }),
    serviceId: z.string().nullable().meta({ description: 'The service that refers; null: a lane.' }),
    id: z.string().nullable().meta({
      description:
        'Of the rule, experiment, lane or hold; of `requirement` and `compatibility` the version that says it.',
    }),
    as: z.enum(['target', 'fallback', 'mirror', 'variant', 'from', 'to']).nullable(),
    count: z
      .int()
      .nullable()
      .meta({ description: 'Tenants of assignments and rollbacks, basis points of a default, number of flags.' }),
    isBlocking: z.boolean().meta({ description: 'The version cannot be retired while this is so.' }),
    detail: z.string(),
    mend: z.string().nullable().meta({ description: 'What would take the reference away.' }),
  })
  .meta({ id: 'VersionReference' });
export type VersionReference = z.infer<typeof versionReferenceSchema>;

export const retirementInstanceSchema = z
  .object({
    instanceId: z.string(),
    source: instanceSourceSchema,
    address: z.string(),
    health: instanceHealthSchema,
    isEnabled: z.boolean(),
  })
  .meta({ id: 'RetirementInstance' });

export const retirementSchema = z
  .object({
    serviceId: z.string(),
    version: z.string(),
    status: versionStatusSchema,
    etag: z.string(),
    position: positionSchema,
    isRetirable: z.boolean().meta({ description: 'Nothing that blocks refers to it, and it is not retired yet.' }),
    references: z.array(versionReferenceSchema).meta({ description: 'What blocks first.' }),
    stragglers: z.object({
      assignedCount: z.int(),
      pinnedCount: z.int().meta({ description: 'Of those assigned.' }),
      defaultCount: z.int().meta({
        description: 'Tenants without an assignment, when the default leads to the version; of a split default all.',
      }),
      byTag: z
        .array(z.object({ tag: z.string(), tenantCount: z.int() }))
        .meta({ description: 'Of those assigned, the 100 most frequent tags.' }),
      untaggedCount: z.int(),
    }),
    instances: z
      .array(retirementInstanceSchema)
      .meta({ description: 'That still run it, the first 100. They do not block.' }),
    instanceCount: z.int(),
    decisions: z
      .object({
        isOn: z.boolean().meta({ description: 'False: this router keeps no sample of its decisions.' }),
        since: z.iso.datetime().nullable(),
        sampleCount: z.int(),
        versionCount: z.int().meta({ description: 'Of the sample, how many were decided to the version.' }),
        latestAt: z.iso.datetime().nullable().meta({ description: 'The latest of those.' }),
      })
      .meta({ description: 'Requests that the router that answers has decided lately, from its sample.' }),
    successor: z.string().nullable().meta({
      description: 'Where stragglers would go: the default when it is another version, else the next newer one.',
    }),
    move: planRequestSchema
      .nullable()
      .meta({ description: 'Plan that moves the stragglers to the successor, for POST /api/assignments/plan.' }),
  })
  .meta({ id: 'Retirement', description: 'What still refers to a version, and what would take it away.' });
export type Retirement = z.infer<typeof retirementSchema>;

export const stragglerListQuerySchema = pageQuerySchema.extend({
  via: z.enum(['assignment', 'default']).default('assignment'),
  tag: tagSchema.optional(),
  search: z.string().max(64).optional(),
});
export const stragglerSchema = z
  .object({
    tenantId: z.string(),
    tenantName: z.string(),
    tags: z.array(z.string()),
    via: z.enum(['assignment', 'default']),
    isPinned: z.boolean(),
  })
  .meta({ id: 'Straggler' });
export type Straggler = z.infer<typeof stragglerSchema>;
export const stragglerPageSchema = pageOf(stragglerSchema, 'StragglerPage');

export const retireVersionSchema = z.strictObject({ reason: reasonSchema.optional() }).meta({ id: 'RetireVersion' });
export const reviveVersionSchema = z
  .strictObject({ reason: reasonSchema })
  .meta({ id: 'ReviveVersion', description: 'The version is deprecated afterwards: selectable, and marked as old.' });

const promotion = {
  fromVersion: versionLabelSchema.meta({ description: 'The version that goes.' }),
  retires: z.boolean().default(true).meta({ description: 'False: the version that goes is left as it is.' }),
  ...overridable,
};
export const planPromotionSchema = z.strictObject(promotion).meta({ id: 'PlanPromotion' });
export const promoteVersionSchema = z
  .strictObject({ ...promotion, planToken: z.string().min(1).max(4096), reason: reasonSchema.optional() })
  .meta({ id: 'PromoteVersion', description: 'What was planned, with its token: all of it happens, or nothing.' });

const defaultsSchema = z.array(z.object({ version: z.string(), weight: z.int() }));
export const promotionPlanSchema = z
  .object({
    planToken: z.string().nullable().meta({ description: 'null: it cannot be done as things are.' }),
    expiresAt: z.iso.datetime().nullable(),
    position: positionSchema,
    serviceId: z.string(),
    fromVersion: z.string(),
    toVersion: z.string(),
    retires: z.boolean(),
    defaultBefore: defaultsSchema,
    defaultAfter: defaultsSchema,
    defaultCount: z.int().meta({ description: 'Tenants that follow the default.' }),
    summary: planSummarySchema,
    pinnedCount: z.int().meta({ description: 'Of the tenants that move; they stay pinned, to the new version.' }),
    moves: z.array(plannedMoveSchema).meta({ description: 'The first 1 000.' }),
    isTruncated: z.boolean(),
    refusals: z.array(refusalSchema).meta({ description: 'Tenants that may not move, the first 1 000.' }),
    objections: z.array(objectionSchema).meta({ description: 'To the new default.' }),
    overridden: z
      .array(objectionSchema)
      .meta({ description: 'Objections that the override sets aside; the first 1 000.' }),
    references: z
      .array(versionReferenceSchema)
      .meta({ description: 'What would still refer to the version that goes; empty when it is not retired.' }),
    instanceCount: z.int().meta({ description: 'Live instances of the version that comes.' }),
  })
  .meta({ id: 'PromotionPlan' });
export type PromotionPlan = z.infer<typeof promotionPlanSchema>;

export const promotionResultSchema = z
  .object({
    changeId: z.string().nullable(),
    position: positionSchema,
    service: serviceSchema,
    version: versionSchema.meta({ description: 'The version that went.' }),
    movedCount: z.int(),
  })
  .meta({ id: 'PromotionResult' });
export type PromotionResult = z.infer<typeof promotionResultSchema>;
