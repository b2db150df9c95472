import { expect, test } from 'vitest';
import { postgresDatabase } from '../databases/postgres/postgres-database.ts';
import { makeMigration } from '../testing/make-migration.ts';
import { BROKEN_SET, PREFERENCES_SET } from '../testing/preferences-set.ts';
import { dump, run } from '../testing/run.ts';
import { useTenantServer } from '../testing/tenant-server.ts';
import type { ProgressEvent } from './progress.ts';
import { settleMigration } from './settle-migration.ts';

const server = useTenantServer();

test('a set goes up statement by statement, leaves its ledger, and has nothing to do the second time', async () => {
  const address = await server.makeTenant('way_up');
  const events: ProgressEvent[] = [];
  const result = await run(address, PREFERENCES_SET, { onProgress: (event) => events.push(event) });
  expect(result).toMatchObject({ outcome: 'done', failure: null, reverted: [], fencingToken: 1n });
  expect(result.applied).toEqual(PREFERENCES_SET.map((migration) => migration.name));
  const started = events.filter((event) => event.kind === 'statement-started');
  expect(started).toHaveLength(11);
  expect(events.filter((event) => event.kind === 'statement-finished')).toHaveLength(11);
  expect(events).toContainEqual({ kind: 'planned', migrationCount: 4, statementCount: 11 });
  const ledger = await server.query(
    'SELECT name, state, run_id, "by", statement FROM way_up.schema_version ORDER BY name',
  );
  expect(ledger).toContainEqual({
    name: '0002_index_preferences',
    state: 'applied',
    run_id: 'run-1',
    by: 'a test',
    statement: 4,
  });
  // As an earlier version made it.
  await server.query('ALTER TABLE way_up.schema_version DROP COLUMN objects_at_start');
  expect(await run(address, PREFERENCES_SET)).toMatchObject({ outcome: 'done', applied: [], fencingToken: 2n });
  expect(await server.query('SELECT objects_at_start FROM way_up.schema_version LIMIT 1')).toHaveLength(1);
  expect(await server.query('SELECT n FROM way_up.done')).toEqual([{ n: 2 }, { n: 2 }]);
});

test('a set that went up and down again leaves the catalogue as it was', async () => {
  const address = await server.makeTenant('up_and_down');
  const before = await dump(address);
  await run(address, PREFERENCES_SET);
  const after = await dump(address);
  expect(after).toContain('index preferences_slow');
  const result = await run(address, PREFERENCES_SET, { direction: 'down', runId: 'run-2' });
  expect(result).toMatchObject({ outcome: 'done', applied: [] });
  expect(result.reverted).toEqual(PREFERENCES_SET.map((migration) => migration.name).toReversed());
  expect(await dump(address)).toBe(before);
  expect(await run(address, PREFERENCES_SET, { runId: 'run-3' })).toMatchObject({ outcome: 'done' });
  expect(await dump(address)).toBe(after);
});

test('phases come one by one, and contract not before the rest', async () => {
  const address = await server.makeTenant('phases');
  const early = await run(address, PREFERENCES_SET, { phases: ['contract'] });
  expect(early).toMatchObject({ outcome: 'refused', failure: { code: 'PLAN_INVALID' } });
  const expand = await run(address, PREFERENCES_SET, { phases: ['expand'] });
  expect(expand.applied).toEqual(['0001_add_preferences', '0002_index_preferences']);
  const rest = await run(address, PREFERENCES_SET, { phases: ['migrate', 'contract'] });
  expect(rest.applied).toEqual(['0003_fill_preferences', '0004_drop_tenant']);
});

test('a contract that fails leaves what was expanded in place, also of the same upgrade', async () => {
  const address = await server.makeTenant('contract_fails');
  const expand = makeMigration('0001', 'CREATE TABLE t (a int, b int)', 'DROP TABLE t');
  const contract = makeMigration('0002', 'ALTER TABLE t DROP COLUMN b', 'ALTER TABLE t ADD COLUMN b int', {
    phase: 'contract',
  });
  const broken = makeMigration('0003', 'SELECT nonsense', 'SELECT 1', { phase: 'contract' });
  const set = [expand, contract, broken];
  expect(await run(address, set, { phases: ['expand', 'migrate'] })).toMatchObject({ outcome: 'done' });
  const expanded = await dump(address);
  expect(await run(address, set, { phases: ['contract'] })).toMatchObject({ outcome: 'taken-back' });
  expect(await dump(address)).toBe(expanded);
});

