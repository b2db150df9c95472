import { type Catalogue, type CatalogueDifference, compareObjects } from '../../databases/catalogue.ts';
import { FENCE, LEDGER_TABLE } from '../../databases/ledger.ts';
import { tenantDatabaseAt } from '../../databases/tenant-database-at.ts';
import { UpgradeError } from '../../databases/upgrade-error.ts';
import type { DataSourceAddress } from '../../migration.ts';
import { assertLeadsBack } from '../assert-leads-back.ts';
import type { BackupHeader } from '../backup-header.ts';
import type { EngineRestore, RestoredTable } from '../restore-backup.ts';
import type { ScriptReader } from '../script-reader.ts';
import { findMyTables } from './find-my-tables.ts';
import { MyClient, quoted } from './my-client.ts';

/**
 * Every statement that makes or drops a table commits by itself on these servers. So the ledger is written last: until then it
 * says what it said, and the same restore again begins from the start and comes to the same end.
 */
export const restoreMysql: EngineRestore = async (request, { header, script }, { token, forgotten }) => {
  const { address, serviceId, signal } = request;
  const client = await MyClient.open(address, signal);
  try {
    await assertToken(client, serviceId, token);
    await client.run('SET SESSION lock_wait_timeout = 30');
    await client.run('SET SESSION foreign_key_checks = 0');
    const scope = header.isWhole ? [] : [...header.tables, ...header.absent];
    const { there } = await findMyTables(client, address.database, scope);
    // Before anything is touched: nothing can be taken back here.
    assertLeadsBack(forgotten, outside(await readCatalogue(address), header, new Set([...header.tables, ...there])));
    if (there.length > 0) await client.run(`DROP TABLE ${there.map(quoted).join(', ')}`);
    const tables = await load(client, header, script);
    const notRestored = await furnish(client, header, address.database);
    await writeLedger(client, serviceId, header, token);
    const catalogue = await readCatalogue(address);
    return {
      tables,
      dropped: there.filter((one) => !header.tables.includes(one)),
      notRestored,
      expected: { digest: header.digest, objects: header.objects },
      catalogue,
      difference: compareObjects(header.objects, catalogue.objects),
    };
  } finally {
    await client.close();
  }
};

async function readCatalogue(address: DataSourceAddress): Promise<Catalogue> {
  const session = await tenantDatabaseAt(address).openSession();
  return session.dumpCatalogue().finally(() => session.close());
}

/** What differs from the backup and is neither of its tables nor made again with them. */
function outside({ objects }: Catalogue, header: BackupHeader, tables: ReadonlySet<string>): CatalogueDifference {
  const isOutside = (object: string) => {
    const table = /^table (.*)$/s.exec(object)?.[1] ?? / on (.*)$/s.exec(object)?.[1];
    return table === undefined || !tables.has(table);
  };
  const { added, removed, changed } = compareObjects(header.objects, objects);
  const comesAgain = new Set(header.after.map(({ object }) => object));
  return {
    added: added.filter(isOutside),
    removed: removed.filter((object) => isOutside(object) && !comesAgain.has(object)),
    changed: changed.filter(isOutside),
  };
}

async function assertToken(client: MyClient, serviceId: string, token: bigint): Promise<void> {
  const [row] = await client.run<{ token: string | number }>(
    `SELECT fencing_token AS token FROM ${LEDGER_TABLE} WHERE service = ? AND name = '${FENCE}' FOR UPDATE`,
    [serviceId],
  );
  if (row === undefined || BigInt(row.token) !== token)
    throw new UpgradeError('FENCED', 'Somebody else has taken over the ledger');
}

async function load(client: MyClient, { tables }: BackupHeader, script: ScriptReader): Promise<RestoredTable[]> {
  const counts = new Map(tables.map((table) => [table, 0]));
  for await (const step of script.steps()) {
    const count = await client.write(step.text);
    const [, name] = /^INSERT INTO `((?:[^`]|``)+)`/.exec(step.text) ?? [];
    if (name === undefined) continue;
    const table = name.replaceAll('``', '`');
    counts.set(table, (counts.get(table) ?? 0) + count);
  }
  return [...counts].map(([table, rowCount]) => ({ table, rowCount }));
}

/** Triggers went with their tables; views stayed, and are made where they are missing. */
async function furnish(client: MyClient, { after }: BackupHeader, database: string): Promise<string[]> {
  const notRestored: string[] = [];
  for (const { object, statements } of after) {
    if (object.startsWith('view ')) {
      const there = await client.run(
        'SELECT 1 FROM information_schema.VIEWS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?',
        [database, object.slice('view '.length)],
      );
      if (there.length > 0) continue;
    }
    try {
      for (const statement of statements) await client.run(statement);
    } catch (error) {
      if (!(error instanceof UpgradeError) || error.isConnectionLost) throw error;
      notRestored.push(`${object}: ${error.message}`);
    }
  }
  return notRestored;
}

const COLUMNS =
  'service, name, checksum, phase, state, run_id, `by`, fencing_token, statement, objects_before, message, started_at, finished_at';

async function writeLedger(
  client: MyClient,
  serviceId: string,
  { ledger }: BackupHeader,
  token: bigint,
): Promise<void> {
  await client.run('START TRANSACTION');
  await assertToken(client, serviceId, token);
  await client.run(`DELETE FROM ${LEDGER_TABLE} WHERE service = ? AND name <> '${FENCE}'`, [serviceId]);
  for (const row of ledger) {
    const values = COLUMNS.split(', ').map((column) => {
      const name = column.replaceAll('`', '');
      return name === 'fencing_token' ? String(token) : (row[name] ?? null);
    });
    await client.run(`INSERT INTO ${LEDGER_TABLE} (${COLUMNS}) VALUES (?)`, [values]);
  }
  await client.run('COMMIT');
}
