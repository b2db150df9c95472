import { z } from 'zod';
import { engineSchema } from './data-sources.ts';
import { phaseSchema } from './migrations.ts';
import {
  pageOf,
  pageQuerySchema,
  reasonSchema,
  serviceIdSchema,
  tenantIdSchema,
  timestampSchema,
} from './primitives.ts';

/** What a tenant's schema of a service serves: every version from `schemaVersion` to `expandedTo`. */
export const tenantSchemaStateSchema = z
  .object({
    schemaVersion: z.int().meta({ description: 'The oldest that it still serves; raised by contract.' }),
    expandedTo: z.int().meta({ description: 'The newest that it serves; raised by expand. At least `schemaVersion`.' }),
    isMigrating: z.boolean().meta({ description: 'An upgrade that may contract it is under way.' }),
    updatedAt: timestampSchema,
  })
  .meta({ id: 'TenantSchemaState' });
export type TenantSchemaState = z.infer<typeof tenantSchemaStateSchema>;

export const ledgerRowSchema = z
  .object({
    name: z.string(),
    checksum: z.string(),
    phase: phaseSchema,
    state: z.enum(['running', 'applied', 'reverting', 'reverted', 'needs_operator']),
    /** Of the set that brings it; null: no set here knows it. */
    version: z.string().nullable(),
    upgradeId: z.string(),
    by: z.string(),
    statement: z.int(),
    message: z.string().nullable(),
    startedAt: timestampSchema,
    finishedAt: timestampSchema.nullable(),
  })
  .meta({ id: 'LedgerRow', description: 'What a tenant’s database itself remembers of a migration.' });

export const driftStateSchema = z.enum(['unknown', 'none', 'drifted', 'accepted', 'unreachable']).meta({
  id: 'DriftState',
  description:
    '`unknown`: never looked. `drifted` blocks upgrades until it is accepted or gone; `accepted`: as it was when somebody accepted it.',
});
export const driftSchema = z
  .object({
    state: driftStateSchema,
    checkedAt: timestampSchema.nullable(),
    added: z.array(z.string()).meta({ description: 'Objects that no migration made, such as `table orders_tmp`.' }),
    removed: z.array(z.string()),
    changed: z.array(z.string()),
    ledger: z.array(z.string()).meta({ description: 'Where ledger and sets do not agree, in words.' }),
    digest: z
      .string()
      .nullable()
      .meta({ description: 'Of the catalogue as it is and of what `ledger` says; what is accepted.' }),
    acceptedBy: z.string().nullable(),
    acceptedAt: timestampSchema.nullable(),
    acceptedReason: z.string().nullable(),
    error: z.string().nullable().meta({ description: 'With `unreachable`.' }),
  })
  .meta({ id: 'SchemaDrift' });
export type SchemaDrift = z.infer<typeof driftSchema>;

/** How far back a tenant can go now without loss, and what would close the window. */
export const horizonSchema = z
  .object({
    tenantId: z.string(),
    serviceId: z.string(),
    currentVersion: z.string().nullable(),
    oldestVersion: z.string().nullable().meta({ description: 'The oldest version it can go back to now.' }),
    versions: z.array(
      z.object({
        version: z.string(),
        ordinal: z.int(),
        isReachable: z.boolean(),
        needs: z.enum(['nothing', 'downs', 'restore', 'impossible']).meta({
          description:
            '`nothing`: the schema serves it as it is. `downs`: what was added has a way down. `restore`: only from a backup, losing what was written since. ',
        }),
        why: z.string(),
        backupId: z.string().nullable(),
      }),
    ),
    closes: z
      .array(
        z.object({
          kind: z.enum(['contract', 'version-retired', 'backup-expires', 'irreversible']),
          at: timestampSchema.nullable().meta({ description: 'null: when somebody does it.' }),
          losesVersion: z.string(),
          detail: z.string(),
        }),
      )
      .meta({ description: 'What will close the window, soonest first.' }),
  })
  .meta({ id: 'RollbackHorizon' });
export type RollbackHorizon = z.infer<typeof horizonSchema>;

