import { z } from 'zod';
import {
  pageOf,
  pageQuerySchema,
  reasonSchema,
  serviceIdSchema,
  tenantIdSchema,
  timestampSchema,
} from './primitives.ts';

export const engineSchema = z
  .enum(['postgres', 'mysql'])
  .meta({ id: 'DatabaseEngine', description: '`mysql` also means MariaDB.' });
export const tlsModeSchema = z.enum(['off', 'require', 'verify']).meta({
  id: 'TlsMode',
  description: '`require` encrypts whoever answers; `verify` also checks the certificate and its name.',
});

/** Names of databases and schemas; what the servers themselves allow is stricter. */
const identifierSchema = z
  .string()
  .min(1)
  .max(64)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what must not be in it
  .regex(/^[^\u0000-\u001f\u007f]+$/, 'has control characters');
/** No path: a socket file of this machine is no server that anybody may name. */
const hostSchema = z
  .string()
  .max(253)
  .regex(
    /^([A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?|[0-9a-fA-F:]*:[0-9a-fA-F:.]*)$/,
    'must be a host name or an address, without port',
  )
  .transform((host) => host.toLowerCase())
  .meta({ description: 'Name or address of the server; `GREY_DATA_SOURCE_ALLOW` must list it.' });
const secretSchema = z
  .string()
  .min(1)
  .max(1_000)
  .refine((text) => !text.includes('\0'), 'has a NUL');

const address = {
  host: hostSchema,
  port: z.int().min(1).max(65_535),
  database: identifierSchema,
  schema: identifierSchema.nullable().meta({
    description: 'Schema of a shared PostgreSQL database; null: the whole database. Always null for MySQL.',
  }),
  tls: tlsModeSchema,
};
const credentials = {
  user: secretSchema.max(128).meta({ writeOnly: true, description: 'Encrypted, and never shown again.' }),
  password: secretSchema.meta({ writeOnly: true, description: 'Encrypted, and never shown again.' }),
};

const fullDataSource = {
  tenantId: tenantIdSchema,
  serviceId: serviceIdSchema,
  engine: engineSchema,
  ...address,
  schema: address.schema.default(null),
  tls: address.tls.default('verify'),
  ...credentials,
};

export const createDataSourceSchema = z
  .strictObject({ ...fullDataSource, reason: reasonSchema.optional() })
  .superRefine(checkAddress)
  .meta({ id: 'CreateDataSource' });
export const newDataSourceTestSchema = z
  .strictObject(fullDataSource)
  .superRefine(checkAddress)
  .meta({ id: 'NewDataSourceTest' });
export const updateDataSourceSchema = z
  .strictObject({ ...z.object({ ...address, ...credentials }).partial().shape, reason: reasonSchema.optional() })
  .refine(({ user, password }) => (user === undefined) === (password === undefined), {
    error: 'user and password go together',
    path: ['password'],
  })
  .meta({ id: 'UpdateDataSource' });

export const dataSourceSchema = z
  .object({
    id: z.uuid(),
    tenantId: z.string(),
    serviceId: z.string(),
    engine: engineSchema,
    host: z.string(),
    port: z.int(),
    database: z.string(),
    schema: z.string().nullable(),
    tls: tlsModeSchema,
    credentials: z.string().nullable().meta({
      description: 'Fingerprint of user and password: another one says that they are others. null: there are none.',
    }),
    createdAt: timestampSchema,
    updatedAt: timestampSchema,
    etag: z.string(),
  })
  .meta({ id: 'DataSource', description: 'Where the data of a tenant in a service lie.' });
export type DataSource = z.infer<typeof dataSourceSchema>;

export const dataSourceIdSchema = z.uuid().meta({ description: 'Id of a data source.' });
export const dataSourceListQuerySchema = pageQuerySchema.extend({
  tenantId: tenantIdSchema.optional(),
  serviceId: serviceIdSchema.optional(),
  host: hostSchema.optional(),
  engine: engineSchema.optional(),
});
export const dataSourcePageSchema = pageOf(dataSourceSchema, 'DataSourcePage');

/** How a test of a connection ends. */
export const connectionVerdicts = [
  'OK',
  'PRIVILEGES_MISSING',
  'SCHEMA_UNKNOWN',
  'HOST_NOT_ALLOWED',
  'HOST_UNKNOWN',
  'REFUSED',
  'UNREACHABLE',
  'TIMEOUT',
  'TLS_FAILED',
  'AUTH_FAILED',
  'DATABASE_UNKNOWN',
  'SERVER_BUSY',
  'CREDENTIALS_MISSING',
  'FAILED',
] as const;
export const connectionTestSchema = z
  .object({
    isOk: z.boolean(),
    code: z.enum(connectionVerdicts),
    message: z.string().meta({ description: 'One sentence; nothing that the server said is repeated in it.' }),
    latencyMs: z.int().nullable().meta({ description: 'From the first packet to the end of the login.' }),
    serverVersion: z.string().nullable(),
    hasSchema: z.boolean().nullable().meta({ description: 'null: no schema of its own, or not known.' }),
    missingPrivileges: z.array(z.string()).meta({ description: 'What a schema upgrade would need beyond this.' }),
    tls: z
      .object({ isEncrypted: z.boolean(), protocol: z.string().nullable(), cipher: z.string().nullable() })
      .nullable()
      .meta({ description: 'null: there was no connection.' }),
  })
  .meta({ id: 'ConnectionTest' });
export type ConnectionTest = z.infer<typeof connectionTestSchema>;

export const keyRotationSchema = z
  .object({
    activeKeyId: z.string().meta({ description: 'Id of the master key that is written with.' }),
    keys: z
      .array(
        z.object({
          keyId: z.string(),
          tenantCount: z.int().meta({ description: 'Tenants whose data key is wrapped by it.' }),
          isConfigured: z.boolean(),
          isActive: z.boolean(),
        }),
      )
      .meta({ description: 'A key of no tenant may be removed from the configuration.' }),
    state: z.enum(['idle', 'running', 'done', 'failed']).meta({ description: '`idle`: none was asked for yet.' }),
    doneCount: z.int(),
    totalCount: z.int(),
    startedAt: timestampSchema.nullable(),
    endedAt: timestampSchema.nullable(),
    error: z.string().nullable(),
  })
  .meta({ id: 'KeyRotation' });
export type KeyRotation = z.infer<typeof keyRotationSchema>;

/** What holds between the parts of an address; a change is checked with what it leaves as it is. */
export function faultOfAddress(of: {
  engine: z.infer<typeof engineSchema>;
  schema: string | null;
  host: string;
  tls: z.infer<typeof tlsModeSchema>;
}): { path: string; message: string } | undefined {
  if (of.engine !== 'mysql') return undefined;
  if (of.schema !== null) return { path: 'schema', message: 'MySQL has none besides the database' };
  if (of.tls === 'verify' && /^[\d.]+$|:/.test(of.host))
    return { path: 'host', message: 'must be a name where tls is verify: MySQL certificates are checked by name' };
  return undefined;
}

function checkAddress(value: Parameters<typeof faultOfAddress>[0], context: z.core.$RefinementCtx): void {
  const fault = faultOfAddress(value);
  if (fault !== undefined) context.addIssue({ code: 'custom', path: [fault.path], message: fault.message });
}
