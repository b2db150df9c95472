import pg from 'pg';
import { compareObjects } from '../../databases/catalogue.ts';
import { FENCE, LEDGER_TABLE } from '../../databases/ledger.ts';
import { UpgradeError } from '../../databases/upgrade-error.ts';
import { assertLeadsBack } from '../assert-leads-back.ts';
import type { BackupHeader, Furnishing } from '../backup-header.ts';
import type { EngineRestore, RestoredTable } from '../restore-backup.ts';
import type { ScriptReader } from '../script-reader.ts';
import { readCatalogue } from './back-up-postgres.ts';
import { describeKeysTo, describeSurroundings, describeViewsOn } from './describe-schema.ts';
import { type FoundTable, findTables } from './find-tables.ts';
import { dropOf, furnish, furnishAll } from './furnish.ts';
import { PgClient } from './pg-client.ts';

/** How long others may be waited for who read the tables; they wait behind it. */
const LOCK_WAIT = "SET LOCAL lock_timeout = '30s'";

/** All in one transaction: until its end everybody sees what was there before, or waits. */
export const restorePostgres: EngineRestore = async (request, { header, script }, { token, forgotten }) => {
  const client = await PgClient.open(request.address, request.signal);
  const name = request.address.schema ?? 'public';
  const schema = pg.escapeIdentifier(name);
  try {
    await client.run(`BEGIN; ${LOCK_WAIT}; SELECT pg_catalog.set_config('search_path', '', true)`);
    await assertToken(client, schema, request.serviceId, token);
    const scope = header.isWhole ? [] : [...header.tables, ...header.absent];
    const there = await findTables(client, schema, scope, 'BACKUP_UNUSABLE');
    const around = await clear(client, there);
    const notRestored: string[] = [];
    if (header.isWhole) await clearOut(client, schema, header, notRestored);
    await furnish(client, header.before, notRestored);
    const tables = await load(client, schema, script);
    await client.run("SELECT pg_catalog.set_config('search_path', '', false)");
    for (const statement of around.foreignKeys) await client.run(statement);
    await furnish(client, header.isWhole ? header.after : viewsOf(header, around.views), notRestored);
    await writeLedger(client, schema, request.serviceId, header, token);
    const catalogue = await readCatalogue(client, name);
    const difference = compareObjects(header.objects, catalogue.objects);
    assertLeadsBack(forgotten, difference);
    await client.run('COMMIT');
    return {
      tables,
      dropped: there.map((one) => one.name).filter((one) => !header.tables.includes(one)),
      notRestored,
      expected: { digest: header.digest, objects: header.objects },
      catalogue,
      difference,
    };
  } finally {
    await client.close();
  }
};

async function assertToken(client: PgClient, schema: string, serviceId: string, token: bigint): Promise<void> {
  const [row] = await client.ask<{ fencing_token: string }>(
    `SELECT fencing_token::text FROM ${schema}.${LEDGER_TABLE} WHERE service = $1 AND name = '${FENCE}' FOR UPDATE`,
    [serviceId],
  );
  if (row?.fencing_token !== String(token)) throw new UpgradeError('FENCED', 'Somebody else has taken over the ledger');
}

interface Surroundings {
  /** Of other tables, which lead to those that are made anew. */
  readonly foreignKeys: readonly string[];
  readonly views: readonly Furnishing[];
}

/** Takes tables away, after what holds on to them has been written down. */
async function clear(client: PgClient, tables: readonly FoundTable[]): Promise<Surroundings> {
  if (tables.length === 0) return { foreignKeys: [], views: [] };
  const oids = tables.map(({ oid }) => oid);
  const [names] = await client.ask<{ list: string }>(
    "SELECT string_agg(oid::regclass::text, ', ') AS list FROM pg_class WHERE oid = ANY ($1::oid[])",
    [oids],
  );
  await client.run(`LOCK TABLE ${names?.list} IN ACCESS EXCLUSIVE MODE`);
  const keys = await describeKeysTo(client, oids);
  const views = await describeViewsOn(client, oids);
  for (const { object } of keys) await client.run(dropOf(object));
  for (const { object } of views.toReversed()) await client.run(`DROP ${object}`);
  await client.run(`DROP TABLE ${names?.list}`);
  return { foreignKeys: keys.flatMap(({ statements }) => statements), views };
}

/** What the schema has besides tables and had not then, or had otherwise: it goes, or goes back. */
async function clearOut(client: PgClient, schema: string, header: BackupHeader, notRestored: string[]): Promise<void> {
  const then = new Map(header.before.map((one) => [one.object, one.statements.join(';')]));
  const { before: now, after: views } = await describeSurroundings(client, schema);
  const isOther = ({ object, statements }: Furnishing) => then.get(object) !== statements.join(';');
  const out = [...now.filter(isOther), ...views].toReversed();
  await furnishAll(
    client,
    out.map(({ object }) => ({
      object,
      statements: [dropOf(object)],
    })),
    notRestored,
  );
}

/** Views as they were when the backup was made; those it does not know, as they are now. */
function viewsOf({ after }: BackupHeader, now: readonly Furnishing[]): Furnishing[] {
  const known = new Set(after.map(({ object }) => object));
  return [...after, ...now.filter(({ object }) => !known.has(object))];
}

async function load(client: PgClient, schema: string, script: ScriptReader): Promise<RestoredTable[]> {
  const tables: RestoredTable[] = [];
  for await (const step of script.steps()) {
    if (step.kind === 'statement') await client.run(step.text);
    else {
      const rowCount = await client.copyIn(step.text.replace(/;$/, ''), step.rows);
      tables.push({ table: tableOf(step.text, schema), rowCount });
    }
  }
  return tables;
}

/** `COPY acme.orders (id, …) FROM stdin;` → `orders` */
function tableOf(copy: string, schema: string): string {
  const [, qualified = ''] = /^COPY (.*?) \(.*\) FROM stdin;$/s.exec(copy) ?? [];
  const prefixes = [`${schema}.`, `${schema.slice(1, -1)}.`];
  const prefix = prefixes.find((one) => qualified.startsWith(one)) ?? '';
  const name = qualified.slice(prefix.length);
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name;
}

async function writeLedger(
  client: PgClient,
  schema: string,
  serviceId: string,
  { ledger }: BackupHeader,
  token: bigint,
): Promise<void> {
  const table = `${schema}.${LEDGER_TABLE}`;
  await client.ask(`DELETE FROM ${table} WHERE service = $1 AND name <> '${FENCE}'`, [serviceId]);
  for (const row of ledger) {
    const { service, name, checksum, phase, state, run_id, by, statement } = row;
    const { objects_before, message, started_at, finished_at } = row;
    await client.ask(
      `INSERT INTO ${table} (service, name, checksum, phase, state, run_id, "by", fencing_token, statement, objects_before,
         message, started_at, finished_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8::bigint, $9::integer, $10, $11, $12::timestamptz, $13::timestamptz)`,
      [service, name, checksum, phase, state, run_id, by, String(token), statement].concat(
        [objects_before, message, started_at, finished_at].map((one) => one ?? null),
      ),
    );
  }
}