/** All about one tenant's schema of one service, as it is known without asking the database anew. */
export const tenantSchemaSchema = z
  .object({
    tenantId: z.string(),
    serviceId: z.string(),
    dataSourceId: z.string().nullable(),
    engine: engineSchema.nullable(),
    state: tenantSchemaStateSchema
      .nullable()
      .meta({ description: 'null: not known, so that versions are not guarded.' }),
    drift: driftSchema,
    ledger: z.array(ledgerRowSchema).meta({ description: 'As of the last look.' }),
    pending: z.array(
      z.object({ version: z.string(), schemaVersion: z.int(), migration: z.string(), phase: phaseSchema }),
    ),
    upgradeId: z.string().nullable().meta({ description: 'The upgrade that is under way.' }),
    horizon: horizonSchema,
  })
  .meta({ id: 'TenantSchema' });
export type TenantSchema = z.infer<typeof tenantSchemaSchema>;

export const tenantSchemaRowSchema = z
  .object({
    tenantId: z.string(),
    serviceId: z.string(),
    engine: engineSchema,
    state: tenantSchemaStateSchema.nullable(),
    drift: driftStateSchema,
    checkedAt: timestampSchema.nullable(),
    upgradeId: z.string().nullable(),
  })
  .meta({ id: 'TenantSchemaRow' });
export type TenantSchemaRow = z.infer<typeof tenantSchemaRowSchema>;
export const tenantSchemaPageSchema = pageOf(tenantSchemaRowSchema, 'TenantSchemaPage');
export const tenantSchemaListQuerySchema = pageQuerySchema.extend({
  tenantId: tenantIdSchema.optional(),
  serviceId: serviceIdSchema.optional(),
  drift: driftStateSchema.optional(),
});
export const acceptDriftSchema = z
  .strictObject({
    digest: z.string().length(64).meta({ description: 'Of the drift that was looked at.' }),
    reason: reasonSchema,
  })
  .meta({ id: 'AcceptDrift' });

export const backupSchema = z
  .object({
    id: z.uuid(),
    tenantId: z.string(),
    serviceId: z.string(),
    upgradeId: z.string().nullable(),
    state: z.enum(['running', 'done', 'failed', 'expired']),
    method: z.enum(['pg_dump', 'mysqldump', 'copy']).meta({
      description:
        '`copy`: a logical copy of the touched tables, where no dump program of a matching version is at hand.',
    }),
    tables: z.array(z.string()).meta({ description: 'Empty: all of the schema.' }),
    place: z.string().nullable().meta({ description: 'Below the folder for backups.' }),
    checksum: z.string().nullable().meta({ description: 'SHA-256 of the file.' }),
    byteCount: z.int().nullable(),
    schemaVersion: z.int().nullable().meta({ description: 'Of the schema when it was made.' }),
    error: z.string().nullable(),
    createdAt: timestampSchema,
    finishedAt: timestampSchema.nullable(),
    expiresAt: timestampSchema.nullable(),
    restoredAt: timestampSchema.nullable(),
  })
  .meta({ id: 'Backup' });
export type Backup = z.infer<typeof backupSchema>;
export const backupPageSchema = pageOf(backupSchema, 'BackupPage');
export const backupListQuerySchema = pageQuerySchema.extend({
  tenantId: tenantIdSchema.optional(),
  serviceId: serviceIdSchema.optional(),
});
export const createBackupSchema = z
  .strictObject({ tables: z.array(z.string().min(1).max(130)).max(500).optional(), reason: reasonSchema.optional() })
  .meta({ id: 'CreateBackup' });
export const restoreBackupSchema = z
  .strictObject({
    reason: reasonSchema,
    confirm: z
      .string()
      .meta({ description: 'The tenant’s id, typed by whoever restores: what was written since is lost.' }),
  })
  .meta({ id: 'RestoreBackup' });
export const backupRestoreSchema = z
  .object({
    backup: backupSchema,
    tables: z.array(z.object({ table: z.string(), rowCount: z.int() })),
    state: tenantSchemaStateSchema.nullable(),
  })
  .meta({ id: 'BackupRestore' });
export type BackupRestore = z.infer<typeof backupRestoreSchema>;
