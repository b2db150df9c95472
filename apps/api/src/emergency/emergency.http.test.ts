import {
  holdPageSchema,
  liftPlanSchema,
  rollbackPlanSchema,
  rollbackResultSchema,
  rollbackSchema,
} from '@grey/contracts';
import { buildSnapshot } from '@grey/route-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startTestApi, type TestApi } from '../../test/start-test-api.ts';
import { SnapshotStore } from '../changes/snapshot.store.ts';
import { RouterState } from '../routing/router-state.ts';

const PATIENCE = { timeout: 30_000, interval: 20 };
let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
  for (const id of ['acme', 'beta', 'gamma']) {
    await api.ask('POST', '/api/tenants', { id, name: id, tags: id === 'gamma' ? ['vip'] : [] });
  }
});
afterAll(() => api.close());

/** A service of its own for each test, with an instance of every version. */
async function makeService(id: string, versions = ['v1', 'v2', 'v3']): Promise<void> {
  await api.ask('POST', '/api/services', { id });
  for (const version of versions) {
    await api.ask('POST', `/api/services/${id}/versions`, { version });
    const instance = { serviceId: id, instanceId: `${id}-${version}`, version, address: '127.0.0.1:9', ttlMs: 60_000 };
    await api.ask('POST', '/api/registry/instances', instance);
  }
}
const assign = (tenantId: string, serviceId: string, targetVersion: string, further = {}) =>
  api.ask('PUT', `/api/tenants/${tenantId}/services/${serviceId}`, { targetVersion, ...further });
const rollBack = (body: object, headers = {}, query = '') =>
  api.ask('POST', `/api/emergency/rollback${query}`, { reason: 'broken', ...body }, { headers });
const versionOf = async (tenantId: string, serviceName: string) =>
  (await api.ask('POST', '/api/grey-router/route', { tenantId, serviceName })).body.version;
const settled = (id: string, state = 'done') =>
  vi.waitFor(async () => {
    const rollback = rollbackSchema.parse((await api.ask('GET', `/api/emergency/rollbacks/${id}`)).body);
    expect(rollback.state).toBe(state);
    return rollback;
  }, PATIENCE);
const lastChange = async (kind: string) => (await api.ask('GET', `/api/changes?limit=1&kind=${kind}`)).body.items[0];

/** What a router that followed has, and what one that loads afresh would have. */
async function expectSameState(): Promise<void> {
  const source = await api.app.get(SnapshotStore).loadSource();
  const loaded = buildSnapshot({ ...source, instances: [] });
  const followed = api.app.get(RouterState).snapshot;
  expect([followed?.position, followed?.digest]).toEqual([loaded.position, loaded.digest]);
}

test('the first request shows the plan, and the same request again is done, whatever had chosen the version', async () => {
  await makeService('shop');
  await assign('acme', 'shop', 'v2');
  await assign('beta', 'shop', 'v2', { pinned: true });
  await assign('gamma', 'shop', 'v1');
  const body = { serviceId: 'shop', fromVersion: 'v2', toVersion: 'v1', scope: { kind: 'version' } };
  const refused = await rollBack(body);
  expect([refused.status, refused.body.code]).toEqual([428, 'PRECONDITION_REQUIRED']);
  const plan = rollbackPlanSchema.parse(refused.body.plan);
  expect(plan).toMatchObject({ inScopeCount: 3, affectedCount: 2, chain: ['v2', 'v1'], warnings: [], leftOut: [] });
  expect(plan.moves).toEqual([
    { tenantId: 'acme', fromVersion: 'v2', toVersion: 'v1', chosenBy: 'ASSIGNMENT' },
    { tenantId: 'beta', fromVersion: 'v2', toVersion: 'v1', chosenBy: 'PINNED' },
  ]);
  expect(await versionOf('acme', 'shop')).toBe('v2');

  const done = await rollBack(body, {}, '?wait=converged');
  const result = rollbackResultSchema.parse(done.body);
  expect(result).toMatchObject({
    affectedCount: 2,
    durability: 'log',
    convergence: { total: 1, applied: 1, missing: [] },
  });
  expect(done.headers.get('grey-convergence')).toMatch(/^applied=1, total=1, /);
  expect([await versionOf('acme', 'shop'), await versionOf('beta', 'shop')]).toEqual(['v1', 'v1']);
  const change = await lastChange('hold.created');
  expect(change).toMatchObject({ id: result.changeId, reason: 'broken', actor: { name: 'admin' } });
  expect(change.items).toMatchObject([{ entity: 'hold', key: result.rollbackId, after: { affectedCount: 2 } }]);

  expect(await settled(result.rollbackId)).toMatchObject({ totalCount: 2, rewrittenCount: 2 });
  const { items } = (await api.ask('GET', '/api/tenants/beta/services')).body;
  expect(items).toMatchObject([{ version: 'v1', isPinned: true }]);
  await expectSameState();
  expect((await rollBack(body)).status).toBe(428);
});

