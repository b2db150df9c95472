import { z } from 'zod';
import { errorCodeSchema } from './errors.ts';
import {
  pageOf,
  pageQuerySchema,
  positionSchema,
  serviceIdSchema,
  tenantIdSchema,
  timestampSchema,
} from './primitives.ts';

export const changeKinds = [
  'tenant.created',
  'tenant.updated',
  'tenant.deleted',
  'tenants.synced',
  'service.created',
  'service.updated',
  'version.created',
  'version.updated',
  'version.retired',
  'version.revived',
  'version.promoted',
  'assignment.set',
  'assignments.applied',
  'rules.published',
  'experiment.created',
  'experiment.updated',
  'experiment.deleted',
  'lane.put',
  'lane.deleted',
  'flags.put',
  'compatibility.put',
  'freeze.created',
  'freeze.updated',
  'freeze.deleted',
  'data_source.created',
  'data_source.updated',
  'data_source.deleted',
  'master_key.rotated',
  'migrations.put',
  'migrations.deleted',
  'migration_policy.put',
  'tenant_schema.seen',
  'tenant_schema.drifted',
  'tenant_schema.accepted',
  'upgrade.started',
  'upgrade.marked',
  'upgrade.expanded',
  'upgrade.switched',
  'upgrade.confirmed',
  'upgrade.fenced',
  'upgrade.contracted',
  'upgrade.ended',
  'upgrade_batch.created',
  'upgrade_batch.updated',
  'upgrade_batch.ended',
  'backup.restoring',
  'backup.restored',
  'router.forgotten',
  'hold.created',
  'hold.lifted',
  'rollback.undone',
  'assignments.rewritten',
  'user.created',
  'user.updated',
  'user.deleted',
  'api_key.created',
  'api_key.revoked',
  'audit.erased',
  'channel.created',
  'channel.updated',
  'channel.deleted',
  'change.reverted',
  'tenant.restored',
] as const;
export const changeKindSchema = z.enum(changeKinds).meta({ id: 'ChangeKind' });

export const actorSchema = z
  .object({ kind: z.enum(['user', 'api_key', 'system']), id: z.string(), name: z.string() })
  .meta({ id: 'Actor' });
export type Actor = z.infer<typeof actorSchema>;

export const changeItemSchema = z
  .object({
    index: z.int(),
    entity: z.enum([
      'tenant',
      'service',
      'version',
      'assignment',
      'rule',
      'experiment',
      'lane',
      'flags',
      'compatibility',
      'freeze',
      'data_source',
      'migration_set',
      'migration_policy',
      'tenant_schema',
      'schema_drift',
      'upgrade',
      'upgrade_batch',
      'backup',
      'router',
      'master_key',
      'hold',
      'user',
      'api_key',
      'channel',
      'erasure',
      'change',
      'override',
    ]),
    tenantId: z.string().nullable(),
    serviceId: z.string().nullable(),
    key: z.string().meta({ description: 'Id of the entity within its kind.' }),
    before: z.record(z.string(), z.unknown()).nullable(),
    after: z.record(z.string(), z.unknown()).nullable(),
  })
  .meta({ id: 'ChangeItem' });
export type ChangeItem = z.infer<typeof changeItemSchema>;

export const changeSchema = z
  .object({
    id: z.string().meta({ description: '`epoch-revision`' }),
    position: positionSchema,
    kind: changeKindSchema,
    actor: actorSchema,
    reason: z.string().nullable(),
    at: timestampSchema,
    itemCount: z.int(),
    items: z.array(changeItemSchema).meta({ description: 'The first 10 items.' }),
    revertedBy: z.string().optional().meta({
      description: 'Id of the last change that took this one back. Only where changes are read, not in the stream.',
    }),
  })
  .meta({ id: 'Change' });
export type Change = z.infer<typeof changeSchema>;

/** Which changes; all must fit. */
export const changeFilterShape = {
  tenantId: tenantIdSchema.optional(),
  serviceId: serviceIdSchema.optional(),
  kind: changeKindSchema.optional(),
  actor: z
    .string()
    .min(1)
    .max(120)
    .optional()
    .meta({ description: 'Part of the name of who did it, or the whole id.' }),
  since: timestampSchema.optional().meta({ description: 'Not before; ISO 8601.' }),
  until: timestampSchema.optional().meta({ description: 'Not after; ISO 8601.' }),
  overridden: errorCodeSchema.optional().meta({
    description: 'Only those that set objections of this code aside, such as FROZEN.',
  }),
};
export const changeListQuerySchema = pageQuerySchema.extend(changeFilterShape);
export const changePageSchema = pageOf(changeSchema, 'ChangePage');
export const changeItemPageSchema = pageOf(changeItemSchema, 'ChangeItemPage');
export const changeIdSchema = z.string().regex(/^[0-9A-Za-z]{1,40}-[0-9]{1,15}$/, 'an id of the form epoch-revision');

/**
 * Events of `GET /api/stream`. `hello` opens every connection; `change` carries the id of the log (`epoch-revision`) as
 * SSE id and is replayed from Last-Event-ID; `instances` tells that a service's live instances changed (not replayed);
 * `reset` says that the position cannot be resumed and everything must be read anew.
 */
export const streamEventSchema = z
  .discriminatedUnion('type', [
    z.object({ type: z.literal('hello'), position: positionSchema }),
    z.object({ type: z.literal('reset'), position: positionSchema }),
    z.object({ type: z.literal('change'), change: changeSchema }),
    z.object({ type: z.literal('instances'), serviceId: z.string(), sequence: z.int(), instanceCount: z.int() }),
  ])
  .meta({ id: 'StreamEvent' });
export type StreamEvent = z.infer<typeof streamEventSchema>;
