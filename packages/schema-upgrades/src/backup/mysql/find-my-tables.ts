import { LEDGER_TABLE } from '../../databases/ledger.ts';
import { TABLE_TYPES } from '../../databases/mysql/mysql-catalogue.ts';
import { UpgradeError } from '../../databases/upgrade-error.ts';
import type { MyClient } from './my-client.ts';

export interface MyTables {
  readonly there: readonly string[];
  /** Of those that were asked for. */
  readonly absent: readonly string[];
}

/**
 * Tables of a database, never the ledger; names are the same where the server takes them for the same.
 * @param names empty: all @throws UpgradeError BACKUP_FAILED
 */
export async function findMyTables(client: MyClient, database: string, names: readonly string[]): Promise<MyTables> {
  const rows = await client.run<{ name: string; type: string; mode: string | number }>(
    `SELECT TABLE_NAME AS name, TABLE_TYPE AS type, @@lower_case_table_names AS mode FROM information_schema.TABLES
     WHERE TABLE_SCHEMA = ? AND TABLE_TYPE IN ${TABLE_TYPES} AND TABLE_NAME <> '${LEDGER_TABLE}' ORDER BY TABLE_NAME`,
    [database],
  );
  const fold = (name: string) => (Number(rows[0]?.mode ?? 0) === 0 ? name : name.toLowerCase());
  const wanted = new Set(names.map(fold));
  const found = rows.filter(({ name }) => names.length === 0 || wanted.has(fold(name)));
  const versioned = found.find(({ type }) => type === 'SYSTEM VERSIONED');
  if (versioned !== undefined) {
    const message = `table ${versioned.name} keeps its history, which nothing here can write back: leave it out of the backup`;
    throw new UpgradeError('BACKUP_FAILED', message);
  }
  const there = found.map(({ name }) => name);
  const folded = new Set(there.map(fold));
  return { there, absent: names.filter((name) => !folded.has(fold(name))) };
}