test('a request that differs is no confirmation, and neither is a plan that has drifted', async () => {
  await makeService('drift');
  await assign('acme', 'drift', 'v2');
  const body = { serviceId: 'drift', fromVersion: 'v2', toVersion: 'v1', affectedTenants: ['acme', 'beta'] };
  const { planToken } = (await rollBack(body)).body.plan;
  expect((await rollBack({ ...body, reason: 'other words' })).status).toBe(428);
  expect((await rollBack({ ...body, toVersion: 'v3', planToken })).body.code).toBe('PLAN_TOKEN_INVALID');
  await assign('beta', 'drift', 'v2');
  expect((await rollBack({ ...body, planToken })).body.code).toBe('PLAN_STALE');
  const again = await rollBack(body);
  expect([again.status, again.body.plan.affectedCount]).toEqual([428, 2]);
  expect((await rollBack({ ...body, planToken: again.body.plan.planToken })).body.affectedCount).toBe(2);
});

test('with a bound on the tenants affected it goes in one call, with a key it goes once', async () => {
  await makeService('bound');
  for (const tenant of ['acme', 'beta']) await assign(tenant, 'bound', 'v2');
  const body = {
    serviceId: 'bound',
    fromVersion: 'v2',
    toVersion: 'v1',
    scope: { kind: 'service' },
    operatorId: 'night',
  };
  expect((await rollBack({ ...body, maxAffected: 1 })).status).toBe(428);
  const headers = { 'Idempotency-Key': 'once' };
  const done = await rollBack({ ...body, maxAffected: 2 }, headers);
  expect([done.status, done.body.affectedCount]).toEqual([200, 2]);
  const again = await rollBack({ ...body, maxAffected: 2 }, headers);
  expect([again.body, again.headers.get('idempotency-replayed')]).toEqual([done.body, 'true']);
  const holds = holdPageSchema.parse((await api.ask('GET', '/api/holds?serviceId=bound')).body);
  expect(holds.items).toMatchObject([{ id: done.body.rollbackId, operatorId: 'night', createdBy: { name: 'admin' } }]);

  // At night the same is said twice: it succeeds, and says so in the plan and in the answer.
  const said = [{ code: 'ALREADY_HELD', message: expect.stringContaining(done.body.rollbackId) }];
  const planned = await rollBack(body);
  expect([planned.status, planned.body.plan.warnings]).toEqual([428, said]);
  const second = await rollBack({ ...body, maxAffected: 2 });
  expect([second.status, second.body.affectedCount, second.body.warnings]).toEqual([200, 0, said]);
});

