import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type SpawnedApi, spawnApi } from '../../test/spawned-api.ts';
import { startTestApi, type TestApi } from '../../test/start-test-api.ts';
import { makeTenantsDatabase, type TenantsDatabase } from '../../test/tenants-database.ts';
import { parseMasterKeys } from '../infra/secrets/master-keys.ts';

// biome-ignore lint/suspicious/noExplicitAny: a test reads fields and compares them
type Loose = any;
const TENANTS = Array.from({ length: 20 }, (_, at) => `t${String(at).padStart(2, '0')}`);
const RESUMED_WITHIN_MS = 30_000;
const MASTER_KEY = `k1:${'02'.repeat(32)}`;
const patience = { timeout: 60_000, interval: 50 };

let api: TestApi;
let tenants: TenantsDatabase;
const workers: SpawnedApi[] = [];

/**
 * Where a tenant waits until the worker has been killed: a third of them before a change of rows, a third after it and before
 * the commit; the others are through by then.
 */
const HOLD = `
  CREATE TABLE public.gate (is_open boolean); INSERT INTO public.gate VALUES (false);
  CREATE FUNCTION public.hold(place int) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
  BEGIN
    IF current_schema !~ '^t[0-9]' OR substr(current_schema, 2)::int % 3 <> place THEN RETURN; END IF;
    WHILE NOT (SELECT is_open FROM public.gate) LOOP PERFORM pg_sleep(0.05); END LOOP;
  END $$;`;

const FILES = [
  ['0001_jobs.up.sql', 'CREATE TABLE jobs (id int PRIMARY KEY);\nCREATE TABLE done (migration text);'],
  ['0001_jobs.down.sql', 'DROP TABLE done;\nDROP TABLE jobs;'],
  ['0002_index.up.sql', '-- grey: no-transaction\nCREATE INDEX by_id ON jobs (id);'],
  ['0002_index.down.sql', 'DROP INDEX by_id;'],
  [
    '0003_count.up.sql',
    "-- grey: phase migrate\nSELECT public.hold(1);\nINSERT INTO done VALUES ('0003');\nSELECT public.hold(2);",
  ],
  ['0003_count.down.sql', "DELETE FROM done WHERE migration = '0003';"],
  ['0004_again.up.sql', "-- grey: phase migrate\nINSERT INTO done VALUES ('0004');"],
  ['0004_again.down.sql', "DELETE FROM done WHERE migration = '0004';"],
].map(([path, text]) => ({ path, text }));

beforeAll(async () => {
  tenants = await makeTenantsDatabase();
  await tenants.query(HOLD);
  api = await startTestApi({
    GREY_MASTER_KEY: parseMasterKeys(MASTER_KEY),
    GREY_DATA_SOURCE_ALLOW: ['127.0.0.1'],
    GREY_UPGRADE_CONCURRENCY: 0,
  });
  await send('POST', '/api/services', { id: 'pay' });
  await send('POST', '/api/services/pay/versions', { version: 'v1', schemaMin: 0, schemaMax: 0 });
  await send('POST', '/api/services/pay/versions', { version: 'v2', schemaMin: 1 });
  const set = { engine: 'postgres', files: FILES, schemaVersion: 1 };
  await send('PUT', '/api/services/pay/versions/v2/migrations', set);
  for (const id of [...TENANTS, 'reference']) {
    await send('POST', '/api/tenants', { id, name: id });
    await send('POST', '/api/data-sources', { tenantId: id, serviceId: 'pay', ...(await tenants.addSchema(id)) });
  }
});
afterAll(async () => {
  for (const worker of workers) await worker.kill();
  await api?.close();
  await tenants?.drop();
});

async function send(method: string, target: string, body?: unknown): Promise<Loose> {
  const answer = await api.ask(method, target, body);
  if (answer.status >= 300) throw new Error(`${method} ${target}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}
async function spawnWorker(): Promise<SpawnedApi> {
  const worker = await spawnApi({
    GREY_DATABASE_URL: api.config.GREY_DATABASE_URL,
    GREY_DATA_DIR: `${api.config.GREY_DATA_DIR}/worker-${workers.length}`,
    GREY_JWT_SECRET: api.config.GREY_JWT_SECRET,
    GREY_PLAN_SECRET: api.config.GREY_PLAN_SECRET,
    GREY_MASTER_KEY: MASTER_KEY,
    GREY_DATA_SOURCE_ALLOW: '127.0.0.1',
    GREY_DATA_SOURCE_CONNECTIONS: '40',
    GREY_UPGRADE_CONCURRENCY: '21',
    GREY_UPGRADE_SERVER_CONCURRENCY: '21',
    GREY_DEMO: '1',
  });
  workers.push(worker);
  return worker;
}
const start = async (tenantId: string) => {
  const options = { backup: 'never', contract: 'leave' };
  return send('POST', `/api/tenants/${tenantId}/schema-upgrade`, { serviceId: 'pay', version: 'v2', options });
};
const states = async () => {
  const { items } = await send('GET', '/api/upgrades?limit=100');
  return new Map<string, Loose>(items.map((one: Loose) => [one.tenantId, one]));
};
/** Numbers of the claims by tenant. */
const claims = async () => {
  const client = new pg.Client({ connectionString: api.config.GREY_DATABASE_URL });
  await client.connect();
  const { rows } = await client.query('SELECT tenant_id AS id, claim_number::int AS number FROM upgrades');
  await client.end();
  return new Map<string, number>(rows.map(({ id, number }) => [id, number]));
};

test('what a killed worker had begun is resumed by another within 30 s, and nothing runs twice', async () => {
  const doomed = await spawnWorker();
  for (const tenantId of ['reference', ...TENANTS]) await start(tenantId);
  const held = TENANTS.filter((_, at) => at % 3 !== 0);
  await vi.waitFor(async () => {
    const waiting = await tenants.query(
      `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' AND query LIKE 'SELECT public.hold%'`,
    );
    expect(waiting.length).toBe(held.length);
  }, patience);
  await spawnWorker();
  const before = await claims();
  await doomed.kill();
  const killedAt = performance.now();
  await tenants.query('UPDATE public.gate SET is_open = true');

  await vi.waitFor(async () => {
    const now = await claims();
    expect(held.filter((id) => (now.get(id) ?? 0) <= (before.get(id) ?? 0))).toEqual([]);
  }, patience);
  expect(performance.now() - killedAt).toBeLessThan(RESUMED_WITHIN_MS);
  await vi.waitFor(async () => {
    for (const one of (await states()).values()) expect(one.state, one.failure?.message).toBe('done');
  }, patience);

  const reference = await tenants.dump('reference');
  expect(reference).toContain('index by_id');
  for (const tenantId of TENANTS) {
    expect(await tenants.dump(tenantId), tenantId).toBe(reference);
    const rows = await tenants.query(`SELECT migration FROM ${tenantId}.done ORDER BY 1`);
    expect(rows, tenantId).toEqual([{ migration: '0003' }, { migration: '0004' }]);
  }
}, 180_000);
