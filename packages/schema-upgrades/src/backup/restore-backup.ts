import type { Catalogue, CatalogueDifference } from '../databases/catalogue.ts';
import { tenantDatabaseAt } from '../databases/tenant-database-at.ts';
import { UpgradeError } from '../databases/upgrade-error.ts';
import type { DataSourceAddress } from '../migration.ts';
import { findForgotten } from './assert-leads-back.ts';
import { restoreMysql } from './mysql/restore-mysql.ts';
import { restorePostgres } from './postgres/restore-postgres.ts';
import { type OpenedBackup, openBackup, verifyBackup } from './read-backup.ts';

export interface RestoreRequest {
  readonly address: DataSourceAddress;
  readonly tenantId: string;
  readonly serviceId: string;
  readonly file: string;
  /** SHA-256 of the file as it was written, in hex. */
  readonly checksum: string;
  /** Who wants it, for the ledger. */
  readonly by: string;
  readonly signal: AbortSignal;
  /** For the runner's lock, in milliseconds. Default 10 000. */
  readonly lockWaitMs?: number;
}

export interface RestoredTable {
  readonly table: string;
  readonly rowCount: number;
}

export interface RestoreReport {
  readonly tables: readonly RestoredTable[];
  /** Tables that were not there when the backup was made, and are not there any more. */
  readonly dropped: readonly string[];
  /** Things besides tables that could not be made again, with why. */
  readonly notRestored: readonly string[];
  /** As the schema was when the backup was made: what should be there now. */
  readonly expected: Pick<Catalogue, 'digest' | 'objects'>;
  /** As the schema is now. */
  readonly catalogue: Catalogue;
  /** Between the schema when the backup was made and now: what was outside its tables, or could not be made again. */
  readonly difference: CatalogueDifference;
}

/** What an engine does with a backup whose bytes have been proven, while the lock of the runner is held. */
export type EngineRestore = (
  request: RestoreRequest,
  backup: OpenedBackup,
  held: { readonly token: bigint; readonly forgotten: readonly string[] },
) => Promise<RestoreReport>;

/**
 * Writes a backup back: its tables are made anew as they were, with their rows; tables that were asked for and were not there
 * then go away; so do the rows of the ledger since. All other tables stay as they are. Nothing is touched before the file has
 * been proven to be what was written. On PostgreSQL it is one transaction; on MySQL it is not, and what was begun has to be
 * brought to its end by another call.
 *
 * @throws UpgradeError BACKUP_UNUSABLE, LOCK_HELD while an upgrade runs, FENCED, and what the database says
 */
export async function restoreBackup(request: RestoreRequest): Promise<RestoreReport> {
  const { address, tenantId, serviceId, file, checksum, by, signal } = request;
  signal.throwIfAborted();
  await verifyBackup(file, checksum);
  const backup = await openBackup(file);
  const session = await tenantDatabaseAt(address)
    .openSession()
    .catch((error: unknown) => {
      backup.close();
      throw error;
    });
  try {
    assertFits(request, backup);
    const lock = { name: `${tenantId}/${serviceId}`, serviceId, waitMs: request.lockWaitMs ?? 10_000, by, signal };
    const token = await session.lock(lock);
    const engine: EngineRestore = address.engine === 'postgres' ? restorePostgres : restoreMysql;
    const forgotten = findForgotten(await session.listLedger(serviceId), backup.header);
    return await engine(request, backup, { token, forgotten });
  } catch (error) {
    if (error instanceof UpgradeError) throw error;
    if (signal.aborted) throw new UpgradeError('CANCELLED', 'The restore was given up', { cause: error });
    throw new UpgradeError('BACKUP_UNUSABLE', `The backup cannot be read to its end: ${(error as Error).message}`, {
      cause: error,
    });
  } finally {
    backup.close();
    await session.close();
  }
}

function assertFits({ address, tenantId, serviceId }: RestoreRequest, { header }: OpenedBackup): void {
  const refuse = (message: string) => {
    throw new UpgradeError('BACKUP_UNUSABLE', message);
  };
  if (header.tenantId !== tenantId || header.serviceId !== serviceId)
    refuse(`The backup is of ${header.tenantId} in ${header.serviceId}`);
  if (header.engine !== address.engine) refuse(`The backup is of a ${header.engine} server`);
  if (header.engine === 'postgres' && header.schema !== (address.schema ?? 'public'))
    refuse(`The backup is of the schema ${header.schema}, and the data source is another one now`);
}
