import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { batchPlanSchema, batchSchema } from '@grey/contracts';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { runGrey } from '../../test/run-grey.ts';
import { startTestApi, type TestApi } from '../../test/start-test-api.ts';
import { makeTenantsDatabase, type TenantsDatabase } from '../../test/tenants-database.ts';
import { Database } from '../infra/db/database.ts';
import { parseMasterKeys } from '../infra/secrets/master-keys.ts';

// biome-ignore lint/suspicious/noExplicitAny: a test reads fields and compares them
type Loose = any;
const patience = { timeout: 40_000, interval: 50 };
let api: TestApi;
let tenants: TenantsDatabase;

const SET = [
  { path: '0001_notes.up.sql', text: 'CREATE TABLE notes (id int PRIMARY KEY);' },
  { path: '0001_notes.down.sql', text: 'DROP TABLE notes;' },
  { path: '0002_mood.up.sql', text: 'ALTER TABLE orders ADD COLUMN mood text;' },
  { path: '0002_mood.down.sql', text: 'ALTER TABLE orders DROP COLUMN mood;' },
];
const ids = (count: number) => Array.from({ length: count }, (_, at) => `t${String(at + 1).padStart(2, '0')}`);

beforeAll(async () => {
  tenants = await makeTenantsDatabase();
  api = await startTestApi({
    GREY_MASTER_KEY: parseMasterKeys(`k1:${'01'.repeat(32)}`),
    GREY_DATA_SOURCE_ALLOW: ['127.0.0.1'],
  });
  for (const [at, id] of ids(20).entries())
    await send('POST', '/api/tenants', {
      ...{ id, name: id, tier: at % 2 === 0 ? 'basic' : 'gold', region: at < 10 ? 'eu' : 'us' },
      metadata: { ring: at < 3 ? '0' : '1' },
    });
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
/** A service with a set for v2, and tenants on v1; `broken` has something in the way of the first migration. */
async function service(id: string, members: readonly string[], broken: string | null, files = SET): Promise<void> {
  await send('POST', '/api/services', { id });
  await send('POST', `/api/services/${id}/versions`, { version: 'v1', schemaMin: 0, schemaMax: 0 });
  await send('POST', `/api/services/${id}/versions`, { version: 'v2', schemaMin: 1 });
  await send('PUT', `/api/services/${id}/versions/v2/migrations`, { engine: 'postgres', files, schemaVersion: 1 });
  for (const version of ['v1', 'v2'])
    await send('POST', '/api/registry/instances', {
      ...{ serviceId: id, instanceId: `${id}-${version}`, version, address: '127.0.0.1:9', ttlMs: 300_000 },
    });
  for (const tenantId of members) {
    const schema = `${tenantId}_${id}`;
    const address = await tenants.addSchema(schema);
    await tenants.query(`CREATE TABLE ${schema}.orders (id int PRIMARY KEY)`);
    if (tenantId === broken) await tenants.query(`CREATE TABLE ${schema}.notes (other text)`);
    await send('POST', '/api/data-sources', { tenantId, serviceId: id, ...address });
    await send('PUT', `/api/tenants/${tenantId}/services/${id}`, { targetVersion: 'v1' });
  }
}
const options = { backup: 'never', contract: 'leave', soakSeconds: 0 };
async function begin(request: Loose): Promise<string> {
  const { planToken } = await send('POST', '/api/upgrade-batches/plan', request);
  return (await send('POST', '/api/upgrade-batches', { ...request, planToken })).id;
}
const get = (id: string): Promise<Loose> => send('GET', `/api/upgrade-batches/${id}`);
const until = (id: string, want: object): Promise<Loose> =>
  vi.waitFor(async () => {
    const batch = await get(id);
    expect(batch, batch.sentence).toMatchObject(want);
    return batchSchema.parse(batch);
  }, patience);
const versionsOf = async (serviceId: string, members: readonly string[]) => {
  const versions: Record<string, string[]> = {};
  for (const tenantId of members) {
    const { version } = await send('POST', '/api/grey-router/route', { tenantId, serviceName: serviceId });
    versions[version] = [...(versions[version] ?? []), tenantId];
  }
  return versions;
};

describe('a batch of twenty tenants of whom one fails', () => {
  test('is planned by name, goes through its waves within its budget, and tells its end once', async () => {
    const members = ids(20);
    await service('pay', members, 't13');
    const request = {
      ...{ serviceId: 'pay', fromVersion: 'v1', toVersion: 'v2', concurrency: 4, options },
      waves: [
        { select: { kind: 'ring', ring: '0' } },
        { name: 'half', select: { kind: 'percent', percent: 50 } },
        { select: { kind: 'rest' } },
      ],
      failureBudget: { count: 1 },
    };
    const plan = batchPlanSchema.parse(await send('POST', '/api/upgrade-batches/plan', request));
    expect(plan).toMatchObject({ tenantCount: 20, leftOutCount: 0, objectionCount: 0 });
    expect(plan.waves.map((wave) => [wave.name, wave.tenantCount])).toEqual([
      ['ring 0', 3],
      ['half', 10],
      ['rest', 7],
    ]);
    expect(plan.waves[0]?.sample).toEqual(['t01', 't02', 't03']);
    expect(
      (await api.ask('POST', '/api/upgrade-batches', { ...request, concurrency: 5, planToken: plan.planToken })).body,
    ).toMatchObject({ code: 'PLAN_TOKEN_INVALID' });
    const { id } = await send('POST', '/api/upgrade-batches', { ...request, name: 'June', planToken: plan.planToken });
    const watched = watch(id);
    const done = await until(id, { state: 'done', counts: { total: 20, done: 19, failed: 1, queued: 0 } });
    expect(done.waves.map((wave: Loose) => wave.state)).toEqual(['done', 'done', 'done']);
    expect(await versionsOf('pay', members)).toEqual({ v1: ['t13'], v2: members.filter((one) => one !== 't13') });
    const events = await watched;
    expect(events.at(-1)?.batch).toMatchObject({ id, state: 'done' });
    const { items } = await send('GET', '/api/changes?limit=200');
    const told = items.filter((one: Loose) => one.kind === 'upgrade_batch.ended');
    expect(told).toHaveLength(1);
    const change = await send('GET', `/api/changes/${told[0].id}`);
    expect(change.items[0].after).toMatchObject({ state: 'done', summary: { done: 19, failed: 1 } });
    expect(change.reason).toBe('19 were upgraded. 1 failed and are where they were.');
    const again = await send('POST', '/api/upgrade-batches/plan', { ...request, fromVersion: undefined });
    expect(again).toMatchObject({ tenantCount: 1, leftOutCount: 19 });
    expect(again.leftOut[0]).toMatchObject({ code: 'ALREADY_THERE' });
  });

  test('goes back as one where the budget is broken, and everything on demand', async () => {
    const members = ids(8);
    await service('bill', members, 't06');
    const before = new Map<string, string>();
    for (const id of members) before.set(id, await tenants.dump(`${id}_bill`));
    const id = await begin({
      ...{ serviceId: 'bill', toVersion: 'v2', concurrency: 3, options },
      waves: [
        { select: { kind: 'tenants', tenantIds: ['t01', 't02'] } },
        { select: { kind: 'tenants', tenantIds: ids(7).slice(2) } },
        { select: { kind: 'rest' } },
      ],
    });
    const back = await until(id, { state: 'rolled_back' });
    expect(back.waves.map((wave: Loose) => wave.state)).toEqual(['done', 'rolled_back', 'stopped']);
    expect(back.sentence).toContain('1 failed in wave 2');
    expect(await versionsOf('bill', members)).toEqual({ v1: members.slice(2), v2: ['t01', 't02'] });
    for (const one of members.slice(2)) expect(await tenants.dump(`${one}_bill`)).toBe(before.get(one));
    await send('POST', `/api/upgrade-batches/${id}/rollback`, { reason: 'all of it', waves: 'all' });
    await until(id, { state: 'rolled_back', counts: { done: 0 } });
    expect(await versionsOf('bill', members)).toEqual({ v1: members });
    for (const one of members) expect(await tenants.dump(`${one}_bill`)).toBe(before.get(one));
    expect((await api.ask('POST', `/api/upgrade-batches/${id}/pause`, {})).body).toMatchObject({
      code: 'UPGRADE_BATCH_STATE',
    });
  });
});

test('a batch pauses between tenants, and contracts everybody on one confirmation', async () => {
  const members = ['t14', 't15'];
  const contract = [
    {
      path: '0003_id.up.sql',
      text: '-- grey: phase contract\n-- grey: accept DATA_LOSS nobody reads it\nALTER TABLE orders DROP COLUMN id;',
    },
    { path: '0003_id.down.sql', text: 'ALTER TABLE orders ADD COLUMN id int;' },
  ];
  await service('cut', members, null, [...SET, ...contract]);
  const id = await begin({
    ...{ serviceId: 'cut', toVersion: 'v2', options: { backup: 'never', soakSeconds: 0 } },
    waves: members.map((tenantId) => ({ select: { kind: 'tenants', tenantIds: [tenantId] } })),
  });
  await send('POST', `/api/upgrade-batches/${id}/pause`, {});
  await vi.waitFor(async () => {
    const { state, waves } = await get(id);
    // Where the pause came before the first wave, that one waits as well.
    expect([state, waves[1].state]).toEqual(['paused', 'pending']);
    expect(['pending', 'done']).toContain(waves[0].state);
  }, patience);
  await send('POST', `/api/upgrade-batches/${id}/resume`, {});
  await until(id, { state: 'confirming', counts: { waiting: 2 } });
  expect(await versionsOf('cut', members)).toEqual({ v2: members });
  await send('POST', `/api/upgrade-batches/${id}/confirm`, { reason: 'looks good' });
  await until(id, { state: 'done', counts: { done: 2, waiting: 0 } });
  const refused = await send('POST', `/api/upgrade-batches/${id}/rollback`, { reason: 'too late', waves: 'all' });
  expect(refused.sentence).toContain('2 cannot go back');
  await until(id, { state: 'rolled_back', counts: { done: 2 } });
  expect(await versionsOf('cut', members)).toEqual({ v2: members });
});

test('an emergency takes a tenant back together with its schema, and undoing it does not lead there again', async () => {
  await service('sos', ['t10', 't11'], null);
  const before = await tenants.dump('t10_sos');
  const soaking = { ...options, soakSeconds: 600 };
  const { upgradeId } = await send('POST', '/api/tenants/t10/services/sos/upgrade', {
    toVersion: 'v2',
    options: soaking,
  });
  await vi.waitFor(async () => {
    expect(await send('GET', `/api/upgrades/${upgradeId}`)).toMatchObject({ state: 'waiting', step: 'soak' });
  }, patience);
  // Decisions of this tenant are counted for its gate, and only those.
  await vi.waitFor(async () => {
    await versionsOf('sos', ['t10', 't11']);
    const rows = await api.app.get(Database).run((client) => client.upgradeSoak.findMany());
    expect(Number(rows[0]?.decisionCount)).toBeGreaterThan(0);
  }, patience);
  const request = { serviceId: 'sos', fromVersion: 'v2', toVersion: 'v1', scope: { kind: 'service' } };
  const plan = await send('POST', '/api/emergency/rollback/plan', request);
  expect(plan.preempted).toMatchObject([{ kind: 'upgrade', id: upgradeId }]);
  const { rollbackId } = await send('POST', '/api/emergency/rollback', {
    ...request,
    reason: 'broken',
    planToken: plan.planToken,
  });
  expect(await versionsOf('sos', ['t10'])).toEqual({ v1: ['t10'] });
  await vi.waitFor(async () => {
    expect(await send('GET', `/api/upgrades/${upgradeId}`)).toMatchObject({ state: 'aborted' });
    expect((await send('GET', `/api/emergency/rollbacks/${rollbackId}`)).state).toBe('done');
  }, patience);
  expect(await tenants.dump('t10_sos')).toBe(before);
  const undo = `/api/emergency/rollbacks/${rollbackId}/undo`;
  const offer = await api.ask('POST', undo, { reason: 'mended' });
  await send('POST', undo, { reason: 'mended', planToken: offer.body.plan.planToken });
  expect(await versionsOf('sos', ['t10'])).toEqual({ v1: ['t10'] });
});

test('the command line plans, upgrades and watches one tenant, and shows a batch', async () => {
  await service('cli', ['t09'], null);
  const home = mkdtempSync(path.join(tmpdir(), 'grey-upgrade-'));
  const env = { GREY_URL: api.url, GREY_TOKEN: api.adminToken };
  const args = ['upgrade', 't09', 'cli', 'v2', '--leave', '--soak', '0', '--reason', 'a test'];
  const dry = await runGrey([...args, '--dry-run', '--json'], { env, home });
  expect(dry).toMatchObject({ status: 0, json: { plan: { isAllowed: true }, upgrade: null } });
  const doubted = await runGrey(args, { env, home, answers: ['t9'] });
  expect(doubted.status).toBe(5);
  const done = await runGrey([...args, '--confirm', 't09'], { env, home });
  expect(done.status, done.out).toBe(0);
  expect(done.out).toContain('expand    done');
  expect((await versionsOf('cli', ['t09'])).v2).toEqual(['t09']);
  const again = await runGrey(['upgrade', 't09', 'cli', 'v3', '--json'], { env, home });
  expect(again.status).toBe(1);
  const { items } = await send('GET', '/api/upgrade-batches');
  const list = await runGrey(['upgrade-batch', 'status'], { env, home });
  expect(list.out).toContain(items[0].id);
  expect(await runGrey(['upgrade-batch', 'status', items[0].id, '--json'], { env, home })).toMatchObject({
    status: 1,
    json: { id: items[0].id, state: 'rolled_back' },
  });
  rmSync(home, { recursive: true });
});

/** All events until the stream ends. */
async function watch(id: string): Promise<Loose[]> {
  const response = await fetch(`${api.url}/api/upgrade-batches/${id}/events`, {
    headers: { authorization: `Bearer ${api.adminToken}` },
  });
  const text = await response.text();
  return text
    .split('\n')
    .filter((line) => line.startsWith('data: '))
    .map((line) => JSON.parse(line.slice(6)));
}