test('two sets are expanded one after the other and contracted at once, up and back, to what each alone leads to', async () => {
  const second = [
    makeMigration('0001', 'CREATE TABLE t (id int); CREATE TABLE old (id int)', 'DROP TABLE old; DROP TABLE t'),
    makeMigration('0002', 'INSERT INTO t SELECT id FROM old', 'SELECT 1', { phase: 'migrate' }),
    makeMigration('0003', 'DROP TABLE old', 'CREATE TABLE old (id int)', { phase: 'contract' }),
  ];
  const third = [
    makeMigration('0004', 'CREATE TABLE u (id int)', 'DROP TABLE u'),
    makeMigration('0005', 'INSERT INTO u SELECT id FROM t', 'SELECT 1', { phase: 'migrate' }),
    makeMigration('0006', 'DROP TABLE t', 'CREATE TABLE t (id int)', { phase: 'contract' }),
  ];
  const both = [...second, ...third];
  const reference = await server.makeTenant('one_by_one');
  await run(reference, second);
  await run(reference, third);
  const address = await server.makeTenant('both_at_once');
  const widen = { phases: ['expand', 'migrate'] } as const;
  const narrow = { phases: ['contract'], runId: 'run-3' } as const;
  expect(await run(address, second, widen)).toMatchObject({ outcome: 'done', applied: ['0001', '0002'] });
  expect(await run(address, both, { ...widen, runId: 'run-3' })).toMatchObject({ applied: ['0004', '0005'] });
  const expanded = await dump(address);
  const broken = makeMigration('0006', 'DROP TABLE t; SELECT nonsense', 'SELECT 1', {
    phase: 'contract',
  });
  const failed = await run(address, [...both.slice(0, -1), broken], narrow);
  expect(failed).toMatchObject({ outcome: 'taken-back', failure: { migration: '0006' } });
  expect(await dump(address)).toBe(expanded);
  expect(await run(address, both, narrow)).toMatchObject({ outcome: 'done', applied: ['0003', '0006'] });
  expect(await dump(address)).toBe(await dump(reference));
  const early = await run(address, both, { ...widen, direction: 'down' });
  expect(early).toMatchObject({ outcome: 'refused', failure: { code: 'PLAN_INVALID' } });
  expect(await run(address, both, { ...narrow, direction: 'down' })).toMatchObject({ reverted: ['0006', '0003'] });
  expect(await dump(address)).toBe(expanded);
  expect(await run(address, both, { ...widen, direction: 'down' })).toMatchObject({ outcome: 'done' });
  expect(await dump(address)).toBe('');
});

test('broken SQL is told with its statement, and everything is taken back', async () => {
  const address = await server.makeTenant('broken');
  const before = await dump(address);
  const result = await run(address, BROKEN_SET);
  expect(result).toMatchObject({
    outcome: 'taken-back',
    applied: [],
    failure: {
      code: 'STATEMENT_FAILED',
      serverCode: '42883',
      migration: '0009_broken',
      statement: 2,
      statementText: 'SELECT no_such_function()',
    },
  });
  expect(result.sentence).toContain('as it was before');
  expect(await dump(address)).toBe(before);
});

test('what an earlier upgrade applied is not taken back', async () => {
  const address = await server.makeTenant('earlier');
  await run(address, BROKEN_SET.slice(0, 1), { runId: 'earlier' });
  const before = await dump(address);
  expect(await run(address, BROKEN_SET, { runId: 'later' })).toMatchObject({ outcome: 'taken-back' });
  expect(await dump(address)).toBe(before);
});

test('a migration outside of a transaction that fails half way is taken back as a whole', async () => {
  const address = await server.makeTenant('half');
  await run(address, PREFERENCES_SET.slice(0, 1));
  await server.query('INSERT INTO half.preferences (id, theme) VALUES (100, NULL)');
  const before = await dump(address);
  const unique = makeMigration(
    '0002_unique',
    `CREATE INDEX CONCURRENTLY first_index ON preferences (theme);
     CREATE UNIQUE INDEX CONCURRENTLY second_index ON preferences (tenant);`,
    'DROP INDEX CONCURRENTLY IF EXISTS second_index; DROP INDEX CONCURRENTLY IF EXISTS first_index;',
    { isTransactional: false },
  );
  const result = await run(address, [unique], { runId: 'run-2' });
  expect(result).toMatchObject({ outcome: 'taken-back', failure: { serverCode: '23505', statement: 2 } });
  expect(await dump(address)).toBe(before);
});

