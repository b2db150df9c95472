import { needsMariadb } from '@grey/testkit';
import { describe, expect, test, vi } from 'vitest';
import { mysqlDatabase } from '../databases/mysql/mysql-database.ts';
import type { DataSourceAddress, Migration } from '../migration.ts';
import { ACCOUNTS_SET, BROKEN_ACCOUNTS_SET } from '../testing/accounts-set.ts';
import { makeMigration } from '../testing/make-migration.ts';
import { useMariadbServer } from '../testing/mariadb-server.ts';
import { dump, run } from '../testing/run.ts';
import { makeStep } from './plan-migrations.ts';

describe('on MariaDB', needsMariadb(), () => {
  const server = useMariadbServer();

  test('a set goes up, has nothing to do the second time, and goes down to what was before', async () => {
    const address = await server.makeTenant('up_and_down');
    const result = await run(address, ACCOUNTS_SET);
    expect(result, result.sentence).toMatchObject({ outcome: 'done', fencingToken: 1n });
    expect(result.applied).toEqual(ACCOUNTS_SET.map(({ name }) => name));
    expect(await dump(address)).toContain('view emails');
    const session = await mysqlDatabase(address).openSession();
    const sizes = (await session.listTableSizes()).map(({ table, byteCount }) => [table, byteCount > 0]);
    expect(new Map(sizes as [string, boolean][])).toEqual(
      new Map([
        ['accounts', true],
        ['done', true],
      ]),
    );
    await session.close();
    // As an earlier version made it.
    await server.query('ALTER TABLE up_and_down.schema_version DROP COLUMN objects_at_start');
    expect(await run(address, ACCOUNTS_SET)).toMatchObject({ outcome: 'done', applied: [], fencingToken: 2n });
    expect(await server.query('SELECT n FROM up_and_down.done')).toEqual([{ n: 2 }]);
    expect(await run(address, ACCOUNTS_SET, { direction: 'down' })).toMatchObject({ outcome: 'done' });
    expect(await dump(address)).toBe('');
  });

  test('a migration that fails half way is undone as far as it had come, and so is the rest', async () => {
    const address = await server.makeTenant('broken');
    await run(address, ACCOUNTS_SET.slice(0, 2), { runId: 'earlier' });
    const before = await dump(address);
    const result = await run(address, BROKEN_ACCOUNTS_SET);
    expect(result, result.sentence).toMatchObject({
      outcome: 'taken-back',
      failure: { code: 'STATEMENT_FAILED', serverCode: '1060', migration: '0009_broken', statement: 4 },
    });
    expect(await dump(address)).toBe(before);
    expect(await server.query('SELECT n FROM broken.done')).toEqual([{ n: 2 }]);
  });

  test('a way back that does not lead back needs an operator, who is told what differs', async () => {
    const address = await server.makeTenant('askew');
    const up = 'CREATE TABLE a (id int); CREATE TABLE b (id int); SELECT nonsense';
    const result = await run(address, [makeMigration('0001', up, 'SELECT 1; DROP TABLE b; SELECT 2')]);
    expect(result).toMatchObject({ outcome: 'needs-operator', failure: { statement: 3 } });
    expect(result.sentence).toContain('not as they were: table a');
    expect(await run(address, [])).toMatchObject({ outcome: 'needs-operator', failure: { code: 'NEEDS_OPERATOR' } });
    // So it does where the runner that began it has died: what there was before is in the ledger.
    const other = await server.makeTenant('askew_and_resumed');
    const again = makeMigration('0001', up, 'SELECT 1; DROP TABLE b; SELECT 2');
    await leaveIntent(other, again, 1);
    await server.query('CREATE TABLE askew_and_resumed.a (id int)');
    const resumed = await run(other, [again]);
    expect(resumed, resumed.sentence).toMatchObject({ outcome: 'needs-operator', failure: { statement: 3 } });
    expect(resumed.sentence).toContain('not as they were: table a');
  });

  test('DDL that was carried out although its runner died is not done again, whatever quotes and backslashes mean', async () => {
    const address = await server.makeTenant('carried_out');
    await server.query("SET GLOBAL sql_mode = 'STRICT_TRANS_TABLES,ANSI_QUOTES,NO_BACKSLASH_ESCAPES'");
    await run(address, ACCOUNTS_SET.slice(0, 1));
    await leaveIntent(address, ACCOUNTS_SET[1] as Migration, 1);
    await server.query('ALTER TABLE carried_out.accounts ADD COLUMN email varchar(80)');
    expect(await run(address, ACCOUNTS_SET)).toMatchObject({ outcome: 'done' });
    await server.query('SET GLOBAL sql_mode = DEFAULT');
    expect(await server.query('SELECT n FROM carried_out.done')).toEqual([{ n: 2 }]);
  });

  test('a migration that lets go of the lock is not gone on with', async () => {
    const address = await server.makeTenant('unlocked');
    const release = makeMigration(
      '0001',
      'CREATE TABLE a (id int); SELECT RELEASE_ALL_LOCKS(); DROP TABLE a',
      'SELECT 1',
    );
    const result = await run(address, [release]);
    expect(result).toMatchObject({ outcome: 'interrupted', failure: { code: 'FENCED' } });
    expect(result.sentence).toContain('does not have its lock any more');
  });

  test('DDL that was not carried out is done again', async () => {
    const address = await server.makeTenant('not_carried_out');
    await run(address, ACCOUNTS_SET.slice(0, 1));
    await leaveIntent(address, ACCOUNTS_SET[1] as Migration, 1);
    expect(await run(address, ACCOUNTS_SET)).toMatchObject({ outcome: 'done' });
  });

  test('where something else has changed as well, an operator is needed', async () => {
    const address = await server.makeTenant('unproven');
    await run(address, ACCOUNTS_SET.slice(0, 1));
    await leaveIntent(address, ACCOUNTS_SET[1] as Migration, 1);
    await server.query('CREATE TABLE unproven.stranger (id int)');
    const result = await run(address, ACCOUNTS_SET);
    expect(result).toMatchObject({ outcome: 'needs-operator', failure: { code: 'NEEDS_OPERATOR' } });
    expect(result.sentence).toContain('what it does not name has changed too: table stranger');
    expect(await dump(address)).not.toContain('email');
  });

  test('whoever cannot get in is told why', async () => {
    const address = await server.makeTenant('no_way_in');
    const cases: readonly [Partial<DataSourceAddress>, string][] = [
      [{ user: 'guest', password: 'canary-91' }, 'CREDENTIALS_WRONG'],
      [{ database: 'nowhere' }, 'DATABASE_MISSING'],
      [{ host: 'nowhere.invalid' }, 'HOST_UNKNOWN'],
      [{ port: 1 }, 'UNREACHABLE'],
      [{ host: 'localhost', tls: 'verify' }, 'TLS_FAILED'],
    ];
    for (const [wrong, code] of cases) {
      const result = await run({ ...address, ...wrong }, ACCOUNTS_SET);
      expect(result, code).toMatchObject({ outcome: 'refused', failure: { code } });
      expect(result.sentence).not.toContain('canary-91');
    }
  });

  test('who has no connection left is told so, and done when there is one again', async () => {
    const address = await server.makeTenant('few_connections');
    await server.query(`CREATE USER few@'%' IDENTIFIED BY 'x' WITH MAX_USER_CONNECTIONS 1`);
    await server.query('GRANT ALL ON *.* TO few');
    const few = { ...address, user: 'few', password: 'x' };
    const only = await mysqlDatabase(few).openSession();
    const full = await run(few, ACCOUNTS_SET);
    expect(full).toMatchObject({ outcome: 'refused', failure: { code: 'TOO_MANY_CONNECTIONS', serverCode: '1226' } });
    expect(full.sentence).toMatch(/not begun, nothing was touched.*takes no more connections/);
    await only.close();
    await vi.waitFor(async () => expect(await run(few, ACCOUNTS_SET)).toMatchObject({ outcome: 'done' }));
  });

  test('locks of strangers are waited for and told: of the tenant, of a table', async () => {
    const address = await server.makeTenant('locked');
    await run(address, ACCOUNTS_SET.slice(0, 1));
    const session = await mysqlDatabase(address).openSession();
    await session.lock({ name: 'acme/payment', serviceId: 'payment', waitMs: 0, by: 'a stranger' });
    const held = await run(address, ACCOUNTS_SET, { limits: { lockWaitMs: 150 } });
    expect(held).toMatchObject({ outcome: 'refused', failure: { code: 'LOCK_HELD' } });
    expect(held.sentence).toMatch(/held by the session with connection id \d+/);
    await session.close();
    const stranger = await server.connect();
    await stranger.query('START TRANSACTION');
    await stranger.query('SELECT * FROM locked.accounts');
    const late = await run(address, ACCOUNTS_SET, { runId: 'run-2', limits: { lockTimeoutMs: 10, attempts: 1 } });
    expect(late).toMatchObject({ outcome: 'taken-back', failure: { code: 'LOCK_TIMED_OUT', statement: 1 } });
    await stranger.query('ROLLBACK');
    expect(await run(address, ACCOUNTS_SET)).toMatchObject({ outcome: 'done' });
  });

  test('a statement that takes too long is given up, and the rest is taken back', async () => {
    const address = await server.makeTenant('slow');
    const slow = makeMigration('0002', 'INSERT INTO done SELECT SLEEP(30)', 'SELECT 1');
    const limits = { statementTimeoutMs: 2_500, attempts: 1 };
    const result = await run(address, [ACCOUNTS_SET[0] as Migration, slow], { limits });
    expect(result).toMatchObject({
      outcome: 'taken-back',
      failure: { code: 'STATEMENT_TIMED_OUT', migration: '0002' },
    });
    expect(await dump(address)).toBe('');
  });

  test('two runners at once apply nothing twice', async () => {
    const address = await server.makeTenant('twice');
    const results = await Promise.all([run(address, ACCOUNTS_SET), run(address, ACCOUNTS_SET, { runId: 'run-2' })]);
    expect(results.map((result) => result.outcome)).toEqual(['done', 'done']);
    expect(results.flatMap((result) => result.applied).sort()).toEqual(ACCOUNTS_SET.map(({ name }) => name));
    expect(await server.query('SELECT n FROM twice.done')).toEqual([{ n: 2 }]);
  });

  test('a server that was killed midway and came back is gone on with', async () => {
    const address = await server.makeTenant('crashed');
    let crash: Promise<void> | undefined;
    const result = await run(address, ACCOUNTS_SET, {
      limits: { reconnectWithinMs: 60_000 },
      onProgress: (event) => {
        if (event.kind !== 'statement-started' || event.migration !== '0002_email' || event.statement !== 3) return;
        crash ??= server.running.kill().then(() => server.running.restart());
      },
    });
    await crash;
    expect(result, result.sentence).toMatchObject({ outcome: 'done' });
    expect(await server.query('SELECT n FROM crashed.done')).toEqual([{ n: 2 }]);
  });

  /** As a runner leaves it that is killed between its note and the answer of the server. */
  async function leaveIntent(address: DataSourceAddress, migration: Migration, statement: number): Promise<void> {
    const session = await mysqlDatabase(address).openSession();
    await session.lock({ name: 'acme/payment', serviceId: 'payment', waitMs: 5_000, by: 'a dead runner' });
    await session.writeIntent(
      makeStep({ engine: 'mysql', runId: 'run-1', by: 'a dead runner' }, migration, 'up'),
      statement,
    );
    await session.close();
  }
});
