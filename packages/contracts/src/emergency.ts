import { z } from 'zod';
import { holdSchema, shiftGroupSchema, versionShiftSchema } from './holds.ts';
import {
  positionSchema,
  reasonSchema,
  serviceIdSchema,
  tagSchema,
  tenantIdSchema,
  timestampSchema,
  versionLabelSchema,
} from './primitives.ts';

/** `service` and `version` both mean everybody whom anything leads to `fromVersion`, now and later. */
export const rollbackScopeSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('tenants'), tenantIds: z.array(tenantIdSchema).min(1).max(20_000) }),
    z.strictObject({ kind: z.literal('tag'), tag: tagSchema }),
    z.strictObject({ kind: z.literal('service') }),
    z.strictObject({ kind: z.literal('version') }),
  ])
  .meta({ id: 'RollbackScope' });

/** What is to be rolled back, without why and by what right. */
const what = {
  serviceId: serviceIdSchema,
  fromVersion: versionLabelSchema,
  toVersion: versionLabelSchema,
  affectedTenants: z.array(tenantIdSchema).min(1).max(20_000).optional(),
  scope: rollbackScopeSchema
    .optional()
    .meta({ description: 'Instead of `affectedTenants`; one of the two is required.' }),
  allowRollbackOfRollback: z.boolean().default(false).meta({
    description: 'Needed when a hold leads to `fromVersion` already: what was rolled back is rolled back further.',
  }),
};
const hasOneScope = (body: { affectedTenants?: unknown; scope?: unknown }) =>
  (body.affectedTenants === undefined) !== (body.scope === undefined);
const oneScope = { path: ['scope'], message: 'give either affectedTenants or scope' };
const moves = (body: { fromVersion: string; toVersion: string }) => body.fromVersion !== body.toVersion;
const other = { path: ['toVersion'], message: 'toVersion is fromVersion' };

export const planRollbackSchema = z
  .strictObject(what)
  .refine(hasOneScope, oneScope)
  .refine(moves, other)
  .meta({ id: 'PlanRollback' });

export const emergencyRollbackSchema = z
  .strictObject({
    ...what,
    reason: reasonSchema,
    maxAffected: z
      .int()
      .nonnegative()
      .optional()
      .meta({ description: 'Go without a plan when no more tenants than this are affected.' }),
    planToken: z.string().min(1).max(4096).optional(),
    operatorId: z.string().trim().min(1).max(120).optional().meta({
      description: 'Noted, never trusted: who acts is who the token says.',
    }),
  })
  .refine(hasOneScope, oneScope)
  .refine(moves, other)
  .meta({
    id: 'EmergencyRollback',
    description:
      'Without `planToken` or a sufficient `maxAffected` the answer is 428 with the plan and its token; the same request a second time, by the same caller while the plan lives and still holds, is done.',
  });

export type EmergencyRollback = z.infer<typeof emergencyRollbackSchema>;

const noticeSchema = z.object({ code: z.string(), message: z.string() });

export const leftOutSchema = z
  .object({ tenantId: z.string(), code: z.string(), message: z.string() })
  .meta({ id: 'LeftOutTenant' });

/** Something that was on its way to `fromVersion` and is stopped with the rollback. */
export const preemptedSchema = z
  .object({ kind: z.string(), serviceId: z.string(), id: z.string(), detail: z.string() })
  .meta({ id: 'Preempted' });

const outcome = {
  affectedCount: z
    .int()
    .meta({ description: 'Tenants whose version changes, for requests that say nothing of themselves.' }),
  byMove: z.array(shiftGroupSchema),
  leftOut: z.array(leftOutSchema).meta({ description: 'Tenants in the scope that stay as they are, and why.' }),
  warnings: z
    .array(noticeSchema)
    .meta({ description: 'Nothing here stops a rollback: incompatibilities, no instances …' }),
  frozen: z
    .array(z.object({ tenantId: z.string().nullable(), detail: z.string() }))
    .meta({ description: 'Freezes that the rollback overrides.' }),
  preempted: z.array(preemptedSchema),
};

export const rollbackPlanSchema = z
  .object({
    planToken: z.string(),
    expiresAt: timestampSchema,
    position: positionSchema,
    inScopeCount: z.int(),
    ...outcome,
    moves: z.array(versionShiftSchema).meta({ description: 'The first 100.' }),
    isTruncated: z.boolean(),
    alsoReachedBy: z
      .array(z.record(z.string(), z.unknown()))
      .meta({ description: 'Rules, experiments, lanes and fallbacks that lead requests to `fromVersion` besides.' }),
    chain: z.array(z.string()).meta({ description: 'Versions from `fromVersion` to where the tenants land.' }),
  })
  .meta({ id: 'RollbackPlan' });
export type RollbackPlan = z.infer<typeof rollbackPlanSchema>;

export const durabilitySchema = z.enum(['log', 'journal+redis', 'journal']).meta({
  id: 'Durability',
  description:
    'Where the rollback is kept: in the log in PostgreSQL; while that is away on the disk of the replica that answered, with or without a copy in Redis.',
});
export type Durability = z.infer<typeof durabilitySchema>;

export const convergenceSchema = z
  .object({
    total: z.int(),
    applied: z.int(),
    elapsedMs: z.number(),
    missing: z.array(z.string()).meta({ description: 'Routers that have not reported it yet.' }),
  })
  .meta({ id: 'Convergence' });

export const rollbackResultSchema = z
  .object({
    rollbackId: z.string().meta({ description: 'Of the hold too.' }),
    changeId: z.string().nullable().meta({ description: 'null until PostgreSQL is back.' }),
    position: positionSchema.nullable(),
    at: timestampSchema,
    durability: durabilitySchema,
    ...outcome,
    convergence: convergenceSchema.nullable().meta({ description: 'With `?wait=converged`.' }),
  })
  .meta({ id: 'RollbackResult' });
export type RollbackResult = z.infer<typeof rollbackResultSchema>;

/** A rollback with its bookkeeping. */
export const rollbackSchema = z
  .object({
    id: z.string(),
    hold: holdSchema,
    changeId: z.string().nullable(),
    affectedCount: z.int(),
    state: z.enum(['rewriting', 'done', 'stopped', 'undone']).meta({
      description: 'Of the assignments: being brought in line, in line, left when the hold was lifted, written back.',
    }),
    totalCount: z.int().nullable().meta({ description: 'Assignments to rewrite; null before the first portion.' }),
    rewrittenCount: z.int(),
    finishedAt: timestampSchema.nullable(),
  })
  .meta({ id: 'Rollback' });
export type Rollback = z.infer<typeof rollbackSchema>;
export const rollbackListSchema = z.object({ items: z.array(rollbackSchema) }).meta({ id: 'RollbackList' });
