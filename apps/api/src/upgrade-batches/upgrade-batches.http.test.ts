import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { batchExceptionPageSchema, batchPlanSchema } from '@grey/contracts';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { runGrey } from '../../test/run-grey.ts';
import { AdvisoryLock } from '../infra/db/advisory-lock.ts';
import { Database } from '../infra/db/database.ts';
import { AdvanceBatchService } from './advance-batch.service.ts';
import { BatchWorld, EXPANDING, ids, type Loose, patience } from './testing/batch-world.ts';

const REST = { select: { kind: 'rest' } };
const options = { backup: 'never', contract: 'leave', soakSeconds: 0 };
let world: BatchWorld;
beforeAll(async () => {
  world = await BatchWorld.start();
});
afterAll(() => world?.close());

describe('a batch of twenty tenants of whom one fails', () => {
  test('is planned by name, goes through its waves within its budget, and tells its end once', async () => {
    const members = ids(20);
    await world.service('pay', members, 't13');
    const request = {
      ...{ serviceId: 'pay', fromVersion: 'v1', toVersion: 'v2', concurrency: 4, options },
      waves: [
        { select: { kind: 'ring', ring: '0' } },
        { name: 'half', select: { kind: 'percent', percent: 50 } },
        { select: { kind: 'rest' } },
      ],
      failureBudget: { count: 1 },
    };
    const plan = batchPlanSchema.parse(await world.send('POST', '/api/upgrade-batches/plan', request));
    expect(plan).toMatchObject({ tenantCount: 20, leftOutCount: 0, objectionCount: 0 });
    expect(plan.waves.map((wave) => [wave.name, wave.tenantCount])).toEqual([
      ['ring 0', 3],
      ['half', 10],
      ['rest', 7],
    ]);
    expect(plan.waves[0]?.sample).toEqual(['t01', 't02', 't03']);
    expect(
      (await world.api.ask('POST', '/api/upgrade-batches', { ...request, concurrency: 5, planToken: plan.planToken }))
        .body,
    ).toMatchObject({ code: 'PLAN_TOKEN_INVALID' });
    const { id } = await world.send('POST', '/api/upgrade-batches', {
      ...request,
      name: 'June',
      planToken: plan.planToken,
    });
    const watched = world.watch(id);
    const done = await world.until(id, { state: 'done', counts: { total: 20, done: 19, failed: 1, queued: 0 } });
    expect(done.waves.map((wave: Loose) => wave.state)).toEqual(['done', 'done', 'done']);
    expect(await world.versionsOf('pay', members)).toEqual({ v1: ['t13'], v2: members.filter((one) => one !== 't13') });
    const events = await watched;
    expect(events.at(-1)?.batch).toMatchObject({ id, state: 'done' });
    const { items } = await world.send('GET', '/api/changes?limit=200');
    const told = items.filter((one: Loose) => one.kind === 'upgrade_batch.ended');
    expect(told).toHaveLength(1);
    const change = await world.send('GET', `/api/changes/${told[0].id}`);
    expect(change.items[0].after).toMatchObject({ state: 'done', summary: { done: 19, failed: 1 } });
    expect(change.reason).toBe('19 were upgraded. 1 failed and are where they were.');
    const again = await world.send('POST', '/api/upgrade-batches/plan', { ...request, fromVersion: undefined });
    expect(again).toMatchObject({ tenantCount: 1, leftOutCount: 19 });
    expect(again.leftOut[0]).toMatchObject({ code: 'ALREADY_THERE' });
  });

  test('goes back as one where the budget is broken, and everything on demand', async () => {
    const members = ids(8);
    await world.service('bill', members, 't06');
    const before = new Map<string, string>();
    for (const id of members) before.set(id, await world.tenants.dump(`${id}_bill`));
    const id = await world.begin({
      ...{ serviceId: 'bill', toVersion: 'v2', concurrency: 3, options },
      waves: [
        { select: { kind: 'tenants', tenantIds: ['t01', 't02'] } },
        { select: { kind: 'tenants', tenantIds: ids(7).slice(2) } },
        { select: { kind: 'rest' } },
      ],
    });
    const back = await world.until(id, { state: 'rolled_back' });
    expect(back.waves.map((wave: Loose) => wave.state)).toEqual(['done', 'rolled_back', 'stopped']);
    expect(back.sentence).toContain('1 failed in wave 2');
    expect(await world.versionsOf('bill', members)).toEqual({ v1: members.slice(2), v2: ['t01', 't02'] });
    for (const one of members.slice(2)) expect(await world.tenants.dump(`${one}_bill`)).toBe(before.get(one));
    await world.send('POST', `/api/upgrade-batches/${id}/rollback`, { reason: 'all of it', waves: 'all' });
    await world.until(id, { state: 'rolled_back', counts: { done: 0 } });
    expect(await world.versionsOf('bill', members)).toEqual({ v1: members });
    for (const one of members) expect(await world.tenants.dump(`${one}_bill`)).toBe(before.get(one));
    expect((await world.api.ask('POST', `/api/upgrade-batches/${id}/pause`, {})).body).toMatchObject({
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
  await world.service('cut', members, null, [...EXPANDING, ...contract]);
  const id = await world.begin({
    ...{ serviceId: 'cut', toVersion: 'v2', options: { backup: 'never', soakSeconds: 0 } },
    waves: members.map((tenantId) => ({ select: { kind: 'tenants', tenantIds: [tenantId] } })),
  });
  await world.send('POST', `/api/upgrade-batches/${id}/pause`, {});
  await vi.waitFor(async () => {
    const { state, waves } = await world.get(id);
    // Where the pause came before the first wave, that one waits as well.
    expect([state, waves[1].state]).toEqual(['paused', 'pending']);
    expect(['pending', 'done']).toContain(waves[0].state);
  }, patience);
  await world.send('POST', `/api/upgrade-batches/${id}/resume`, {});
  await world.until(id, { state: 'confirming', counts: { waiting: 2 } });
  expect(await world.versionsOf('cut', members)).toEqual({ v2: members });
  await world.send('POST', `/api/upgrade-batches/${id}/confirm`, { reason: 'looks good' });
  await world.until(id, { state: 'done', counts: { done: 2, waiting: 0 } });
  const refused = await world.send('POST', `/api/upgrade-batches/${id}/rollback`, { reason: 'too late', waves: 'all' });
  expect(refused.sentence).toContain('2 cannot go back');
  await world.until(id, { state: 'rolled_back', counts: { done: 2 }, cannotReturnCount: 2 });
  expect(await world.versionsOf('cut', members)).toEqual({ v2: members });
  const pageOf = async (query: string) =>
    batchExceptionPageSchema.parse(await world.send('GET', `/api/upgrade-batches/${id}/exceptions?${query}`));
  const first = await pageOf('limit=1');
  expect(first.items).toMatchObject([
    { tenantId: 't14', wave: 1, code: 'CONTRACTED', backupId: null, mend: expect.stringContaining('horizon') },
  ]);
  const second = await pageOf(`limit=1&cursor=${first.nextCursor}`);
  expect(second).toMatchObject({ items: [{ tenantId: 't15', wave: 2 }], nextCursor: null });
  expect((await pageOf('kind=not_begun')).items).toEqual([]);
});

test('a wave that begins later leaves out whom somebody has moved since, and waits for a freeze', async () => {
  const members = ['t16', 't17', 't18'];
  await world.plainService('late', members);
  const day = 86_400_000;
  let id = '';
  let freeze: Loose;
  // As a replica that is slow: between the plan and the first wave all this happens.
  const held = await new AdvisoryLock(world.api.config.GREY_DATABASE_URL).tryRun('upgrade-batches', async () => {
    id = await world.begin({
      ...{ serviceId: 'late', toVersion: 'v2', options },
      waves: [...members.slice(0, 2).map((one) => ({ select: { kind: 'tenants', tenantIds: [one] } })), REST],
    });
    await world.send('POST', '/api/services/late/versions', { version: 'v3', schemaMin: 1 });
    await world.send('PUT', '/api/tenants/t17/services/late', { targetVersion: 'v3' });
    freeze = await world.send('POST', '/api/freezes', {
      ...{ title: 'holiday', reason: 'a holiday', scope: { tenantIds: ['t18'], tenantTags: [], serviceIds: [] } },
      ...{ startsAt: new Date(Date.now() - day).toISOString(), endsAt: new Date(Date.now() + day).toISOString() },
    });
    // Replicas that lead it at once, as when the lock of one broke: each step is taken once.
    const leading = world.api.app.get(AdvanceBatchService);
    const actions = await Promise.all([leading.advance(id), leading.advance(id), leading.advance(id)]);
    expect(actions.filter((action) => action.kind === 'begin-wave' && action.wave === 1)).toHaveLength(1);
  });
  expect(held).toBeDefined();
  const paused = await world.until(id, { state: 'paused', notBegunCount: 1 });
  expect(paused.sentence).toContain('wave 3 cannot begin. t18');
  await world.send('DELETE', `/api/freezes/${freeze.id}`);
  await world.send('POST', `/api/upgrade-batches/${id}/resume`, {});
  const done = await world.until(id, { state: 'done', counts: { total: 3, done: 2, skipped: 1 } });
  expect(done.sentence).toBe('2 were upgraded. 1 were skipped or left out.');
  expect(await world.versionsOf('late', ['t16', 't18'])).toEqual({ v2: ['t16', 't18'] });
  const { items } = await world.send('GET', `/api/upgrade-batches/${id}/exceptions?kind=not_begun`);
  expect(items).toMatchObject([{ tenantId: 't17', wave: 2, code: 'OTHER_VERSION' }]);
});

test('an emergency takes a tenant back together with its schema, and undoing it does not lead there again', async () => {
  await world.service('sos', ['t10', 't11'], null);
  const before = await world.tenants.dump('t10_sos');
  const soaking = { ...options, soakSeconds: 600 };
  const { upgradeId } = await world.send('POST', '/api/tenants/t10/services/sos/upgrade', {
    toVersion: 'v2',
    options: soaking,
  });
  await vi.waitFor(async () => {
    expect(await world.send('GET', `/api/upgrades/${upgradeId}`)).toMatchObject({ state: 'waiting', step: 'soak' });
  }, patience);
  // Decisions of this tenant are counted for its gate, and only those.
  await vi.waitFor(async () => {
    await world.versionsOf('sos', ['t10', 't11']);
    const rows = await world.api.app.get(Database).run((client) => client.upgradeSoak.findMany());
    expect(Number(rows[0]?.decisionCount)).toBeGreaterThan(0);
  }, patience);
  const request = { serviceId: 'sos', fromVersion: 'v2', toVersion: 'v1', scope: { kind: 'service' } };
  const plan = await world.send('POST', '/api/emergency/rollback/plan', request);
  expect(plan.preempted).toMatchObject([{ kind: 'upgrade', id: upgradeId }]);
  const { rollbackId } = await world.send('POST', '/api/emergency/rollback', {
    ...request,
    reason: 'broken',
    planToken: plan.planToken,
  });
  expect(await world.versionsOf('sos', ['t10'])).toEqual({ v1: ['t10'] });
  await vi.waitFor(async () => {
    expect(await world.send('GET', `/api/upgrades/${upgradeId}`)).toMatchObject({ state: 'aborted' });
    expect((await world.send('GET', `/api/emergency/rollbacks/${rollbackId}`)).state).toBe('done');
  }, patience);
  expect(await world.tenants.dump('t10_sos')).toBe(before);
  const undo = `/api/emergency/rollbacks/${rollbackId}/undo`;
  const offer = await world.api.ask('POST', undo, { reason: 'mended' });
  await world.send('POST', undo, { reason: 'mended', planToken: offer.body.plan.planToken });
  expect(await world.versionsOf('sos', ['t10'])).toEqual({ v1: ['t10'] });
});

test('the command line plans, upgrades and watches one tenant, and shows a batch', async () => {
  await world.service('cli', ['t09'], null);
  const home = mkdtempSync(path.join(tmpdir(), 'grey-upgrade-'));
  const env = { GREY_URL: world.api.url, GREY_TOKEN: world.api.adminToken };
  const args = ['upgrade', 't09', 'cli', 'v2', '--leave', '--soak', '0', '--reason', 'a test'];
  const dry = await runGrey([...args, '--dry-run', '--json'], { env, home });
  expect(dry).toMatchObject({ status: 0, json: { plan: { isAllowed: true }, upgrade: null } });
  const doubted = await runGrey(args, { env, home, answers: ['t9'] });
  expect(doubted.status).toBe(5);
  expect(doubted.out).toMatch(/warn soak: /);
  const done = await runGrey([...args, '--confirm', 't09'], { env, home });
  expect(done.status, done.out).toBe(0);
  expect(done.out).toContain('expand    done');
  expect((await world.versionsOf('cli', ['t09'])).v2).toEqual(['t09']);
  const again = await runGrey(['upgrade', 't09', 'cli', 'v3', '--json'], { env, home });
  expect(again.status).toBe(1);
  const { items } = await world.send('GET', '/api/upgrade-batches?serviceId=cut');
  const list = await runGrey(['upgrade-batch', 'status'], { env, home });
  expect(list.out).toContain(items[0].id);
  expect(await runGrey(['upgrade-batch', 'status', items[0].id, '--json'], { env, home })).toMatchObject({
    status: 1,
    json: { id: items[0].id, state: 'rolled_back', cannotReturn: [{ tenantId: 't14' }, { tenantId: 't15' }] },
  });
  const told = await runGrey(['upgrade-batch', 'status', items[0].id], { env, home });
  expect(told.out).toMatch(/2 cannot go back with their wave:\n.*t14.*CONTRACTED/);
  rmSync(home, { recursive: true });
});
