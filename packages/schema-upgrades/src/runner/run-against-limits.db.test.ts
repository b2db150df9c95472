import { afterEach, expect, test, vi } from 'vitest';
import { makeMigration } from '../testing/make-migration.ts';
import { PREFERENCES_SET } from '../testing/preferences-set.ts';
import { dump, run } from '../testing/run.ts';
import { makeSmallDisk } from '../testing/small-disk.ts';
import { useTenantServer } from '../testing/tenant-server.ts';

const server = useTenantServer();
const TABLE = makeMigration('0001_table', 'CREATE TABLE t (id int)', 'DROP TABLE t');
const FIVE_MINUTES_MS = 5 * 60_000;

afterEach(() => void vi.useRealTimers());

test('a disk that is full is told as such, everything is taken back, and with room the same run is done', async (context) => {
  const [{ data_directory: like } = { data_directory: '' }] = await server.query('SHOW data_directory');
  const disk = makeSmallDisk('4m', like);
  if (typeof disk === 'string') {
    Object.assign(context.task.meta, { skipReason: disk });
    return context.skip(disk);
  }
  try {
    await server.query(`CREATE TABLESPACE small LOCATION '${disk.folder}'`);
    const address = await server.makeTenant('full');
    const before = await dump(address);
    const fill = makeMigration(
      '0002_fill',
      `CREATE TABLE big (text text) TABLESPACE small;
       INSERT INTO big SELECT repeat('x', 1000) FROM generate_series(1, 10000)`,
      'DROP TABLE big',
    );
    const result = await run(address, [TABLE, fill]);
    expect(result).toMatchObject({
      outcome: 'taken-back',
      failure: { code: 'DISK_FULL', serverCode: '53100', migration: '0002_fill', statement: 2 },
    });
    expect(result.sentence).toContain('failed, and is as it was before. DISK_FULL in 0002_fill, statement 2');
    expect(result.sentence).toContain('has no space left on its disk');
    expect(await dump(address)).toBe(before);
    disk.grow('64m');
    expect(await run(address, [TABLE, fill])).toMatchObject({ outcome: 'done' });
    expect(await server.query('SELECT count(*)::int AS n FROM "full".big')).toEqual([{ n: 10_000 }]);
  } finally {
    disk.remove();
  }
});

test('who finds no free connection is told so and touches nothing; midway the run waits, and later goes on', async () => {
  await server.query(`CREATE ROLE few LOGIN CONNECTION LIMIT 0 PASSWORD 'x'`);
  const address = { ...(await server.makeTenant('few_connections')), user: 'few', password: 'x' };
  await server.query('ALTER SCHEMA few_connections OWNER TO few');
  const full = await run(address, PREFERENCES_SET);
  expect(full).toMatchObject({ outcome: 'refused', failure: { code: 'TOO_MANY_CONNECTIONS', serverCode: '53300' } });
  expect(full.sentence).toMatch(/not begun, nothing was touched.*takes no more connections/);
  await server.query('ALTER ROLE few CONNECTION LIMIT -1');
  let crowding: Promise<unknown> | undefined;
  const midway = await run(address, PREFERENCES_SET, {
    limits: { reconnectWithinMs: 500 },
    onProgress: (event) => {
      if (event.kind !== 'statement-started' || event.migration !== '0002_index_preferences') return;
      crowding ??= server.query(
        `ALTER ROLE few CONNECTION LIMIT 0; SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'few'`,
      );
    },
  });
  await crowding;
  expect(midway).toMatchObject({ outcome: 'interrupted', failure: { code: 'TOO_MANY_CONNECTIONS' } });
  expect(midway.sentence).toContain('0001_add_preferences applied so far, and the same run will go on from there');
  await server.query('ALTER ROLE few CONNECTION LIMIT -1');
  const rest = await run(address, PREFERENCES_SET);
  expect(rest, rest.sentence).toMatchObject({ outcome: 'done', failure: null });
  expect([...midway.applied, ...rest.applied]).toEqual(PREFERENCES_SET.map(({ name }) => name));
  expect(await server.query('SELECT n FROM few_connections.done')).toEqual([{ n: 2 }, { n: 2 }]);
});

test.each([
  ['ahead', FIVE_MINUTES_MS],
  ['behind', -FIVE_MINUTES_MS],
])(
  'a clock that jumps five minutes %s changes nothing: times are the database’s, durations are measured',
  async (way, ms) => {
    const tenant = `clock_${way}`;
    const address = await server.makeTenant(tenant);
    const [start] = await server.query<{ at: Date }>('SELECT clock_timestamp() AS at');
    const slow = makeMigration('0002_slow', 'SELECT pg_sleep(0.3)', 'SELECT 1');
    const result = await run(address, [TABLE, slow], {
      limits: { timeoutMs: 20_000 },
      onProgress: (event) => {
        if (event.kind === 'statement-started' && event.migration === TABLE.name)
          vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + ms });
      },
    });
    expect(result, result.sentence).toMatchObject({ outcome: 'done', applied: ['0001_table', '0002_slow'] });
    // Another worker, whose clock is right, finds the ledger in order, and nothing to do.
    vi.useRealTimers();
    expect(await run(address, [TABLE, slow])).toMatchObject({ outcome: 'done', applied: [] });
    const [ledger] = await server.query<{ first: Date; last: Date; isInOrder: boolean }>(
      `SELECT min(started_at) AS first, max(finished_at) AS last, bool_and(finished_at >= started_at) AS "isInOrder"
     FROM ${tenant}.schema_version WHERE name <> '(fence)'`,
    );
    const [end] = await server.query<{ at: Date }>('SELECT clock_timestamp() AS at');
    expect(ledger?.isInOrder).toBe(true);
    expect(ledger?.first.getTime()).toBeGreaterThanOrEqual(start?.at.getTime() ?? Number.NaN);
    expect(ledger?.last.getTime()).toBeLessThanOrEqual(end?.at.getTime() ?? Number.NaN);
  },
);
