import { upgradeEventSchema, upgradePlanSchema, upgradeSchema } from '@grey/contracts';
import { needsMariadb, startMariadb } from '@grey/testkit';
import { createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { startTestApi, type TestApi } from '../../test/start-test-api.ts';
import { makeTenantsDatabase, type TenantsDatabase } from '../../test/tenants-database.ts';
import { parseMasterKeys } from '../infra/secrets/master-keys.ts';

// biome-ignore lint/suspicious/noExplicitAny: a test reads fields and compares them
type Loose = any;
const patience = { timeout: 30_000, interval: 30 };
let api: TestApi;
let tenants: TenantsDatabase;
let manager = '';

const files = (...named: [path: string, text: string][]) => named.map(([path, text]) => ({ path, text }));
const GOOD = files(
  ['0001_notes.up.sql', 'CREATE TABLE notes (id int PRIMARY KEY);'],
  ['0001_notes.down.sql', 'DROP TABLE notes;'],
  ['0002_mood.up.sql', 'ALTER TABLE orders ADD COLUMN mood text;'],
  ['0002_mood.down.sql', 'ALTER TABLE orders DROP COLUMN mood;'],
  [
    '0003_old.up.sql',
    '-- grey: phase contract\n-- grey: accept DATA_LOSS nobody reads it\nALTER TABLE orders DROP COLUMN old;',
  ],
  ['0003_old.down.sql', 'ALTER TABLE orders ADD COLUMN old text;'],
);
const BROKEN = files(
  ['0001_fine.up.sql', 'CREATE TABLE fine (id int);'],
  ['0001_fine.down.sql', 'DROP TABLE fine;'],
  ['0002_broken.up.sql', 'CREATE TABLE more (id int);\nINSERT INTO absent VALUES (1);'],
  ['0002_broken.down.sql', 'DROP TABLE more;'],
);
const SLOW = files(
  ['0001_begin.up.sql', 'CREATE TABLE begun (id int);'],
  ['0001_begin.down.sql', 'DROP TABLE begun;'],
  ['0002_slow.up.sql', '-- grey: phase migrate\nUPDATE orders SET old = pg_sleep(120)::text;'],
  ['0002_slow.down.sql', 'UPDATE orders SET old = old;'],
);

beforeAll(async () => {
  tenants = await makeTenantsDatabase();
  api = await startTestApi({
    GREY_MASTER_KEY: parseMasterKeys(`k1:${'01'.repeat(32)}`),
    GREY_DATA_SOURCE_ALLOW: ['127.0.0.1'],
  });
  await service('pay', GOOD);
  await service('broken', BROKEN);
  await service('slow', SLOW);
  await service('plain', undefined);
  for (const id of ['ta', 'tb', 'tc', 'td']) await send('POST', '/api/tenants', { id, name: id });
  const password = 'long enough to pass 1';
  await send('POST', '/api/users', {
    username: 'max',
    name: 'Max',
    role: 'TENANT_MANAGER',
    tenantIds: ['ta'],
    password,
  });
  const first = await api.login('max', password);
  const next = { currentPassword: password, newPassword: 'long enough to pass 2' };
  manager = (await api.ask('PUT', '/api/auth/password', next, { token: first })).body.accessToken;
});
afterAll(async () => {
  await api?.close();
  await tenants?.drop();
});

async function send(method: string, target: string, body?: unknown): Promise<Loose> {
  const answer = await api.ask(method, target, body);
  if (answer.status >= 300) throw new Error(`${method} ${target}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}
/** A service with an old version that works up to schema 0, and a new one from 1. */
async function service(id: string, set: object[] | undefined): Promise<void> {
  await send('POST', '/api/services', { id });
  await send('POST', `/api/services/${id}/versions`, { version: 'v1', schemaMin: 0, schemaMax: 0 });
  await send('POST', `/api/services/${id}/versions`, { version: 'v2', schemaMin: set === undefined ? 0 : 1 });
  if (set !== undefined)
    await send('PUT', `/api/services/${id}/versions/v2/migrations`, {
      engine: 'postgres',
      files: set,
      schemaVersion: 1,
    });
  for (const version of ['v1', 'v2'])
    await send('POST', '/api/registry/instances', {
      ...{ serviceId: id, instanceId: `${id}-${version}`, version, address: '127.0.0.1:9', ttlMs: 300_000 },
    });
}
/** A tenant's database with what the old version uses. */
async function cell(tenantId: string, serviceId: string): Promise<string> {
  const schema = `${tenantId}_${serviceId}`;
  const address = await tenants.addSchema(schema);
  await tenants.query(`CREATE TABLE ${schema}.orders (id int PRIMARY KEY, old text)`);
  await tenants.query(`INSERT INTO ${schema}.orders VALUES (1, 'x')`);
  await send('POST', '/api/data-sources', { tenantId, serviceId, ...address });
  await send('PUT', `/api/tenants/${tenantId}/services/${serviceId}`, { targetVersion: 'v1' });
  return schema;
}
const get = (id: string): Promise<Loose> => send('GET', `/api/upgrades/${id}`);
const until = (id: string, want: object): Promise<Loose> =>
  vi.waitFor(async () => {
    const upgrade = await get(id);
    expect(upgrade, upgrade.sentence).toMatchObject(want);
    return upgrade;
  }, patience);
const served = async (tenantId: string, serviceId: string) =>
  (await send('POST', '/api/grey-router/route', { tenantId, serviceName: serviceId })).version;

describe('an upgrade of schema and route', () => {
  test('is planned without a trace, expands, switches, waits for a confirmation, and contracts', async () => {
    const schema = await cell('ta', 'pay');
    const before = await tenants.dump(schema);
    const plan = upgradePlanSchema.parse(
      await send('POST', '/api/tenants/ta/services/pay/upgrade/plan', { toVersion: 'v2' }),
    );
    expect(plan, JSON.stringify(plan.checks)).toMatchObject({ isAllowed: true, fromVersion: 'v1', schemaTo: 1 });
    expect(plan.hasDataSource).toBe(true);
    expect(plan.checks.find(({ check }) => check === 'soak')).toMatchObject({ verdict: 'warn' });
    expect(plan.migrations.map(({ name, phase }) => [name, phase])).toEqual([
      ['0001_notes', 'expand'],
      ['0002_mood', 'expand'],
      ['0003_old', 'contract'],
    ]);
    expect(await tenants.dump(schema)).toBe(before);

    const options = { backup: 'never', soakSeconds: 0 };
    const started = await send('POST', '/api/tenants/ta/services/pay/upgrade', { toVersion: 'v2', options });
    const id = started.upgradeId;
    expect(upgradeSchema.parse(started.upgrade)).toMatchObject({ state: 'queued', percent: 0 });
    const waiting = await until(id, { state: 'waiting', awaits: 'confirmation', step: 'confirm', isAbortable: true });
    expect(waiting.sentence).toMatch(/nothing was proven, not a single decision .* Contract runs 0003_old/);
    expect(await served('ta', 'pay')).toBe('v2');
    expect(waiting.steps.slice(0, 7).map((step: Loose) => step.state)).toEqual([
      'done',
      'done',
      'skipped',
      'done',
      'done',
      'done',
      'done',
    ]);
    expect((await tenants.query(`SELECT id, old, mood FROM ${schema}.orders`))[0]).toEqual({
      id: 1,
      old: 'x',
      mood: null,
    });

    // Who decides about contract sees what has run and what is left.
    const seen = await send('GET', '/api/tenants/ta/services/pay/schema');
    expect(seen.pending.map((one: Loose) => one.migration)).toEqual(['0003_old']);

    await send('POST', `/api/upgrades/${id}/confirm`, { reason: 'looks good' });
    const done = await until(id, { state: 'done', percent: 100, isPastReturn: true, failure: null });
    expect((await tenants.query(`SELECT * FROM ${schema}.orders`))[0]).toEqual({ id: 1, mood: null });
    expect(await served('ta', 'pay')).toBe('v2');
    const kinds: string[] = [];
    for (const change of done.changeIds) kinds.push((await send('GET', `/api/changes/${change}`)).kind);
    expect(kinds).toEqual([
      ...['upgrade.started', 'upgrade.marked', 'upgrade.expanded', 'upgrade.switched', 'upgrade.confirmed'],
      ...['upgrade.fenced', 'upgrade.contracted', 'upgrade.ended'],
    ]);
    const { ledger, pending, state } = await send('GET', '/api/tenants/ta/services/pay/schema');
    expect(ledger.map((row: Loose) => [row.name, row.state])).toEqual([
      ['0001_notes', 'applied'],
      ['0002_mood', 'applied'],
      ['0003_old', 'applied'],
    ]);
    expect({ pending, state }).toMatchObject({ pending: [], state: { schemaVersion: 1, expandedTo: 1 } });
    expect((await api.ask('POST', `/api/upgrades/${id}/cancel`, {})).body).toMatchObject({ code: 'UPGRADE_STATE' });
  });

  test('that is cancelled while it waits leaves the tenant at the old version and schema', async () => {
    const schema = await cell('tb', 'pay');
    const before = await tenants.dump(schema);
    const body = { toVersion: 'v2', options: { backup: 'never', soakSeconds: 0 } };
    const { upgradeId } = await send('POST', '/api/tenants/tb/services/pay/upgrade', body);
    await until(upgradeId, { awaits: 'confirmation' });
    expect(await tenants.dump(schema)).not.toBe(before);
    expect((await api.ask('POST', '/api/tenants/tb/services/pay/upgrade', body)).body).toMatchObject({
      status: 409,
      code: 'UPGRADE_RUNNING',
    });
    await send('POST', `/api/upgrades/${upgradeId}/cancel`, { reason: 'not today' });
    const aborted = await until(upgradeId, { state: 'aborted' });
    expect(aborted.sentence).toContain('not today');
    expect(aborted.sentence).toContain('had applied 0001_notes, 0002_mood, and took back 0002_mood, 0001_notes.');
    expect(await tenants.dump(schema)).toBe(before);
    expect(await served('tb', 'pay')).toBe('v1');
    await send('POST', `/api/upgrades/${upgradeId}/retry`, {});
    await until(upgradeId, { state: 'waiting', awaits: 'confirmation' });
  });

  test('of a version without migrations moves the route alone', async () => {
    await send('PUT', '/api/tenants/tb/services/plain', { targetVersion: 'v1' });
    const body = { toVersion: 'v2', options: { soakSeconds: 0 } };
    const plan = await send('POST', '/api/tenants/tb/services/plain/upgrade/plan', body);
    expect(plan).toMatchObject({ hasDataSource: false, schemaTo: null, migrations: [] });
    const said = plan.checks.find((one: Loose) => one.check === 'migrations');
    expect(said.detail).toContain('no data source');
    const { upgradeId } = await send('POST', '/api/tenants/tb/services/plain/upgrade', body);
    await until(upgradeId, { state: 'done', schemaTo: null });
    expect(await served('tb', 'plain')).toBe('v2');
  });
});

describe('an upgrade of a schema', () => {
  test('answers a dry run at once, with the SQL, and writes nothing', async () => {
    const schema = await cell('tc', 'pay');
    const before = await tenants.dump(schema);
    const count = async () => (await send('GET', '/api/upgrades?tenantId=tc')).items.length;
    const answer = await api.ask('POST', '/api/tenants/tc/schema-upgrade', { version: 'v2', isDryRun: true });
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    expect(upgradePlanSchema.parse(answer.body).migrations[1]?.statements).toEqual([
      'ALTER TABLE orders ADD COLUMN mood text',
    ]);
    expect(await count()).toBe(0);
    expect(await tenants.dump(schema)).toBe(before);
  });

  test('that fails says where, is as it was before, leaves others alone, and comes first in the list', async () => {
    const schema = await cell('ta', 'broken');
    const before = await tenants.dump(schema);
    const answer = await api.ask('POST', '/api/grey-router/upgrade-schema/ta/broken@v2', undefined);
    expect(answer.status, JSON.stringify(answer.body)).toBe(202);
    const failed = await until(answer.body.upgradeId, { state: 'failed' });
    expect(failed.failure).toMatchObject({
      ...{ code: 'STATEMENT_FAILED', migration: '0002_broken', statement: 2, serverCode: '42P01' },
      statementText: 'INSERT INTO absent VALUES (1)',
    });
    const told = 'It had applied 0001_fine, and took back 0001_fine.';
    expect(failed.failure.message).toMatch(/absent.* It had applied 0001_fine, and took back 0001_fine\.$/);
    expect(failed.sentence).toContain(told);
    const expand = failed.steps.find((one: Loose) => one.name === 'expand');
    expect(expand.detail).toMatch(/^Failed in 0002_broken, statement 2, with STATEMENT_FAILED: .*absent/);
    expect(expand.detail).toContain(told);
    const ended = await send('GET', `/api/changes/${failed.changeIds.at(-1)}`);
    expect(ended, 'what is notified').toMatchObject({ kind: 'upgrade.ended', reason: failed.sentence });
    expect(await tenants.dump(schema)).toBe(before);
    const { items } = await send('GET', '/api/upgrades?order=failures&limit=2');
    const ranks = items.map((one: Loose) => one.id);
    expect(items[0]).toMatchObject({ id: answer.body.upgradeId, step: 'expand', failure: failed.failure });
    const page = await send('GET', '/api/upgrades?order=failures&limit=1');
    const next = await send('GET', `/api/upgrades?order=failures&limit=1&cursor=${page.nextCursor}`);
    expect([page.items[0].id, next.items[0].id]).toEqual(ranks);
  });

  test('is cancelled within a statement that runs, and told to whoever watches until it ends', async () => {
    const schema = await cell('ta', 'slow');
    const before = await tenants.dump(schema);
    const body = { serviceId: 'slow', version: 'v2', options: { backup: 'never', contract: 'leave' } };
    const { upgradeId } = await send('POST', '/api/tenants/ta/schema-upgrade', body);
    const watched = watch(upgradeId);
    await until(upgradeId, { state: 'running', place: { migration: '0002_slow' } });
    await send('POST', `/api/upgrades/${upgradeId}/cancel`, {});
    await until(upgradeId, { state: 'aborted' });
    expect(await tenants.dump(schema)).toBe(before);
    const events = await watched;
    expect(events.at(-1)?.upgrade.state).toBe('aborted');
    expect(events.length).toBeGreaterThan(1);
  });

  test('that nobody can prove waits for an operator, who settles it', async () => {
    const schema = await cell('td', 'pay');
    const options = { backup: 'never', contract: 'leave' };
    const body = { serviceId: 'pay', version: 'v2', options };
    const ledger = async (text: string) => tenants.query(`SET search_path = ${schema}; ${text}`);
    const { upgradeId } = await send('POST', '/api/tenants/td/schema-upgrade', body);
    await until(upgradeId, { state: 'done' });
    await ledger(`UPDATE schema_version SET state = 'needs_operator', message = 'a test' WHERE name = '0002_mood'`);
    await ledger('SET search_path = public');
    const start = () => send('POST', '/api/tenants/td/schema-upgrade', { ...body, options: { backup: 'never' } });
    const given = (await start()).upgradeId;
    await until(given, { state: 'needs_operator' });
    const isMarked = async () => (await send('GET', '/api/tenants/td/services/pay/schema')).state.isMigrating;
    expect(await isMarked()).toBe(true);
    const skipped = await send('POST', `/api/upgrades/${given}/skip`, { reason: 'later' });
    expect(skipped).toMatchObject({ state: 'skipped', sentence: expect.stringContaining('where it stood') });
    expect(await send('GET', `/api/changes/${skipped.changeIds.at(-1)}`)).toMatchObject({
      kind: 'upgrade.ended',
      reason: 'later',
    });
    expect(await isMarked()).toBe(false);
    const again = await start();
    const stuck = await until(again.upgradeId, { state: 'needs_operator', awaits: 'operator' });
    expect(stuck.sentence).toContain('0002_mood');
    const settlement = { reason: 'seen', migration: '0002_mood', is: 'applied', onwards: 'go-on' };
    await send('POST', `/api/upgrades/${again.upgradeId}/settle`, settlement);
    await until(again.upgradeId, { state: 'waiting', awaits: 'confirmation' });
  });
});

describe('on MariaDB, where DDL commits by itself', needsMariadb(), () => {
  test('a broken set is taken back statement by statement, and the mended one goes through', async () => {
    const server = await startMariadb();
    const root = await createConnection({ host: '127.0.0.1', port: server.port, user: 'root' });
    try {
      await root.query('CREATE DATABASE shop');
      await root.query('CREATE TABLE shop.orders (id int PRIMARY KEY, old int) ENGINE=InnoDB');
      await root.query("CREATE USER maria@'%' IDENTIFIED BY 'a password of the tests'");
      await root.query("GRANT ALL ON shop.* TO maria@'%'");
      const columns = async () => {
        const [rows] = await root.query(
          "SELECT table_name AS t, column_name AS c FROM information_schema.columns WHERE table_schema = 'shop' AND table_name <> 'schema_version' ORDER BY 1, 2",
        );
        return (rows as { t: string; c: string }[]).map(({ t, c }) => `${t}.${c}`);
      };
      const put = (last: string, undo: string) =>
        send('PUT', '/api/services/maria/versions/v2/migrations', {
          ...{ engine: 'mysql', schemaVersion: 1 },
          files: files(
            ['0001_notes.up.sql', 'CREATE TABLE notes (id int PRIMARY KEY) ENGINE=InnoDB;'],
            ['0001_notes.down.sql', 'DROP TABLE notes;'],
            ['0002_mood.up.sql', `ALTER TABLE orders ADD COLUMN mood int;\n${last};`],
            ['0002_mood.down.sql', `${undo};\nALTER TABLE orders DROP COLUMN mood;`],
          ),
        });
      await service('maria', undefined);
      await put('ALTER TABLE absent ADD COLUMN mood int', 'SELECT 1');
      await send('POST', '/api/data-sources', {
        ...{ tenantId: 'ta', serviceId: 'maria', engine: 'mysql', host: '127.0.0.1', port: server.port },
        ...{ database: 'shop', tls: 'off', user: 'maria', password: 'a password of the tests' },
      });
      const body = { serviceId: 'maria', version: 'v2', options: { backup: 'never', contract: 'leave' } };
      const { upgradeId } = await send('POST', '/api/tenants/ta/schema-upgrade', body);
      const failed = await until(upgradeId, { state: 'failed' });
      expect(failed.failure).toMatchObject({ migration: '0002_mood', statement: 2 });
      const told = 'It had applied 0001_notes, 0002_mood in part, and took back 0002_mood, 0001_notes.';
      expect(failed.failure.message).toContain(told);
      expect(await columns()).toEqual(['orders.id', 'orders.old']);
      await put('CREATE INDEX by_mood ON orders (mood)', 'DROP INDEX by_mood ON orders');
      await send('POST', `/api/upgrades/${upgradeId}/retry`, {});
      await until(upgradeId, { state: 'done' });
      expect(await columns()).toEqual(['notes.id', 'orders.id', 'orders.mood', 'orders.old']);
    } finally {
      root.destroy();
      await server.stop();
    }
  });
});

test('a schema that another tenant has its data in too is not upgraded, and nobody is told whose it is', async () => {
  await cell('td', 'broken');
  const address = await tenants.addSchema('shared_by_two');
  const [source] = (await send('GET', '/api/data-sources?tenantId=td&serviceId=broken')).items;
  await send('PATCH', `/api/data-sources/${source.id}`, { schema: address.schema });
  await send('POST', '/api/data-sources', { tenantId: 'tc', serviceId: 'broken', ...address });
  const { status, body } = await api.ask('POST', '/api/tenants/td/services/broken/upgrade', { toVersion: 'v2' });
  expect(status, JSON.stringify(body)).toBe(409);
  expect(body).toMatchObject({ code: 'UPGRADE_REFUSED', detail: expect.stringContaining('Another tenant') });
  expect(JSON.stringify(body)).not.toContain('tc');
});

test('upgrades of other tenants are unknown to who manages one', async () => {
  const { items } = await send('GET', '/api/upgrades?tenantId=tb');
  const others = items[0].id;
  const options = { token: manager };
  for (const [method, action] of [
    ['GET', ''],
    ['POST', '/cancel'],
    ['POST', '/retry'],
    ['POST', '/skip'],
    ['GET', '/events'],
  ])
    expect(
      (await api.ask(method as string, `/api/upgrades/${others}${action}`, method === 'GET' ? undefined : {}, options))
        .body,
    ).toMatchObject({ status: 404, code: 'UPGRADE_UNKNOWN' });
  const mine = (await api.ask('GET', '/api/upgrades', undefined, options)).body.items;
  expect(new Set(mine.map((one: Loose) => one.tenantId))).toEqual(new Set(['ta']));
  expect((await api.ask('POST', '/api/tenants/tb/schema-upgrade', { version: 'v2' }, options)).body).toMatchObject({
    code: 'TENANT_FORBIDDEN',
  });
});

test('the same Idempotency-Key starts one upgrade', async () => {
  await cell('tb', 'broken');
  const options = { headers: { 'idempotency-key': 'once' } };
  const start = () =>
    api.ask('POST', '/api/tenants/tb/schema-upgrade', { serviceId: 'broken', version: 'v2' }, options);
  const [first, second] = [await start(), await start()];
  expect(first.status, JSON.stringify(first.body)).toBe(202);
  expect(second.body.upgradeId).toBe(first.body.upgradeId);
  expect(second.headers.get('idempotency-replayed')).toBe('true');
  await until(first.body.upgradeId, { state: 'failed' });
});

async function watch(id: string): Promise<Loose[]> {
  const response = await fetch(`${api.url}/api/upgrades/${id}/events`, {
    headers: { authorization: `Bearer ${api.adminToken}` },
  });
  const text = await response.text();
  return text
    .split('\n\n')
    .flatMap((part) => (part.startsWith('data: ') ? [upgradeEventSchema.parse(JSON.parse(part.slice(6)))] : []));
}
