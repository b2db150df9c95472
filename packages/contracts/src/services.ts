import { z } from 'zod';
import { unitSchema } from './conditions.ts';
import { overridable } from './overrides.ts';
import {
  displayNameSchema,
  pageOf,
  pageQuerySchema,
  reasonSchema,
  schemaVersionSchema,
  serviceIdSchema,
  timestampSchema,
  versionLabelSchema,
} from './primitives.ts';

export const balancers = [
  'round_robin',
  'weighted_round_robin',
  'random',
  'weighted_random',
  'least_connections',
  'consistent_hash',
  'health_aware',
  'peak_ewma',
] as const;
export const balancerSchema = z.enum(balancers).meta({ id: 'Balancer' });
export const fallbackSchema = z.enum(['fail', 'baseline', 'nearest', 'version']).meta({
  id: 'Fallback',
  description:
    'When the version cannot answer: 503, the default version, the highest release ordinal below, or a named version.',
});
export const unknownTenantSchema = z.enum(['reject', 'default']).meta({ id: 'UnknownTenantPolicy' });

export const balancingSchema = z
  .strictObject({
    hashKey: unitSchema
      .optional()
      .meta({ description: 'For consistent_hash. Absent: user, else session, else tenant.' }),
    affinity: unitSchema.optional().meta({ description: 'The same unit stays on its instance while that lives.' }),
    slowStartMs: z
      .int()
      .min(0)
      .max(3_600_000)
      .optional()
      .meta({ description: 'A fresh instance gains its weight over this time.' }),
  })
  .meta({ id: 'Balancing' });

/** The default of a service: none, one version (weight 10 000), or a split in basis points that adds up to 10 000. */
export const defaultVersionsSchema = z
  .array(
    z.strictObject({
      version: versionLabelSchema,
      weight: z.int().min(0).max(10_000).meta({ description: 'Basis points: 10 000 is everybody.' }),
    }),
  )
  .max(20)
  .refine(
    (set) => set.length === 0 || set.reduce((sum, one) => sum + one.weight, 0) === 10_000,
    'weights must add up to 10000',
  )
  .refine((set) => new Set(set.map((one) => one.version)).size === set.length, 'each version once')
  .meta({ id: 'DefaultVersions' });

export const serviceSchema = z
  .object({
    id: serviceIdSchema,
    name: displayNameSchema,
    defaultVersions: z.array(z.object({ version: z.string(), weight: z.int() })),
    unknownTenant: unknownTenantSchema,
    balancer: balancerSchema,
    balancing: balancingSchema,
    fallback: fallbackSchema,
    fallbackVersion: z.string().nullable().meta({ description: 'With fallback `version`.' }),
    versionCount: z.int(),
    instanceCount: z.int().meta({ description: 'Live instances known to this router.' }),
    createdAt: timestampSchema,
    updatedAt: timestampSchema,
    etag: z.string(),
  })
  .meta({ id: 'Service' });
export type Service = z.infer<typeof serviceSchema>;
export const servicePageSchema = pageOf(serviceSchema, 'ServicePage');
export const serviceListQuerySchema = pageQuerySchema.extend({ search: z.string().max(64).optional() });

export const createServiceSchema = z
  .strictObject({
    id: serviceIdSchema,
    name: displayNameSchema.optional().meta({ description: 'Defaults to the id.' }),
    unknownTenant: unknownTenantSchema.default('reject'),
    balancer: balancerSchema.default('weighted_round_robin'),
    balancing: balancingSchema.default({}),
    fallback: fallbackSchema.exclude(['version']).default('fail'),
    reason: reasonSchema.optional(),
  })
  .meta({ id: 'CreateService', description: 'The default is set by PATCH once versions exist.' });

export const updateServiceSchema = z
  .strictObject({
    name: displayNameSchema.optional(),
    defaultVersions: defaultVersionsSchema.optional(),
    unknownTenant: unknownTenantSchema.optional(),
    balancer: balancerSchema.optional(),
    balancing: balancingSchema.optional(),
    fallback: fallbackSchema.optional(),
    fallbackVersion: versionLabelSchema.nullable().optional(),
    reason: reasonSchema.optional(),
    ...overridable,
  })
  .refine(
    ({ reason: _, override: __, ...fields }) => Object.keys(fields).length > 0,
    'name at least one field to change',
  )
  .meta({ id: 'UpdateService' });

export const versionStatusSchema = z.enum(['active', 'deprecated', 'retired']).meta({ id: 'VersionStatus' });

export const versionSchema = z
  .object({
    serviceId: z.string(),
    version: z.string(),
    ordinal: z.int().meta({ description: 'Order of release within the service; higher is newer.' }),
    isSemver: z.boolean(),
    status: versionStatusSchema,
    schemaMin: z.int().nullable(),
    schemaMax: z.int().nullable(),
    endOfLifeAt: timestampSchema.nullable(),
    assignmentCount: z.int(),
    instanceCount: z.int(),
    createdAt: timestampSchema,
    updatedAt: timestampSchema,
    etag: z.string(),
  })
  .meta({ id: 'Version' });
export type Version = z.infer<typeof versionSchema>;
export const versionListSchema = z.object({ items: z.array(versionSchema) }).meta({ id: 'VersionList' });

const rangeIsOrdered = (v: { schemaMin?: number | null | undefined; schemaMax?: number | null | undefined }) =>
  v.schemaMin == null || v.schemaMax == null || v.schemaMin <= v.schemaMax;

export const createVersionSchema = z
  .strictObject({
    version: versionLabelSchema,
    ordinal: z.int().min(1).max(1_000_000_000).optional().meta({ description: 'Defaults to the highest ordinal + 1.' }),
    schemaMin: schemaVersionSchema.nullable().default(null),
    schemaMax: schemaVersionSchema.nullable().default(null),
    endOfLifeAt: timestampSchema.nullable().default(null),
    reason: reasonSchema.optional(),
  })
  .refine(rangeIsOrdered, { path: ['schemaMin'], message: 'schemaMin is above schemaMax' })
  .meta({ id: 'CreateVersion' });

export const updateVersionSchema = z
  .strictObject({
    status: versionStatusSchema.optional(),
    schemaMin: schemaVersionSchema.nullable().optional(),
    schemaMax: schemaVersionSchema.nullable().optional(),
    endOfLifeAt: timestampSchema.nullable().optional(),
    reason: reasonSchema.optional(),
  })
  .refine(({ reason: _, ...fields }) => Object.keys(fields).length > 0, 'name at least one field to change')
  .refine(rangeIsOrdered, { path: ['schemaMin'], message: 'schemaMin is above schemaMax' })
  .meta({ id: 'UpdateVersion' });
