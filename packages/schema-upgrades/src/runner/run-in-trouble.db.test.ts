import { once } from 'node:events';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pickFreePort, startPostgres } from '@grey/testkit';
import { expect, test } from 'vitest';
import { postgresDatabase } from '../databases/postgres/postgres-database.ts';
import type { DataSourceAddress } from '../migration.ts';
import { makeMigration } from '../testing/make-migration.ts';
import { PREFERENCES_SET } from '../testing/preferences-set.ts';
import { run } from '../testing/run.ts';
import { addressOf, useTenantServer } from '../testing/tenant-server.ts';
import { startTransactionPooler } from '../testing/transaction-pooler.ts';
import { makeStep } from './plan-migrations.ts';
import type { ProgressEvent } from './progress.ts';

const server = useTenantServer();
const SECRET = 'canary-6f1d2c';
const TABLE = makeMigration('0001_table', 'CREATE TABLE t (id int)', 'DROP TABLE t');
const COLUMN = makeMigration('0002_column', 'ALTER TABLE t ADD COLUMN a int', 'ALTER TABLE t DROP COLUMN a');

test('whoever cannot get in is told why, and nothing is touched', async () => {
  const address = await server.makeTenant('no_way_in');
  await server.query(`CREATE ROLE guest LOGIN PASSWORD 'x'`);
  const cases: readonly [Partial<DataSourceAddress>, string][] = [
    [{ user: 'nobody_at_all', password: SECRET }, 'CREDENTIALS_WRONG'],
    [{ database: 'nowhere' }, 'DATABASE_MISSING'],
    [{ schema: 'nowhere' }, 'SCHEMA_MISSING'],
    [{ port: await pickFreePort() }, 'UNREACHABLE'],
    [{ host: 'nowhere.invalid' }, 'HOST_UNKNOWN'],
    [{ tls: 'require' }, 'TLS_FAILED'],
    [{ user: 'guest', password: SECRET }, 'PERMISSION_DENIED'],
  ];
  for (const [wrong, code] of cases) {
    const result = await run({ ...address, ...wrong }, [TABLE]);
    expect(result, code).toMatchObject({ outcome: 'refused', applied: [], failure: { code } });
    expect(JSON.stringify({ ...result, fencingToken: null })).not.toContain(SECRET);
  }
});

test('a lock that a stranger holds is waited for, then told with who holds it', async () => {
  const address = await server.makeTenant('locked');
  const stranger = await postgresDatabase(address).openSession();
  await stranger.lock({ name: 'acme/payment', serviceId: 'payment', waitMs: 0, by: 'a stranger' });
  const result = await run(address, [TABLE], { limits: { lockWaitMs: 300 } });
  expect(result).toMatchObject({ outcome: 'refused', failure: { code: 'LOCK_HELD' } });
  expect(result.sentence).toMatch(/held by grey-schema-upgrades, server process \d+, connected since/);
  expect(await run(address, [TABLE], { serviceId: 'orders' })).toMatchObject({ outcome: 'done' });
  const waiting = run(address, [COLUMN], { limits: { lockWaitMs: 60_000 } });
  await stranger.close();
  expect(await waiting).toMatchObject({ outcome: 'done' });
});

test('a table that a stranger has locked is tried for, then everything is taken back; let go in time it goes on', async () => {
  const address = await server.makeTenant('table_locked');
  await run(address, [TABLE]);
  const stranger = await server.connect();
  const events: ProgressEvent[] = [];
  const more = makeMigration('0002', 'CREATE TABLE u (id int)', 'DROP TABLE u');
  const limits = { lockTimeoutMs: 50, attempts: 3, retryWaitMs: 20 };
  await stranger.query('BEGIN; LOCK TABLE table_locked.t');
  const late = await run(address, [more, COLUMN], {
    runId: 'run-2',
    limits,
    onProgress: (event) => events.push(event),
  });
  expect(late).toMatchObject({ outcome: 'taken-back', failure: { code: 'LOCK_TIMED_OUT', statement: 1 } });
  expect(events.filter((event) => event.kind === 'retrying')).toHaveLength(2);
  const inTime = await run(address, [more, COLUMN], {
    limits: { ...limits, attempts: 1_000 },
    onProgress: (event) => void (event.kind === 'retrying' && event.attempt === 2 && stranger.query('ROLLBACK')),
  });
  expect(inTime).toMatchObject({ outcome: 'done', applied: ['0002', '0002_column'] });
});