test('behind an irreversible migration nothing is taken back, and a repaired set goes on from there', async () => {
  const address = await server.makeTenant('irreversible');
  const oneWay = makeMigration('0001_one_way', 'CREATE TABLE kept (id int)', null);
  const broken = makeMigration('0002_broken', 'SELECT nonsense', 'SELECT 1');
  const result = await run(address, [oneWay, broken]);
  expect(result).toMatchObject({
    outcome: 'needs-operator',
    applied: ['0001_one_way'],
    failure: { migration: '0002_broken' },
  });
  expect(result.sentence).toContain('0001_one_way was declared irreversible');
  const repaired = makeMigration('0002_broken', 'SELECT 1', 'SELECT 1');
  expect(await run(address, [oneWay, repaired])).toMatchObject({ outcome: 'done', applied: ['0002_broken'] });
  expect(await run(address, [oneWay, repaired], { direction: 'down' })).toMatchObject({
    outcome: 'refused',
    failure: { code: 'IRREVERSIBLE' },
  });
});

test('a text that has changed since it was applied is refused', async () => {
  const address = await server.makeTenant('changed');
  await run(address, [makeMigration('0001', 'CREATE TABLE a (id int)', 'DROP TABLE a')]);
  const result = await run(address, [makeMigration('0001', 'CREATE TABLE a (id bigint)', 'DROP TABLE a')]);
  expect(result).toMatchObject({ outcome: 'refused', failure: { code: 'CHECKSUM_CHANGED', migration: '0001' } });
});

test('a migration that ends the transaction itself is refused before anything runs', async () => {
  const address = await server.makeTenant('commits');
  const result = await run(address, [makeMigration('0001', 'CREATE TABLE a (id int); COMMIT;', null)]);
  expect(result).toMatchObject({ outcome: 'refused', failure: { code: 'PLAN_INVALID' } });
  expect(await dump(address)).toBe('');
});

test('settings that a migration leaves behind do not reach the next', async () => {
  const address = await server.makeTenant('settings');
  await server.makeTenant('elsewhere');
  const result = await run(address, [
    makeMigration('0001', `SET search_path = elsewhere; SET statement_timeout = 300; SET ROLE pg_monitor`, ''),
    makeMigration('0002', 'CREATE TABLE here AS SELECT pg_sleep(0.5)::text, current_user AS who', 'DROP TABLE here'),
  ]);
  expect(result, result.sentence).toMatchObject({ outcome: 'done' });
  expect(await server.query('SELECT who FROM settings.here')).toEqual([{ who: address.user }]);
});

test('a procedure that was cut off needs an operator, who settles it', async () => {
  const address = await server.makeTenant('operator');
  const first = makeMigration(
    '0001',
    `CREATE TABLE t (n int);
     CREATE PROCEDURE fill() LANGUAGE plpgsql AS $$ BEGIN INSERT INTO t VALUES (1); COMMIT; RAISE 'half way'; END $$`,
    'DROP PROCEDURE fill(); DROP TABLE t',
  );
  const second = makeMigration('0002', 'CALL fill()', 'TRUNCATE t', { isTransactional: false });
  const result = await run(address, [first, second]);
  expect(result).toMatchObject({ outcome: 'needs-operator', failure: { code: 'NEEDS_OPERATOR' } });
  expect(result.sentence).toContain('Statement 1 of 0002 (up) may or may not have taken effect: half way');
  expect(await run(address, [first, second])).toMatchObject({ outcome: 'needs-operator' });
  const database = postgresDatabase(address);
  const settle = { database, tenantId: 'acme', serviceId: 'payment', migration: second, by: 'an operator' } as const;
  await settleMigration({ ...settle, state: 'applied' });
  expect(await run(address, [first, second])).toMatchObject({ outcome: 'done', applied: [] });
  await expect(settleMigration({ ...settle, state: 'applied' })).rejects.toMatchObject({ code: 'PLAN_INVALID' });
});
