import pg from 'pg';
import { type CatalogueLine, makeCatalogue } from '../../databases/catalogue.ts';
import { FENCE, LEDGER_TABLE } from '../../databases/ledger.ts';
import { CATALOGUE_QUERY } from '../../databases/postgres/catalogue-query.ts';
import { UpgradeError } from '../../databases/upgrade-error.ts';
import type { BackupRequest, EngineBackup } from '../back-up.ts';
import { type BackupHeader, writeHeader } from '../backup-header.ts';
import { type DumpProgram, findDumpProgram, runDump } from '../dump-program.ts';
import { describeKeysTo, describeStatisticsOf, describeSurroundings } from './describe-schema.ts';
import { describeTable, TooMuchToDescribe } from './describe-table.ts';
import { type FoundTable, findTables } from './find-tables.ts';
import { PgClient } from './pg-client.ts';

type Write = (chunk: Buffer | string) => Promise<void>;

/** What a script begins with: names are qualified, values are in the form that every server reads. */
const PREAMBLE = [
  "SET client_encoding = 'UTF8'",
  'SET standard_conforming_strings = on',
  "SELECT pg_catalog.set_config('search_path', '', false)",
  'SET check_function_bodies = false',
  'SET row_security = off',
  "SET DateStyle = 'ISO'",
  "SET IntervalStyle = 'postgres'",
];