test('a concurrent index that is kept waiting leaves an invalid one only until the run goes on', async () => {
  const address = await server.makeTenant('index_locked');
  await run(address, [TABLE]);
  const stranger = await server.connect();
  await stranger.query('BEGIN; INSERT INTO index_locked.t VALUES (1)');
  const index = makeMigration('0002', 'CREATE INDEX CONCURRENTLY late ON t (id)', 'DROP INDEX CONCURRENTLY late', {
    isTransactional: false,
  });
  // What clears the unfinished index away has to wait for the stranger too.
  const result = await run(address, [index], { limits: { statementTimeoutMs: 200 } });
  expect(result).toMatchObject({ outcome: 'interrupted', failure: { code: 'NOT_CLEARED' } });
  expect(await listIndexes()).toEqual([{ indisvalid: false }]);
  await stranger.query('ROLLBACK');
  expect(await run(address, [index])).toMatchObject({ outcome: 'done' });
  expect(await listIndexes()).toEqual([{ indisvalid: true }]);

  function listIndexes() {
    return server.query(`SELECT indisvalid FROM pg_index WHERE indexrelid = 'index_locked.late'::regclass`);
  }
});

test('a statement that takes too long is given up, and so is a run', async () => {
  const address = await server.makeTenant('slow');
  const slow = makeMigration('0002_slow', 'SELECT pg_sleep(60)', '');
  const limits = { statementTimeoutMs: 1_500, attempts: 1, retryWaitMs: 10 };
  expect(await run(address, [TABLE, slow], { limits })).toMatchObject({
    outcome: 'taken-back',
    failure: { code: 'STATEMENT_TIMED_OUT', migration: '0002_slow' },
  });
  expect(await run(address, [TABLE, slow], { limits: { timeoutMs: 2_000 } })).toMatchObject({
    outcome: 'taken-back',
    failure: { code: 'TIMED_OUT' },
  });
  expect(await server.query(`SELECT to_regclass('slow.t') AS t`)).toEqual([{ t: null }]);
});

test('cancelling reaches into the statement that runs, and what was done is taken back', async () => {
  const address = await server.makeTenant('cancelled');
  const controller = new AbortController();
  const slow = makeMigration('0002_slow', 'SELECT pg_sleep(60)', '');
  const result = await run(address, [TABLE, slow], {
    signal: controller.signal,
    onProgress: (event) => {
      if (event.kind === 'statement-started' && event.migration === '0002_slow')
        setTimeout(() => controller.abort(), 50);
    },
  });
  expect(result).toMatchObject({ outcome: 'taken-back', failure: { code: 'CANCELLED' } });
  expect(await server.query(`SELECT to_regclass('cancelled.t') AS t`)).toEqual([{ t: null }]);
});

test('a full disk is told as such, and what was done is taken back', async () => {
  const address = await server.makeTenant('full');
  const full = makeMigration('0002', `DO $$ BEGIN RAISE disk_full USING MESSAGE = 'could not extend file'; END $$`, '');
  const result = await run(address, [TABLE, full]);
  expect(result).toMatchObject({ outcome: 'taken-back', failure: { code: 'DISK_FULL', serverCode: '53100' } });
  expect(result.sentence).toContain('no space left on its disk');
});

test('two runners at once apply nothing twice', async () => {
  const address = await server.makeTenant('twice');
  const results = await Promise.all([run(address, PREFERENCES_SET), run(address, PREFERENCES_SET, { runId: 'run-2' })]);
  expect(results.map((result) => result.outcome)).toEqual(['done', 'done']);
  expect(results.flatMap((result) => result.applied).sort()).toEqual(PREFERENCES_SET.map(({ name }) => name));
  expect(new Set(results.map((result) => result.fencingToken))).toEqual(new Set([1n, 2n]));
  expect(await server.query('SELECT n FROM twice.done')).toEqual([{ n: 2 }, { n: 2 }]);
});

test('a runner that a newer one has overtaken writes nothing more', async () => {
  const address = await server.makeTenant('fenced');
  const old = await postgresDatabase(address).openSession();
  const lock = { name: 'acme/payment', serviceId: 'payment', waitMs: 0 };
  expect(await old.lock({ ...lock, by: 'the old one' })).toBe(1n);
  // Behind a pooler, or after a standby took over, the old one may believe that it has the lock still.
  const young = await postgresDatabase(address).openSession();
  expect(await young.lock({ ...lock, name: 'a lock of another server', by: 'the young one' })).toBe(2n);
  const step = makeStep({ engine: 'postgres', runId: 'run-1', by: 'the old one' }, TABLE, 'up');
  const watch = { before: () => undefined, after: () => undefined };
  const limits = { statementTimeoutMs: 1_000, lockTimeoutMs: 1_000 };
  await expect(old.runAtOnce(step, limits, watch)).rejects.toMatchObject({ code: 'FENCED' });
  await expect(old.writeState(step, 'applied', 1, null)).rejects.toMatchObject({ code: 'FENCED' });
  await young.runAtOnce(step, limits, watch);
  expect(await young.listLedger('payment')).toMatchObject([{ name: '0001_table', state: 'applied', fencingToken: 2n }]);
  await Promise.all([old.close(), young.close()]);
});