test('a held version does not come back by assignment, default or rule, until the hold is lifted by plan', async () => {
  await makeService('stay');
  const body = { serviceId: 'stay', fromVersion: 'v2', toVersion: 'v1', scope: { kind: 'service' }, maxAffected: 0 };
  const { rollbackId } = (await rollBack(body)).body;
  await settled(rollbackId);
  await assign('acme', 'stay', 'v2', { pinned: true });
  await api.ask('PATCH', '/api/services/stay', { defaultVersion: 'v2' });
  const rule = { id: 'all', name: 'All', target: { kind: 'version', version: 'v2' } };
  await api.ask('PUT', '/api/services/stay/rules/draft', { rules: [rule] });
  expect((await api.ask('POST', '/api/services/stay/rules/draft/publish', {})).status).toBe(200);
  expect([await versionOf('acme', 'stay'), await versionOf('beta', 'stay')]).toEqual(['v1', 'v1']);

  const target = `/api/holds/${rollbackId}/lift`;
  const refused = await api.ask('POST', target, { reason: 'mended' });
  expect([refused.status, refused.body.code]).toEqual([428, 'PRECONDITION_REQUIRED']);
  const plan = liftPlanSchema.parse(refused.body.plan);
  expect(plan.byMove).toEqual([{ fromVersion: 'v1', toVersion: 'v2', tenantCount: 3 }]);
  expect((await api.ask('POST', target, { reason: 'mended' })).status).toBe(428);
  const lifted = await api.ask('POST', target, { reason: 'mended', planToken: plan.planToken });
  expect(lifted.body).toMatchObject({ affectedCount: 3, hold: { isActive: false, liftReason: 'mended' } });
  expect(await versionOf('acme', 'stay')).toBe('v2');
  expect((await api.ask('POST', target, { reason: 'again' })).body.code).toBe('HOLD_LIFTED');
  expect(await lastChange('hold.lifted')).toMatchObject({
    reason: 'mended',
    items: [{ key: rollbackId, after: null }],
  });
  const active = (await api.ask('GET', '/api/holds?serviceId=stay&isActive=true')).body.items;
  const past = (await api.ask('GET', '/api/holds?serviceId=stay&isActive=false&tenantId=acme&version=v1')).body.items;
  expect([active.length, past.length]).toEqual([0, 1]);
  await expectSameState();
});

test('chains are followed, circles refused with their path, and a rollback of a rollback needs a word', async () => {
  await makeService('chain');
  await assign('gamma', 'chain', 'v3');
  const go = (fromVersion: string, toVersion: string, further = {}) =>
    rollBack({
      serviceId: 'chain',
      fromVersion,
      toVersion,
      scope: { kind: 'tag', tag: 'vip' },
      maxAffected: 9,
      ...further,
    });
  const first = (await go('v3', 'v2')).body.rollbackId;
  const circle = await go('v2', 'v3');
  expect([circle.status, circle.body.code, circle.body.path]).toEqual([409, 'HOLD_CYCLE', ['v2', 'v3', 'v2']]);
  const second = await go('v2', 'v1');
  expect([second.body.code, second.body.references]).toEqual([
    'ROLLBACK_OF_ROLLBACK',
    [{ kind: 'hold', holdId: first }],
  ]);
  expect((await go('v2', 'v1', { allowRollbackOfRollback: true })).body.affectedCount).toBe(1);
  expect(await versionOf('gamma', 'chain')).toBe('v1');
  await assign('gamma', 'chain', 'v3');
  expect(await versionOf('gamma', 'chain')).toBe('v1');
});

test('a version that a hold leads to is not retired', async () => {
  await makeService('kept');
  await assign('acme', 'kept', 'v3');
  const body = { serviceId: 'kept', fromVersion: 'v2', toVersion: 'v1', scope: { kind: 'version' }, maxAffected: 0 };
  const { rollbackId } = (await rollBack(body)).body;
  const retire = (version: string) => api.ask('PATCH', `/api/services/kept/versions/${version}`, { status: 'retired' });
  const refused = await retire('v1');
  expect([refused.status, refused.body.code]).toEqual([409, 'VERSION_REFERENCED']);
  expect(refused.body.references).toMatchObject([{ kind: 'hold', serviceId: 'kept', id: rollbackId, as: 'to' }]);
  expect((await retire('v2')).status).toBe(200);
});

