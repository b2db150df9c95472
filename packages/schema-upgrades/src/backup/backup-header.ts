import type { ObjectDigests } from '../databases/catalogue.ts';
import { UpgradeError } from '../databases/upgrade-error.ts';
import type { Engine } from '../migration.ts';

export type BackupMethod = 'pg_dump' | 'mysqldump' | 'copy';

/** A thing besides tables that the schema had: made again on the way back where it is missing. */
export interface Furnishing {
  /** `view totals`, `function f(integer)`, `enum mood`, `trigger stamp on orders` */
  readonly object: string;
  /** In the order they run. */
  readonly statements: readonly string[];
}

/**
 * The first line of a backup, as a comment of its SQL: what is in the file, and what was so that is not SQL. The rest is a
 * script that `psql` or `mysql` could load by hand.
 */
export interface BackupHeader {
  readonly format: 1;
  readonly engine: Engine;
  readonly method: BackupMethod;
  readonly tenantId: string;
  readonly serviceId: string;
  /** PostgreSQL's schema; names in the script carry it. null on MySQL. */
  readonly schema: string | null;
  readonly serverVersion: string;
  /** ISO 8601, by the clock of the server. */
  readonly takenAt: string;
  /** All of the schema: tables that are not in it were not there. */
  readonly isWhole: boolean;
  readonly tables: readonly string[];
  /** Tables that were asked for and were not there. */
  readonly absent: readonly string[];
  /** Types and functions, which tables may need: made before them. */
  readonly before: readonly Furnishing[];
  /** Views and the like, which need tables: made after them. */
  readonly after: readonly Furnishing[];
  /** Rows of the service in the ledger, by the names of its columns. */
  readonly ledger: readonly Readonly<Record<string, string | number | null>>[];
  /** Of the whole schema, and of each of its objects. */
  readonly digest: string;
  readonly objects: ObjectDigests;
}

const MARK = '-- grey-backup ';

export function writeHeader(header: BackupHeader): string {
  return `${MARK}${JSON.stringify(header)}\n`;
}

/** @throws UpgradeError BACKUP_UNUSABLE */
export function readHeader(line: string): BackupHeader {
  if (!line.startsWith(MARK)) throw new UpgradeError('BACKUP_UNUSABLE', 'The file is no backup of ours');
  const header = JSON.parse(line.slice(MARK.length)) as BackupHeader;
  if ((header.format as number) !== 1) {
    throw new UpgradeError(
      'BACKUP_UNUSABLE',
      `The backup is of format ${header.format}, which this version cannot read`,
    );
  }
  return header;
}