test('behind a pooler that shares the processes of the server nothing is begun, and no lock stays with one', async () => {
  const address = await server.makeTenant('pooled');
  const pooler = await startTransactionPooler(address.port);
  const result = await run({ ...address, port: pooler.port }, [TABLE]);
  expect(result).toMatchObject({ outcome: 'refused', failure: { code: 'PLAN_INVALID' } });
  expect(result.sentence).toContain('use its session mode, or the server itself');
  expect(await server.query("SELECT FROM pg_locks WHERE locktype = 'advisory'")).toEqual([]);
  await pooler.stop();
});

test('a statement that ends its process each time is not tried for ever', async () => {
  const address = await server.makeTenant('crashing');
  const crash = makeMigration('0002', 'SELECT 1; SELECT pg_terminate_backend(pg_backend_pid())', 'SELECT 1');
  const result = await run(address, [TABLE, crash], { limits: { reconnectWithinMs: 2_000 } });
  expect(result).toMatchObject({
    outcome: 'interrupted',
    applied: ['0001_table'],
    failure: { code: 'DATABASE_GONE', migration: '0002', statement: 2, message: expect.stringContaining('3 times') },
  });
});

test('a ledger that is none of ours, or that somebody has changed, is told as such', async () => {
  const address = await server.makeTenant('flyway');
  await server.query('CREATE TABLE flyway.schema_version (version_rank int, installed_rank int, version text)');
  const foreign = await run(address, [TABLE]);
  expect(foreign).toMatchObject({ outcome: 'refused', failure: { code: 'PLAN_INVALID' } });
  expect(foreign.sentence).toContain('a schema_version that is not ours');
  await server.query('DROP TABLE flyway.schema_version');
  expect(await run(address, [TABLE])).toMatchObject({ outcome: 'done' });
  for (const change of [`state = 'success'`, `state = 'running', objects_before = 'none'`]) {
    await server.query(`UPDATE flyway.schema_version SET ${change} WHERE name = '0001_table'`);
    const changed = await run(address, [TABLE]);
    expect(changed).toMatchObject({ outcome: 'refused', failure: { code: 'PLAN_INVALID' } });
    expect(changed.sentence).toContain("The ledger's row 0001_table is not as a runner writes it");
  }
});

test('a session cut midway is opened again, and the run goes on', async () => {
  const address = await server.makeTenant('cut');
  const kinds: string[] = [];
  let cutting: Promise<unknown> | undefined;
  const result = await run(address, PREFERENCES_SET, {
    onProgress: (event) => {
      kinds.push(event.kind);
      if (cutting === undefined && event.kind === 'statement-started' && event.migration === '0002_index_preferences') {
        cutting = server.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'grey-schema-upgrades'`,
        );
      }
    },
  });
  await cutting;
  expect(kinds).toContain('reconnecting');
  expect(result).toMatchObject({ outcome: 'done' });
  expect(result.applied).toHaveLength(PREFERENCES_SET.length);
});

test('a session lost between a commit and its answer has committed, and the run knows', async () => {
  const address = await server.makeTenant('unheard');
  let commits = 0;
  const deaf = createServer((client) => {
    const behind = connect(address.port, '127.0.0.1');
    let isDeaf = false;
    client.on('data', (chunk) => {
      isDeaf = chunk.includes('0002_column') && chunk.includes('COMMIT') && ++commits === 1;
      behind.write(chunk);
    });
    behind.on('data', (chunk) => (isDeaf ? client.destroy() : client.write(chunk)));
    for (const [one, other] of [
      [client, behind],
      [behind, client],
    ] as const)
      one.on('error', () => undefined).on('close', () => other.destroy());
  }).listen(0, '127.0.0.1');
  await once(deaf, 'listening');
  const result = await run({ ...address, port: (deaf.address() as AddressInfo).port }, [TABLE, COLUMN]);
  deaf.close();
  expect(commits).toBe(1);
  expect(result, result.sentence).toMatchObject({ outcome: 'done', applied: ['0001_table', '0002_column'] });
});

test('a database that goes midway interrupts the run; when it is back the same run goes on', async () => {
  const folder = mkdtempSync(path.join(realpathSync(tmpdir()), 'grey-schema-upgrades-'));
  const options = { dataDir: path.join(folder, 'data'), isDurable: false };
  let own = await startPostgres(options);
  try {
    let stopping: Promise<void> | undefined;
    const result = await run(addressOf(own.url(), 'public'), PREFERENCES_SET, {
      limits: { reconnectWithinMs: 500 },
      onProgress: (event) => {
        if (event.kind === 'migration-finished') stopping ??= own.stop();
      },
    });
    await stopping;
    expect(result).toMatchObject({ outcome: 'interrupted' });
    expect(result.applied).toContain('0001_add_preferences');
    own = await startPostgres({ ...options, port: own.port });
    const rest = await run(addressOf(own.url(), 'public'), PREFERENCES_SET);
    expect(rest).toMatchObject({ outcome: 'done', failure: null });
    expect([...result.applied, ...rest.applied]).toEqual(PREFERENCES_SET.map(({ name }) => name));
  } finally {
    await own.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});
