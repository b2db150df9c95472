import type { open } from 'node:fs/promises';
import { UpgradeError } from '../databases/upgrade-error.ts';
import type { DataSourceAddress } from '../migration.ts';
import type { BackupMethod } from './backup-header.ts';
import { BackupWriter, type WrittenBytes } from './backup-writer.ts';
import { backUpMysql } from './mysql/back-up-mysql.ts';
import { backUpPostgres } from './postgres/back-up-postgres.ts';

export interface BackupRequest {
  readonly address: DataSourceAddress;
  readonly tenantId: string;
  readonly serviceId: string;
  /** Empty: all of the schema. What is not there is noted, and taken away again by a restore. */
  readonly tables: readonly string[];
  /** Where the file goes; its folder is made. */
  readonly file: string;
  readonly signal: AbortSignal;
  /** Default: `program` where one of a fitting version is found, else `copy`. */
  readonly method?: 'copy' | 'program';
  /** How files are opened; default: by the file system. */
  readonly openFile?: typeof open;
}

export interface WrittenFile extends WrittenBytes {
  readonly method: BackupMethod;
  /** Those that are in it. */
  readonly tables: readonly string[];
}

/** What an engine does with an opened file. */
export type EngineBackup = (
  request: BackupRequest,
  write: (chunk: Buffer | string) => Promise<void>,
) => Promise<Pick<WrittenFile, 'method' | 'tables'>>;

/**
 * Writes what the tables hold and how they are made, as of one moment, to a file: whole, or not at all. Takes no lock that
 * keeps anybody from reading or writing.
 *
 * @throws UpgradeError with what went wrong: a code of the database, or BACKUP_FAILED
 */
export async function backUp(request: BackupRequest): Promise<WrittenFile> {
  let writer: BackupWriter;
  try {
    request.signal.throwIfAborted();
    writer = await BackupWriter.open(request.file, request.openFile);
  } catch (error) {
    throw inWords(error, request.signal);
  }
  try {
    const engine: EngineBackup = request.address.engine === 'postgres' ? backUpPostgres : backUpMysql;
    const tables = [...new Set(request.tables.map((name) => withoutSchema(name, request.address)))];
    const written = await engine({ ...request, tables }, (chunk) => writer.write(chunk));
    request.signal.throwIfAborted();
    return { ...written, ...(await writer.finish()) };
  } catch (error) {
    await writer.discard();
    throw inWords(error, request.signal);
  }
}

/** `acme.orders` → `orders`, as migrations may name the tables of their own schema. */
function withoutSchema(name: string, { engine, schema, database }: DataSourceAddress): string {
  const own = engine === 'postgres' ? (schema ?? 'public') : database;
  const prefixes = [`${own}.`, `"${own.replaceAll('"', '""')}".`, `\`${own.replaceAll('`', '``')}\`.`];
  const prefix = prefixes.find((one) => name.startsWith(one));
  return prefix === undefined ? name : name.slice(prefix.length);
}

const OF_FILES: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk of the folder for backups is full',
  EDQUOT: 'the quota of the folder for backups is used up',
  EFBIG: 'the file would be larger than files may be',
  EACCES: 'the folder for backups may not be written to',
  EPERM: 'the folder for backups may not be written to',
  EROFS: 'the folder for backups cannot be written to',
  ENOTDIR: 'the folder for backups is no folder',
  EEXIST: 'the folder for backups is no folder, or the file is being written already',
  EIO: 'the disk of the folder for backups fails',
};

function inWords(error: unknown, signal: AbortSignal): UpgradeError {
  if (signal.aborted) return new UpgradeError('CANCELLED', 'The backup was given up', { cause: error });
  if (error instanceof UpgradeError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  return new UpgradeError('BACKUP_FAILED', OF_FILES[code ?? ''] ?? message, { cause: error });
}
