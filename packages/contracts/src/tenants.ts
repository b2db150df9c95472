import { z } from 'zod';
import {
  displayNameSchema,
  pageOf,
  pageQuerySchema,
  reasonSchema,
  regionSchema,
  tagSchema,
  tagsSchema,
  tenantIdSchema,
  tenantMetadataSchema,
  timestampSchema,
} from './primitives.ts';

export const tenantStatusSchema = z.enum(['active', 'suspended']).meta({ id: 'TenantStatus' });
export const tenantOriginSchema = z
  .enum(['manual', 'sync'])
  .meta({ description: 'Who brought the tenant: an operator or the tenant sync.' });

export const tenantSchema = z
  .object({
    id: tenantIdSchema,
    name: displayNameSchema,
    status: tenantStatusSchema,
    tier: z.string().nullable(),
    region: z.string().nullable(),
    tags: z.array(z.string()),
    metadata: z.record(z.string(), z.string()),
    origin: tenantOriginSchema,
    createdAt: timestampSchema,
    updatedAt: timestampSchema,
    etag: z.string().meta({ description: 'Also in the ETag header; send it in If-Match.' }),
  })
  .meta({ id: 'Tenant' });
export type Tenant = z.infer<typeof tenantSchema>;

export const tenantListQuerySchema = pageQuerySchema.extend({
  search: z.string().max(64).optional().meta({ description: 'Part of the id or the name, any case.' }),
  status: tenantStatusSchema.optional(),
  tier: z.string().max(64).optional(),
  region: regionSchema.optional(),
  tag: tagSchema.optional(),
});
export const tenantPageSchema = pageOf(tenantSchema, 'TenantPage');

export const createTenantSchema = z
  .strictObject({
    id: tenantIdSchema,
    name: displayNameSchema,
    status: tenantStatusSchema.default('active'),
    tier: tagSchema.nullable().default(null),
    region: regionSchema.nullable().default(null),
    tags: tagsSchema.default([]),
    metadata: tenantMetadataSchema.default({}),
    reason: reasonSchema.optional(),
  })
  .meta({ id: 'CreateTenant' });

export const updateTenantSchema = z
  .strictObject({
    name: displayNameSchema.optional(),
    status: tenantStatusSchema.optional(),
    tier: tagSchema.nullable().optional(),
    region: regionSchema.nullable().optional(),
    tags: tagsSchema.optional(),
    metadata: tenantMetadataSchema.optional(),
    reason: reasonSchema.optional(),
  })
  .refine(({ reason: _, ...fields }) => Object.keys(fields).length > 0, 'name at least one field to change')
  .meta({ id: 'UpdateTenant' });

export const deleteQuerySchema = z.object({ reason: reasonSchema.optional() });

/** One service as one tenant sees it: what it runs and where that comes from. */
export const tenantServiceSchema = z
  .object({
    serviceId: z.string(),
    serviceName: z.string(),
    version: z.string().nullable().meta({ description: 'Assigned version; null: the tenant follows the default.' }),
    isPinned: z.boolean(),
    effectiveVersion: z
      .string()
      .nullable()
      .meta({ description: 'Assigned version, or the default as the engine decides it for the tenant as unit.' }),
    source: z.enum(['PINNED', 'ASSIGNMENT', 'DEFAULT', 'DEFAULT_SPLIT', 'NONE']),
    versions: z.array(z.object({ version: z.string(), ordinal: z.int(), status: z.string() })),
    updatedAt: timestampSchema.nullable(),
  })
  .meta({ id: 'TenantService' });
export const tenantServiceListSchema = z
  .object({ items: z.array(tenantServiceSchema) })
  .meta({ id: 'TenantServiceList' });
export type TenantService = z.infer<typeof tenantServiceSchema>;
