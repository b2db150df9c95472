import { afterEach, expect, test, vi } from 'vitest';
import { makeMigration } from '../../testing/make-migration.ts';
import { run } from '../../testing/run.ts';
import { useTenantServer } from '../../testing/tenant-server.ts';
import { tenantDatabaseAt } from '../tenant-database-at.ts';
import { KeptConnections } from './kept-connections.ts';

const server = useTenantServer();
const kept = new KeptConnections();
afterEach(() => kept.clear());

const SERVED_BY = makeMigration('0001', 'CREATE TABLE served AS SELECT pg_backend_pid() AS by', 'DROP TABLE served');

test('one tenant after the other is served by one process of the server, each under a lock of its own', async () => {
  const pids = [];
  for (const tenant of ['first', 'second']) {
    const database = tenantDatabaseAt(await server.makeTenant(tenant), { kept });
    expect(await run(server.addressOf(tenant), [SERVED_BY], { database })).toMatchObject({ outcome: 'done' });
    pids.push(...(await server.query(`SELECT by FROM ${tenant}.served`)));
    expect(await countLocks()).toBe(0);
  }
  expect(pids[0]).toEqual(pids[1]);
});

test('nothing of a session reaches the next: settings, temporary tables, prepared statements', async () => {
  const first = tenantDatabaseAt(await server.makeTenant('leaves'), { kept });
  const leaves = makeMigration(
    '0001',
    `SET work_mem = '123kB'; CREATE TEMP TABLE mine (id int); PREPARE p AS SELECT 1`,
    '',
  );
  expect(await run(server.addressOf('leaves'), [leaves], { database: first })).toMatchObject({ outcome: 'done' });
  const second = tenantDatabaseAt(await server.makeTenant('finds'), { kept });
  const finds = makeMigration(
    '0001',
    `CREATE TABLE found AS SELECT current_setting('work_mem') AS mem, to_regclass('pg_temp.mine') AS mine,
       (SELECT count(*)::int FROM pg_prepared_statements WHERE name = 'p') AS prepared`,
    '',
  );
  expect(await run(server.addressOf('finds'), [finds], { database: second })).toMatchObject({ outcome: 'done' });
  const [found] = await server.query('SELECT * FROM finds.found');
  expect(found).toMatchObject({ mine: null, prepared: 0 });
  expect(found).not.toMatchObject({ mem: '123kB' });
});

test('room is made for whoever comes as another user, and one that the server has ended is not used', async () => {
  const address = await server.makeTenant('users');
  await server.query(`CREATE ROLE other LOGIN SUPERUSER PASSWORD 'x'`);
  await openAndClose(address);
  expect(await countSessions()).toBe(1);
  const other = await tenantDatabaseAt({ ...address, user: 'other', password: 'x' }, { kept }).openSession();
  await vi.waitFor(async () => expect(await countSessions()).toBe(1));
  await other.close();
  await server.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'grey-schema-upgrades'`,
  );
  await vi.waitFor(async () => expect(await countSessions()).toBe(0));
  expect(await run(address, [SERVED_BY], { database: tenantDatabaseAt(address, { kept }) })).toMatchObject({
    outcome: 'done',
  });
});

test('a session in which something was cancelled is not kept: a late cancellation would hit the next', async () => {
  const address = await server.makeTenant('cancelled');
  const session = await tenantDatabaseAt(address, { kept }).openSession();
  await session.cancelStatement();
  await session.close();
  await vi.waitFor(async () => expect(await countSessions()).toBe(0));
});

test('whoever still holds a session that has ended can do nothing with its connection', async () => {
  const address = await server.makeTenant('ended');
  const session = await tenantDatabaseAt(address, { kept }).openSession();
  const waiting = session.clear(['SELECT pg_sleep(60)'], { statementTimeoutMs: 60_000, lockTimeoutMs: 1_000 });
  // In the midst of a statement it is cut instead of kept, as the one who closes it wants it to stop.
  await Promise.all([session.close(), expect(waiting).rejects.toMatchObject({ code: 'DATABASE_GONE' })]);
  const idle = await tenantDatabaseAt(address, { kept }).openSession();
  await idle.close();
  await idle.close();
  await expect(idle.dumpCatalogue()).rejects.toMatchObject({ code: 'DATABASE_GONE' });
  expect(await countSessions()).toBe(1);
});

async function openAndClose(address: ReturnType<typeof server.addressOf>): Promise<void> {
  await (await tenantDatabaseAt(address, { kept }).openSession()).close();
}

async function countSessions(): Promise<unknown> {
  const sql = `SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = 'grey-schema-upgrades'`;
  return (await server.query(sql))[0]?.n;
}

async function countLocks(): Promise<unknown> {
  return (await server.query(`SELECT count(*)::int AS n FROM pg_locks WHERE locktype = 'advisory'`))[0]?.n;
}
