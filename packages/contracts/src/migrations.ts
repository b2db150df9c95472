import { z } from 'zod';
import { engineSchema } from './data-sources.ts';
import { reasonSchema, schemaVersionSchema, timestampSchema, versionLabelSchema } from './primitives.ts';

export const phaseSchema = z.enum(['expand', 'migrate', 'contract']).meta({
  id: 'MigrationPhase',
  description:
    '`expand` only adds, so that old and new versions work; `migrate` moves data; `contract` takes away what only the old version used.',
});
export const blockingSchema = z.enum(['nothing', 'schema-changes', 'writes', 'reads-and-writes']).meta({
  id: 'MigrationBlocking',
  description: 'What others wait for while a statement runs.',
});

export const migrationFileSchema = z
  .strictObject({
    path: z
      .string()
      .min(1)
      .max(255)
      .meta({ description: 'Such as `V2.1.0/0001_add_preferences.up.sql`; names in Flyway’s form are understood.' }),
    text: z.string().max(1_048_576),
  })
  .meta({ id: 'MigrationFile' });

const upload = {
  engine: engineSchema,
  files: z.array(migrationFileSchema).min(1).max(500),
};
export const checkMigrationsSchema = z
  .strictObject({
    ...upload,
    version: versionLabelSchema.optional().meta({
      description: 'The version that would bring them; by default the one that their folder is named after.',
    }),
    schemaVersion: schemaVersionSchema.optional(),
  })
  .meta({ id: 'CheckMigrations' });
export const putMigrationsSchema = z
  .strictObject({
    ...upload,
    schemaVersion: schemaVersionSchema.optional().meta({
      description:
        'Version of a tenant’s schema after the set. By default what the version asks for, where that is one number, else the highest of the service + 1.',
    }),
    reason: reasonSchema.optional(),
  })
  .meta({ id: 'PutMigrations', description: 'Replaces the set; what a tenant’s database has of it stays as it was.' });

/** About the files (`source: files`) or about what their SQL does (`lint`). */
export const migrationFindingSchema = z
  .object({
    source: z.enum(['files', 'lint']),
    code: z.string(),
    severity: z.enum(['error', 'warning', 'info']),
    ruling: z.enum(['refuse', 'warn', 'allow']).meta({ description: 'What the policy makes of it.' }),
    migration: z.string().nullable(),
    side: z.enum(['up', 'down']).nullable(),
    file: z.string(),
    line: z.int().nullable(),
    statement: z.string(),
    message: z.string(),
    mend: z.string(),
    accepted: z.string().nullable().meta({ description: 'Why its author takes responsibility.' }),
  })
  .meta({ id: 'MigrationFinding' });
export type MigrationFinding = z.infer<typeof migrationFindingSchema>;

const statementReportSchema = z
  .object({
    line: z.int(),
    statement: z.string(),
    blocks: blockingSchema,
    locks: z.array(z.object({ name: z.string(), mode: z.string() })),
    rewrites: z.array(z.object({ table: z.string(), certainty: z.enum(['yes', 'possible']) })),
    scans: z.array(z.string()),
  })
  .meta({ id: 'MigrationStatement' });

export const migrationSchema = z
  .object({
    name: z.string(),
    phase: phaseSchema,
    isTransactional: z.boolean(),
    checksum: z.string(),
    up: z.string(),
    down: z.string().nullable().meta({ description: 'null: declared irreversible.' }),
    upPath: z.string(),
    downPath: z.string().nullable(),
    blocks: blockingSchema,
    statements: z.array(statementReportSchema),
  })
  .meta({ id: 'Migration' });

const summary = {
  serviceId: z.string(),
  version: z.string(),
  engine: engineSchema,
  schemaVersion: z.int(),
  migrationCount: z.int(),
  byPhase: z.object({ expand: z.int(), migrate: z.int(), contract: z.int() }),
  isReversible: z.boolean().meta({ description: 'Every migration has a way down.' }),
  blocks: blockingSchema.meta({ description: 'The most any of its statements makes others wait for.' }),
  refusalCount: z.int(),
  warningCount: z.int(),
  createdAt: timestampSchema,
  updatedAt: timestampSchema,
  etag: z.string(),
};
export const migrationSetSummarySchema = z.object(summary).meta({ id: 'MigrationSetSummary' });
export type MigrationSetSummary = z.infer<typeof migrationSetSummarySchema>;
export const migrationSetListSchema = z
  .object({ items: z.array(migrationSetSummarySchema) })
  .meta({ id: 'MigrationSetList', description: 'In the order of their schema versions.' });

export const migrationSetSchema = z
  .object({
    ...summary,
    isAllowed: z.boolean().meta({ description: 'The policy as it is now lets it run.' }),
    migrations: z.array(migrationSchema),
    findings: z.array(migrationFindingSchema),
  })
  .meta({ id: 'MigrationSet', description: 'The SQL that a version of a service brings, in the order it runs.' });
export type MigrationSetView = z.infer<typeof migrationSetSchema>;

export const migrationCheckSchema = z
  .object({
    isAllowed: z.boolean(),
    schemaVersion: z.int(),
    migrations: z.array(migrationSchema).meta({ description: 'Empty when the files are no set.' }),
    findings: z.array(migrationFindingSchema),
  })
  .meta({ id: 'MigrationCheck' });
export type MigrationCheck = z.infer<typeof migrationCheckSchema>;

export const migrationEstimateSchema = z
  .object({
    tenantId: z.string(),
    pending: z
      .array(
        z.object({
          migration: z.string(),
          line: z.int(),
          statement: z.string(),
          blocks: blockingSchema,
          tables: z.array(
            z.object({
              table: z.string(),
              rowCount: z.int().meta({ description: '-1: its server never counted.' }),
              byteCount: z.int(),
            }),
          ),
          rewrittenBytes: z.int(),
          scannedBytes: z.int(),
        }),
      )
      .meta({
        description: 'Statements that would run, with the tables they lock, read or write anew as they are now.',
      }),
    rewrittenBytes: z.int(),
    scannedBytes: z.int(),
    databaseBytes: z.int(),
  })
  .meta({ id: 'MigrationEstimate' });
export type MigrationEstimate = z.infer<typeof migrationEstimateSchema>;

const rulingSchema = z.enum(['refuse', 'warn', 'allow']);
export const migrationPolicySchema = z
  .object({
    severities: z.object({ error: rulingSchema, warning: rulingSchema, info: rulingSchema }),
    codes: z.record(z.string().max(60), rulingSchema).meta({ description: 'Rulings by code, before the severity’s.' }),
    honoursAccepts: z.boolean().meta({ description: '`-- grey: accept CODE REASON` turns a refusal into a warning.' }),
    knownCodes: z.array(z.string()),
    etag: z.string(),
  })
  .meta({ id: 'MigrationPolicy' });
export type MigrationPolicy = z.infer<typeof migrationPolicySchema>;
export const putMigrationPolicySchema = z
  .strictObject({
    severities: z.strictObject({ error: rulingSchema, warning: rulingSchema, info: rulingSchema }),
    codes: z.record(z.string().max(60), rulingSchema).default({}),
    honoursAccepts: z.boolean().default(true),
    reason: reasonSchema.optional(),
  })
  .meta({ id: 'PutMigrationPolicy' });
