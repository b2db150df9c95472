import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FENCE, LEDGER_TABLE } from '../../databases/ledger.ts';
import { tenantDatabaseAt } from '../../databases/tenant-database-at.ts';
import type { BackupRequest, EngineBackup } from '../back-up.ts';
import { type BackupHeader, type Furnishing, writeHeader } from '../backup-header.ts';
import { type DumpProgram, findDumpProgram, runDump } from '../dump-program.ts';
import { assertTakenBack, LongestLine } from './assert-taken-back.ts';
import { copyTable } from './copy-table.ts';
import { findMyTables } from './find-my-tables.ts';
import { MyClient, quoted } from './my-client.ts';

type Write = (chunk: Buffer | string) => Promise<void>;

/** Values that mean the same on the way out and on the way in. */
const SESSION = [
  'SET NAMES utf8mb4',
  "SET SESSION time_zone = '+00:00'",
  "SET SESSION sql_mode = 'NO_AUTO_VALUE_ON_ZERO'",
  'SET SESSION foreign_key_checks = 0',
  'SET SESSION unique_checks = 0',
];

/** Rows are read in one transaction of InnoDB, so that tables fit each other. How tables are made is read right before. */
export const backUpMysql: EngineBackup = async (request, write) => {
  const client = await MyClient.open(request.address, request.signal);
  try {
    for (const statement of SESSION.slice(0, 3)) await client.run(statement);
    await client.run('SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ');
    await client.run('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY');
    const [about] = await client.run<{ version: string; now: string }>(
      "SELECT VERSION() AS version, DATE_FORMAT(UTC_TIMESTAMP(3), '%Y-%m-%dT%H:%i:%s.%fZ') AS now",
    );
    const serverVersion = about?.version ?? '';
    const { there: tables, absent } = await findMyTables(client, request.address.database, request.tables);
    const hasFloats = await findFloats(client, request.address.database, tables);
    const program = hasFloats ? undefined : await programFor(request, serverVersion);
    const header: BackupHeader = {
      format: 1,
      engine: 'mysql',
      method: program === undefined ? 'copy' : 'mysqldump',
      tenantId: request.tenantId,
      serviceId: request.serviceId,
      schema: null,
      serverVersion,
      takenAt: about?.now ?? '',
      isWhole: request.tables.length === 0,
      tables,
      absent,
      before: [],
      after: await describeAfter(client, request.address.database, tables),
      ledger: await readLedger(client, request.serviceId, request.address.database),
      ...(await readCatalogue(request)),
    };
    await write(writeHeader(header));
    await write(SESSION.map((one) => `${one};\n`).join(''));
    const lines = new LongestLine();
    const measured = (chunk: Buffer | string) => {
      lines.add(chunk);
      return write(chunk);
    };
    if (program === undefined)
      for (const table of tables) await copyTable(client, request.address.database, table, measured);
    else await dumpTables(program, request, tables, measured);
    await assertTakenBack(client, lines.byteCount);
    return { method: header.method, tables };
  } finally {
    await client.close();
  }
};

/** A dump program prints them with six digits, which is not what they were. */
async function findFloats(client: MyClient, database: string, tables: readonly string[]): Promise<boolean> {
  if (tables.length === 0) return false;
  const rows = await client.run(
    "SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ? AND TABLE_NAME IN (?) AND DATA_TYPE = 'float' LIMIT 1",
    [database, tables],
  );
  return rows.length > 0;
}