/** A snapshot is taken once; tables are described and read in it, by `pg_dump` too. */
export const backUpPostgres: EngineBackup = async (request, write) => {
  const client = await PgClient.open(request.address, request.signal);
  try {
    await client.run('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const version = await client.run<{ server_version: string }>('SHOW server_version');
    const serverVersion = version[0]?.server_version ?? '';
    const schema = pg.escapeIdentifier(request.address.schema ?? 'public');
    await assertSchema(client, schema);
    const tables = await findTables(client, schema, request.tables, 'BACKUP_FAILED');
    const catalogue = await readCatalogue(client, request.address.schema ?? 'public');
    const program = await programFor(request, serverVersion);
    await client.run(PREAMBLE.join('; '));
    const header: BackupHeader = {
      format: 1,
      engine: 'postgres',
      method: program === undefined ? 'copy' : 'pg_dump',
      tenantId: request.tenantId,
      serviceId: request.serviceId,
      schema: request.address.schema ?? 'public',
      serverVersion,
      takenAt: (await client.run<{ now: Date }>('SELECT now() AS now'))[0]?.now.toISOString() ?? '',
      isWhole: request.tables.length === 0,
      tables: tables.map(({ name }) => name),
      absent: request.tables.filter((name) => !tables.some((one) => one.name === name)),
      ...(await describeAround(client, schema, tables)),
      ledger: await readLedger(client, schema, request.serviceId),
      digest: catalogue.digest,
      objects: catalogue.objects,
    };
    await write(writeHeader(header));
    if (program === undefined) await copyTables(client, tables, write);
    else await dumpTables(client, program, request, tables, write);
    await client.run('COMMIT');
    return { method: header.method, tables: header.tables };
  } finally {
    await client.close();
  }
};

/** With what a script of the tables does not have: foreign keys of others, which a contract may take along, and statistics. */
async function describeAround(client: PgClient, schema: string, tables: readonly FoundTable[]) {
  const { before, after } = await describeSurroundings(client, schema);
  const oids = tables.map(({ oid }) => oid);
  const kept = [...(await describeKeysTo(client, oids)), ...(await describeStatisticsOf(client, oids))];
  return { before, after: [...kept, ...after] };
}

async function assertSchema(client: PgClient, schema: string): Promise<void> {
  const [row] = await client.ask<{ is: boolean }>('SELECT to_regnamespace($1) IS NOT NULL AS is', [schema]);
  if (row?.is !== true) throw new UpgradeError('SCHEMA_MISSING', `${client.label} does not exist`);
}

/** As the runner reads it: with the schema alone on the search path. */
export async function readCatalogue(client: PgClient, schema: string) {
  await client.run(`SET LOCAL search_path TO ${pg.escapeIdentifier(schema)}`);
  return makeCatalogue(await client.ask<CatalogueLine>(CATALOGUE_QUERY, [schema]));
}

async function readLedger(client: PgClient, schema: string, serviceId: string): Promise<BackupHeader['ledger']> {
  const table = `${schema}.${LEDGER_TABLE}`;
  const [row] = await client.ask<{ is: boolean }>('SELECT to_regclass($1) IS NOT NULL AS is', [table]);
  if (row?.is !== true) return [];
  return client.ask(
    `SELECT service, name, checksum, phase, state, run_id, "by", fencing_token::text AS fencing_token, statement, objects_before,
       message, started_at::text AS started_at, finished_at::text AS finished_at
     FROM ${table} WHERE service = $1 AND name <> '${FENCE}' ORDER BY name`,
    [serviceId],
  );
}

/** `libpq` proves a server's name by certificates of its own choosing; there the driver, which we configure, reads. */
async function programFor(request: BackupRequest, serverVersion: string): Promise<DumpProgram | undefined> {
  if (request.method === 'copy' || request.address.tls === 'verify') return undefined;
  const major = /^\d+/.exec(serverVersion)?.[0] ?? '';
  const places = [
    `/usr/lib/postgresql/${major}/bin`,
    `/usr/pgsql-${major}/bin`,
    `/usr/local/opt/postgresql@${major}/bin`,
    `/opt/homebrew/opt/postgresql@${major}/bin`,
  ];
  return findDumpProgram(
    ['pg_dump'],
    places.map((folder) => `${folder}/pg_dump`),
    (version) => new RegExp(`^pg_dump \\(PostgreSQL\\) ${major}(\\D|$)`).test(version),
  );
}

async function dumpTables(
  client: PgClient,
  program: DumpProgram,
  { address, signal }: BackupRequest,
  tables: readonly FoundTable[],
  write: Write,
): Promise<void> {
  // Without a table it would dump everything.
  if (tables.length === 0) return;
  const [row] = await client.run<{ id: string }>('SELECT pg_export_snapshot() AS id');
  const schema = pg.escapeIdentifier(address.schema ?? 'public');
  const parameters = [
    '--format=plain',
    '--encoding=UTF8',
    '--no-password',
    '--lock-wait-timeout=30000',
    `--snapshot=${row?.id ?? ''}`,
    ...tables.map(({ name }) => `--table=${schema}.${pg.escapeIdentifier(name)}`),
  ];
  const environment = {
    PGHOST: address.host,
    PGPORT: String(address.port),
    PGDATABASE: address.database,
    PGUSER: address.user,
    PGPASSWORD: address.password,
    PGSSLMODE: address.tls === 'off' ? 'disable' : 'require',
    PGCONNECT_TIMEOUT: '10',
    PGAPPNAME: 'grey-backup',
    PGPASSFILE: '/dev/null',
  };
  await runDump({ file: program.file, parameters, environment, signal }, write);
}

async function copyTables(client: PgClient, tables: readonly FoundTable[], write: Write): Promise<void> {
  const scripts = [];
  try {
    for (const { name, oid } of tables) scripts.push(await describeTable(client, name, oid));
  } catch (error) {
    if (!(error instanceof TooMuchToDescribe)) throw error;
    const message = `${error.message}: that can be backed up with a pg_dump of the server's major version only, and there is none here`;
    throw new UpgradeError('BACKUP_FAILED', message);
  }
  const statements = (all: readonly string[]) => write(all.map((one) => `${one};\n`).join(''));
  await statements(PREAMBLE);
  for (const { create } of scripts) await statements(create);
  for (const { copy, complete } of scripts) {
    if (copy !== null) {
      await write(`${copy}\n`);
      await client.copyOut(copy.replace(/ FROM stdin;$/, ' TO STDOUT'), write);
      await write('\\.\n');
    }
    await statements(complete);
  }
  for (const { attach } of scripts) await statements(attach);
  for (const { foreignKeys } of scripts) await statements(foreignKeys);
}