test('a rollback is undone as one change: the hold goes, and what bookkeeping wrote is written back', async () => {
  await makeService('undo');
  for (const tenant of ['acme', 'beta']) await assign(tenant, 'undo', 'v2');
  const body = { serviceId: 'undo', fromVersion: 'v2', toVersion: 'v1', scope: { kind: 'version' }, maxAffected: 2 };
  const { rollbackId } = (await rollBack(body)).body;
  await settled(rollbackId);
  await assign('beta', 'undo', 'v3');
  const target = `/api/emergency/rollbacks/${rollbackId}/undo`;
  const { plan } = (await api.ask('POST', target, { reason: 'false alarm' })).body;
  expect(plan).toMatchObject({ affectedCount: 1, restoredCount: 1, keptCount: 1 });
  expect(plan.moves).toMatchObject([{ tenantId: 'acme', fromVersion: 'v1', toVersion: 'v2' }]);
  const undone = await api.ask('POST', target, { reason: 'false alarm', planToken: plan.planToken });
  expect(undone.body).toMatchObject({ restoredCount: 1, hold: { isActive: false } });
  expect(await lastChange('rollback.undone')).toMatchObject({ itemCount: 2, reason: 'false alarm' });
  expect([await versionOf('acme', 'undo'), await versionOf('beta', 'undo')]).toEqual(['v2', 'v3']);
  await settled(rollbackId, 'undone');
  await expectSameState();
});

test('a running experiment that leads to the version is stopped with the rollback, in the same change', async () => {
  await makeService('tried');
  await assign('acme', 'tried', 'v1');
  const variants = [
    { name: 'a', version: 'v1', weight: 0 },
    { name: 'b', version: 'v2', weight: 10_000 },
  ];
  await api.ask('POST', '/api/services/tried/experiments', {
    id: 'x',
    isRunning: true,
    unit: { by: 'tenant' },
    variants,
  });
  expect(await versionOf('acme', 'tried')).toBe('v2');
  const body = { serviceId: 'tried', fromVersion: 'v2', toVersion: 'v1', scope: { kind: 'service' } };
  const plan = (await api.ask('POST', '/api/emergency/rollback/plan', body)).body;
  expect(plan).toMatchObject({ affectedCount: 3, preempted: [{ kind: 'experiment', id: 'x' }] });
  expect(plan.alsoReachedBy).toMatchObject([{ kind: 'experiment', experimentId: 'x', variant: 'b' }]);
  const done = await rollBack({ ...body, planToken: plan.planToken });
  expect(done.body.preempted).toMatchObject([{ kind: 'experiment', serviceId: 'tried', id: 'x' }]);
  expect((await api.ask('GET', '/api/services/tried/experiments/x')).body.state).toBe('stopped');
  expect((await lastChange('hold.created')).items).toMatchObject([{ entity: 'hold' }, { entity: 'experiment' }]);
  expect(await versionOf('acme', 'tried')).toBe('v1');
  await expectSameState();
});

test('what cannot be rolled back is refused by name, and unknown tenants are left out by name', async () => {
  await makeService('names', ['v1', 'v2', 'v0']);
  await api.ask('PATCH', '/api/services/names/versions/v0', { status: 'retired' });
  const body = { serviceId: 'names', fromVersion: 'v2', toVersion: 'v1', affectedTenants: ['acme', 'nobody'] };
  const plan = async (further: object) =>
    (await api.ask('POST', '/api/emergency/rollback/plan', { ...body, ...further })).body;
  expect((await plan({})).leftOut).toMatchObject([{ tenantId: 'nobody', code: 'TENANT_UNKNOWN' }]);
  expect((await plan({ affectedTenants: ['nobody'] })).code).toBe('TENANT_UNKNOWN');
  expect((await plan({ serviceId: 'nothing' })).code).toBe('SERVICE_UNKNOWN');
  expect((await plan({ fromVersion: 'v9' })).code).toBe('VERSION_UNKNOWN');
  expect((await plan({ toVersion: 'v0' })).code).toBe('VERSION_RETIRED');
  expect((await plan({ scope: { kind: 'service' } })).code).toBe('VALIDATION_FAILED');
  const { affectedTenants: _, ...nobody } = body;
  expect((await api.ask('POST', '/api/emergency/rollback/plan', nobody)).body.code).toBe('VALIDATION_FAILED');
});