/** Triggers, which must not run while rows are written back, and views. */
async function describeAfter(client: MyClient, database: string, tables: readonly string[]): Promise<Furnishing[]> {
  const found: Furnishing[] = [];
  const triggers = await client.run<{ name: string; table: string }>(
    `SELECT TRIGGER_NAME AS name, EVENT_OBJECT_TABLE AS \`table\` FROM information_schema.TRIGGERS
     WHERE TRIGGER_SCHEMA = ? ORDER BY EVENT_OBJECT_TABLE, ACTION_TIMING, EVENT_MANIPULATION, ACTION_ORDER`,
    [database],
  );
  for (const { name, table } of triggers) {
    if (!tables.includes(table)) continue;
    const [row] = await client.run<Record<string, string>>(`SHOW CREATE TRIGGER ${quoted(name)}`);
    const text = row?.['SQL Original Statement'] ?? '';
    const mode = `SET SESSION sql_mode = ${literal(row?.sql_mode ?? '')}`;
    found.push({ object: `trigger ${name} on ${table}`, statements: [mode, text] });
  }
  const views = await client.run<{ name: string }>(
    'SELECT TABLE_NAME AS name FROM information_schema.VIEWS WHERE TABLE_SCHEMA = ? ORDER BY TABLE_NAME',
    [database],
  );
  for (const { name } of views) {
    const [row] = await client.run<Record<string, string>>(`SHOW CREATE VIEW ${quoted(name)}`);
    found.push({ object: `view ${name}`, statements: [row?.['Create View'] ?? ''] });
  }
  return found;
}

async function readLedger(client: MyClient, serviceId: string, database: string): Promise<BackupHeader['ledger']> {
  const there = await client.run('SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?', [
    database,
    LEDGER_TABLE,
  ]);
  if (there.length === 0) return [];
  const rows = await client.run<Record<string, string | number | null>>(
    `SELECT * FROM ${LEDGER_TABLE} WHERE service = ? AND name <> '${FENCE}' ORDER BY name`,
    [serviceId],
  );
  return rows.map((row) => ({ ...row }));
}

async function readCatalogue({ address }: BackupRequest) {
  const session = await tenantDatabaseAt(address).openSession();
  try {
    const { digest, objects } = await session.dumpCatalogue();
    return { digest, objects };
  } finally {
    await session.close();
  }
}

/** What the programs of either server do about TLS differs too much: with TLS the driver reads. */
async function programFor(request: BackupRequest, serverVersion: string): Promise<DumpProgram | undefined> {
  if (request.method === 'copy' || request.address.tls !== 'off') return undefined;
  const isMariadb = /mariadb/i.test(serverVersion);
  const [, major, minor] = /^(?:5\.5\.5-)?(\d+)\.(\d+)/.exec(serverVersion) ?? [];
  const names = isMariadb ? ['mariadb-dump', 'mysqldump'] : ['mysqldump'];
  return findDumpProgram(
    names,
    names.map((name) => `/usr/bin/${name}`),
    (version) => {
      if (/mariadb/i.test(version) !== isMariadb) return false;
      const [, own, ownMinor] = /(?:Distrib|from|Ver) (\d+)\.(\d+)\.\d+/.exec(version) ?? [];
      return own === major && Number(ownMinor) >= Number(minor);
    },
  );
}

async function dumpTables(
  program: DumpProgram,
  { address, signal }: BackupRequest,
  tables: readonly string[],
  write: Write,
): Promise<void> {
  if (tables.length === 0) return;
  const folder = await mkdtemp(path.join(tmpdir(), 'grey-backup-'));
  const settings = path.join(folder, 'client.cnf');
  try {
    const lines = ['[client]', `host=${address.host}`, `port=${address.port}`, `user=${option(address.user)}`];
    lines.push(`password=${option(address.password)}`, 'protocol=tcp');
    if (/mariadb/i.test(program.version)) lines.push('skip-ssl');
    else lines.push('ssl-mode=DISABLED');
    await writeFile(settings, `${lines.join('\n')}\n`, { mode: 0o600 });
    const own = /mariadb/i.test(program.version) ? [] : ['--set-gtid-purged=OFF', '--column-statistics=0'];
    const parameters = [
      `--defaults-file=${settings}`,
      '--single-transaction',
      '--quick',
      '--hex-blob',
      '--default-character-set=utf8mb4',
      '--no-tablespaces',
      '--skip-comments',
      '--skip-triggers',
      '--skip-lock-tables',
      '--skip-add-locks',
      '--skip-add-drop-table',
      '--skip-disable-keys',
      ...own,
      '--',
      address.database,
      ...tables,
    ];
    await runDump({ file: program.file, parameters, environment: {}, signal }, write);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A value of an option file. */
function option(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
