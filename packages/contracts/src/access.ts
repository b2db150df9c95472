import { z } from 'zod';
import { apiKeyScopeSchema, permissions, roleSchema } from './permissions.ts';
import { displayNameSchema, nameSchema, pageOf, tenantIdSchema, timestampSchema } from './primitives.ts';

const passwordSchema = z.string().min(12, 'at least 12 characters').max(256);

export const loginSchema = z
  .strictObject({ username: z.string().min(1).max(64), password: z.string().min(1).max(256) })
  .meta({ id: 'Login' });
export const sessionSchema = z
  .object({
    accessToken: z.string(),
    tokenType: z.literal('Bearer'),
    expiresAt: timestampSchema,
    mustChangePassword: z.boolean(),
  })
  .meta({ id: 'Session' });
export const meSchema = z
  .object({
    kind: z.enum(['user', 'api_key']),
    id: z.string(),
    name: z.string(),
    role: roleSchema.nullable(),
    permissions: z.array(z.enum(permissions)),
    tenantIds: z.array(z.string()).nullable().meta({ description: 'null: every tenant.' }),
    mustChangePassword: z.boolean(),
  })
  .meta({ id: 'Me' });
export type Me = z.infer<typeof meSchema>;
export const changePasswordSchema = z
  .strictObject({ currentPassword: z.string().min(1).max(256), newPassword: passwordSchema })
  .meta({ id: 'ChangePassword' });

export const userSchema = z
  .object({
    id: z.string(),
    username: z.string(),
    name: z.string(),
    role: roleSchema,
    tenantIds: z.array(z.string()),
    isActive: z.boolean(),
    lastLoginAt: timestampSchema.nullable(),
    createdAt: timestampSchema,
  })
  .meta({ id: 'User' });
export const userPageSchema = pageOf(userSchema, 'UserPage');
const tenantListSchema = z.array(tenantIdSchema).max(10_000);
export const createUserSchema = z
  .strictObject({
    username: nameSchema,
    name: displayNameSchema,
    role: roleSchema,
    tenantIds: tenantListSchema.default([]),
    password: passwordSchema,
  })
  .meta({ id: 'CreateUser' });
export const updateUserSchema = z
  .strictObject({
    name: displayNameSchema.optional(),
    role: roleSchema.optional(),
    tenantIds: tenantListSchema.optional(),
    isActive: z.boolean().optional(),
    password: passwordSchema.optional(),
  })
  .refine((fields) => Object.keys(fields).length > 0, 'name at least one field to change')
  .meta({ id: 'UpdateUser' });

export const apiKeySchema = z
  .object({
    id: z.string(),
    name: z.string(),
    prefix: z.string().meta({ description: 'The first characters of the key, to recognise it by.' }),
    scopes: z.array(apiKeyScopeSchema),
    tenantIds: z.array(z.string()).nullable(),
    expiresAt: timestampSchema.nullable(),
    createdAt: timestampSchema,
    lastUsedAt: timestampSchema.nullable(),
    revokedAt: timestampSchema.nullable(),
  })
  .meta({ id: 'ApiKey' });
export const apiKeyPageSchema = pageOf(apiKeySchema, 'ApiKeyPage');
export const createApiKeySchema = z
  .strictObject({
    name: displayNameSchema,
    scopes: z.array(apiKeyScopeSchema).min(1).max(2),
    tenantIds: tenantListSchema.min(1).nullable().default(null).meta({ description: 'null: every tenant.' }),
    expiresAt: timestampSchema.nullable().default(null),
  })
  .meta({ id: 'CreateApiKey' });
export const createdApiKeySchema = apiKeySchema
  .extend({ key: z.string().meta({ description: 'Shown once.' }) })
  .meta({ id: 'CreatedApiKey' });
