import type { Actor, Backup } from '@grey/contracts';
import type { Engine } from '@grey/schema-upgrades';

/** A backup as the database has it. */
export interface BackupRow {
  readonly id: string;
  readonly tenantId: string;
  readonly serviceId: string;
  readonly upgradeId: string | null;
  readonly state: Backup['state'];
  readonly engine: Engine;
  readonly method: Backup['method'];
  readonly tables: readonly string[];
  /** Below the folder for backups. */
  readonly place: string | null;
  /** Name of the machine that wrote it. */
  readonly host: string;
  readonly checksum: string | null;
  readonly byteCount: number | null;
  /** What the schema served when it was made. */
  readonly schemaVersion: number | null;
  readonly expandedTo: number | null;
  readonly error: string | null;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
  readonly expiresAt: Date | null;
  readonly restoredAt: Date | null;
}

/** What a backup begins with. */
export interface BackupDraft {
  readonly id: string;
  readonly tenantId: string;
  readonly serviceId: string;
  readonly upgradeId: string | null;
  readonly engine: Engine;
  readonly tables: readonly string[];
  readonly host: string;
  readonly schemaVersion: number | null;
  readonly expandedTo: number | null;
  readonly requestedBy: Actor;
  readonly reason: string | null;
}

export function backupView(row: BackupRow): Backup {
  const { id, tenantId, serviceId, upgradeId, state, method, place, checksum, byteCount, schemaVersion, error } = row;
  return {
    id,
    tenantId,
    serviceId,
    upgradeId,
    state,
    method,
    tables: [...row.tables],
    place,
    checksum,
    byteCount,
    schemaVersion,
    error,
    createdAt: row.createdAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
    expiresAt: row.expiresAt?.toISOString() ?? null,
    restoredAt: row.restoredAt?.toISOString() ?? null,
  };
}
