import { promotionPlanSchema, retirementSchema, stragglerPageSchema, versionSchema } from '@grey/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../../test/start-test-api.ts';

let api: TestApi;
const tenants = ['acme', 'beta', 'core', 'dune'];
beforeAll(async () => {
  api = await startTestApi();
  for (const id of tenants)
    await api.ask('POST', '/api/tenants', { id, name: id, tags: id === 'core' ? [] : ['paying', id] });
});
afterAll(() => api.close());

const at = (service: string, version: string, rest = '') => `/api/services/${service}/versions/${version}${rest}`;
const retire = (service: string, version: string, body: object = {}) =>
  api.ask('POST', at(service, version, '/retire'), body);
const readRetirement = async (service: string, version: string) =>
  retirementSchema.parse((await api.ask('GET', at(service, version, '/retirement'))).body);
const assign = (tenant: string, service: string, targetVersion: string, pinned = false) =>
  api.ask('PUT', `/api/tenants/${tenant}/services/${service}/version`, { targetVersion, pinned });
const setDefault = (service: string, version: string) =>
  api.ask('PATCH', `/api/services/${service}`, { defaultVersions: [{ version, weight: 10_000 }] });
const versionOf = async (tenant: string, service: string) => {
  const { items } = (await api.ask('GET', `/api/tenants/${tenant}/services`)).body;
  return items.find((one: { serviceId: string }) => one.serviceId === service);
};

/** A service with v1, v2, v3; v1 is its default, and acme and beta (pinned) are assigned it. */
async function makeService(id: string): Promise<void> {
  await api.ask('POST', '/api/services', { id });
  for (const version of ['v1', 'v2', 'v3']) await api.ask('POST', `/api/services/${id}/versions`, { version });
  await setDefault(id, 'v1');
  await assign('acme', id, 'v1');
  await assign('beta', id, 'v1', true);
}

test('shows who and what is left on a version, and a plan that moves them as it is', async () => {
  await makeService('shop');
  const instance = { serviceId: 'shop', instanceId: 'shop-1', version: 'v1', address: '127.0.0.1:9', ttlMs: 300_000 };
  await api.ask('POST', '/api/registry/instances', instance);
  await api.ask('POST', '/api/grey-router/route', { tenantId: 'acme', serviceName: 'shop' });
  const retirement = await readRetirement('shop', 'v1');
  expect(retirement).toMatchObject({
    isRetirable: false,
    stragglers: { assignedCount: 2, pinnedCount: 1, defaultCount: 2, untaggedCount: 0 },
    instances: [{ instanceId: 'shop-1', source: 'builtin', isEnabled: true }],
    decisions: { isOn: true, sampleCount: 1, versionCount: 1 },
    successor: 'v2',
  });
  expect(retirement.stragglers.byTag[0]).toEqual({ tag: 'paying', tenantCount: 2 });
  expect(retirement.references.map(({ kind }) => kind)).toEqual(['assignments', 'default']);
  await setDefault('shop', 'v2');
  const plan = await api.ask('POST', '/api/assignments/plan', retirement.move);
  expect(plan.body.byService).toMatchObject([{ fromVersion: 'v1', toVersion: 'v2', tenantCount: 2 }]);
  const { planToken } = plan.body;
  expect((await api.ask('POST', '/api/assignments/apply', { planToken, plan: retirement.move })).status).toBe(200);
  const after = await readRetirement('shop', 'v1');
  expect([after.isRetirable, after.references, after.move, after.instanceCount]).toEqual([true, [], null, 1]);
});

test('pages the stragglers by tag and way, and shows a manager only their own', async () => {
  await makeService('pages');
  const list = async (query: string, token?: string) => {
    const target = at('pages', 'v1', `/stragglers${query}`);
    return stragglerPageSchema.parse((await api.ask('GET', target, undefined, token ? { token } : {})).body);
  };
  const first = await list('?limit=1');
  expect(first.items).toMatchObject([{ tenantId: 'acme', via: 'assignment', isPinned: false }]);
  const second = await list(`?limit=1&cursor=${first.nextCursor}`);
  expect(second).toMatchObject({ items: [{ tenantId: 'beta', isPinned: true }], nextCursor: null });
  expect((await list('?tag=beta')).items).toMatchObject([{ tenantId: 'beta' }]);
  expect((await list('?via=default')).items.map(({ tenantId }) => tenantId)).toEqual(['core', 'dune']);
  const password = 'a long enough password';
  await api.ask('POST', '/api/users', {
    username: 'mia',
    name: 'Mia',
    role: 'TENANT_MANAGER',
    tenantIds: ['beta'],
    password,
  });
  const change = { currentPassword: password, newPassword: 'another long password' };
  const changed = await api.ask('PUT', '/api/auth/password', change, { token: await api.login('mia', password) });
  const token = changed.body.accessToken;
  expect((await list('', token)).items).toMatchObject([{ tenantId: 'beta' }]);
  expect((await list('?via=default', token)).items).toEqual([]);
  const seen = (await api.ask('GET', at('pages', 'v1', '/retirement'), undefined, { token })).body;
  expect(seen.references[0].detail).toBe('2 tenant(s) are assigned it, 1 of them pinned: beta ….');
});

test('refuses while something refers to the version, naming it and what mends it; then retires it with one change', async () => {
  await makeService('used');
  const refused = await retire('used', 'v1');
  expect([refused.status, refused.body.code]).toEqual([409, 'VERSION_REFERENCED']);
  expect(refused.body.references).toMatchObject([
    { kind: 'assignments', count: 2, isBlocking: true, mend: expect.any(String) },
    { kind: 'default', count: 10_000, isBlocking: true, mend: expect.any(String) },
  ]);
  const stale = await api.ask('POST', at('used', 'v3', '/retire'), {}, { headers: { 'if-match': '"99"' } });
  expect(stale.body.code).toBe('PRECONDITION_FAILED');
  const done = await retire('used', 'v3', { reason: 'never went live' });
  expect(versionSchema.parse(done.body)).toMatchObject({ version: 'v3', status: 'retired' });
  expect((await retire('used', 'v3')).body.code).toBe('VERSION_RETIRED');
  const [change] = (await api.ask('GET', '/api/changes?serviceId=used&limit=1')).body.items;
  expect(change).toMatchObject({ kind: 'version.retired', reason: 'never went live', itemCount: 1 });
});

test('a retired version is no target anywhere, is still there to be seen, and comes back only with a reason', async () => {
  await makeService('gone');
  await retire('gone', 'v3');
  const targets = [{ serviceId: 'gone', targetVersion: 'v3' }];
  const rule = { id: 'r', name: 'r', target: { kind: 'version', version: 'v3' } };
  await api.ask('PUT', '/api/services/gone/rules/draft', { rules: [rule] });
  const attempts = [
    await assign('acme', 'gone', 'v3'),
    await api.ask('POST', '/api/assignments/plan', { selection: { kind: 'all' }, targets }),
    await setDefault('gone', 'v3'),
    await api.ask('PATCH', '/api/services/gone', { fallback: 'version', fallbackVersion: 'v3' }),
    await api.ask('POST', at('gone', 'v3', '/promote/plan'), { fromVersion: 'v1' }),
    await api.ask('PUT', '/api/lanes/dusk', { mode: 'strict', versions: [{ serviceId: 'gone', version: 'v3' }] }),
    await api.ask('POST', '/api/services/gone/experiments', {
      id: 'e',
      unit: { by: 'user' },
      variants: [
        { name: 'a', version: 'v1', weight: 5_000 },
        { name: 'b', version: 'v3', weight: 5_000 },
      ],
    }),
    await api.ask('POST', '/api/emergency/rollback/plan', {
      serviceId: 'gone',
      fromVersion: 'v1',
      toVersion: 'v3',
      scope: { kind: 'service' },
    }),
    await api.ask('POST', '/api/compatibility/solve', {
      selection: { kind: 'all' },
      targets: [{ serviceId: 'gone', version: 'v3' }],
    }),
  ];
  expect(attempts.map(({ body }) => body.code)).toEqual(attempts.map(() => 'VERSION_RETIRED'));
  const rules = await api.ask('POST', '/api/services/gone/rules/draft/publish', {});
  expect(rules.body.findings).toContainEqual(expect.objectContaining({ code: 'VERSION_RETIRED' }));
  expect((await api.ask('GET', at('gone', 'v3'))).body.status).toBe('retired');
  expect((await api.ask('POST', at('gone', 'v3', '/revive'), {})).body.errors).toMatchObject([{ path: 'body.reason' }]);
  expect((await api.ask('PATCH', at('gone', 'v3'), { status: 'active' })).body.errors).toMatchObject([
    { path: 'body.reason' },
  ]);
  const revived = await api.ask('POST', at('gone', 'v3', '/revive'), { reason: 'a customer needs it' });
  expect(revived.body).toMatchObject({ status: 'deprecated' });
  expect((await api.ask('POST', at('gone', 'v3', '/revive'), { reason: 'again' })).body.code).toBe(
    'VERSION_NOT_RETIRED',
  );
  expect((await assign('acme', 'gone', 'v3')).status).toBe(200);
});

test('of a retirement and those who assign the version at the same moment, one side is refused', async () => {
  await makeService('race');
  const assigning = tenants.flatMap((tenant) => [assign(tenant, 'race', 'v3'), assign(tenant, 'race', 'v2')]);
  const [retired, ...assigned] = await Promise.all([retire('race', 'v3'), ...assigning]);
  const refusals = assigned.filter(({ status }) => status !== 200).map(({ body }) => body.code);
  expect(refusals).toEqual(refusals.map(() => 'VERSION_RETIRED'));
  const { status, assignmentCount } = (await api.ask('GET', at('race', 'v3'))).body;
  if (retired?.status === 200) expect([status, assignmentCount]).toEqual(['retired', 0]);
  else expect([retired?.body.code, status]).toEqual(['VERSION_REFERENCED', 'active']);
});

test('a retirement is taken back by reverting it, and that too, unless the version is in use again', async () => {
  await makeService('back');
  await retire('back', 'v3');
  const revert = async () => {
    const [{ id }] = (await api.ask('GET', '/api/changes?serviceId=back&limit=1')).body.items;
    const plan = (await api.ask('POST', `/api/changes/${id}/revert/plan`, {})).body;
    const { planToken } = plan;
    const done = await api.ask('POST', `/api/changes/${id}/revert`, { planToken, reason: 'take it back' });
    return { plan, status: done.status };
  };
  const statusOf = async () => (await api.ask('GET', at('back', 'v3'))).body.status;
  expect((await revert()).status).toBe(200);
  expect(await statusOf()).toBe('active');
  expect((await revert()).status).toBe(200);
  expect(await statusOf()).toBe('retired');
  await api.ask('POST', at('back', 'v3', '/revive'), { reason: 'needed' });
  const { items } = (await api.ask('GET', '/api/changes?serviceId=back&limit=1')).body;
  await assign('core', 'back', 'v3');
  const plan = (await api.ask('POST', `/api/changes/${items[0].id}/revert/plan`, {})).body;
  expect(plan).toMatchObject({ counts: { writeCount: 0 }, refusals: [{ code: 'VERSION_REFERENCED' }] });
});

const plan = async (service: string, toVersion: string, body: object) => {
  const answer = await api.ask('POST', at(service, toVersion, '/promote/plan'), body);
  return promotionPlanSchema.parse(answer.body);
};

test('promotes a version in one change: default, whoever is left, and the end of the old one; and takes all of it back', async () => {
  await makeService('next');
  const body = { fromVersion: 'v1' };
  const planned = await plan('next', 'v2', body);
  expect(planned).toMatchObject({
    defaultBefore: [{ version: 'v1', weight: 10_000 }],
    defaultAfter: [{ version: 'v2', weight: 10_000 }],
    defaultCount: 2,
    summary: { moveCount: 2, refusedCount: 0 },
    pinnedCount: 1,
    references: [],
  });
  const { planToken } = planned;
  await assign('core', 'next', 'v1');
  const drifted = await api.ask('POST', at('next', 'v2', '/promote'), { ...body, planToken });
  expect(drifted.body.code).toBe('PLAN_STALE');
  const again = await plan('next', 'v2', body);
  const foreign = { ...body, retires: false, planToken: again.planToken };
  expect((await api.ask('POST', at('next', 'v2', '/promote'), foreign)).body.code).toBe('PLAN_TOKEN_INVALID');
  const done = await api.ask('POST', at('next', 'v2', '/promote'), { ...body, planToken: again.planToken });
  expect(done.body).toMatchObject({
    service: { defaultVersions: [{ version: 'v2', weight: 10_000 }] },
    version: { version: 'v1', status: 'retired', assignmentCount: 0 },
    movedCount: 3,
  });
  expect(await versionOf('beta', 'next')).toMatchObject({ version: 'v2', isPinned: true });
  const [change] = (await api.ask('GET', '/api/changes?serviceId=next&limit=1')).body.items;
  expect(change).toMatchObject({ id: done.body.changeId, kind: 'version.promoted', itemCount: 5 });
  const reverted = await api.ask('POST', `/api/changes/${change.id}/revert/plan`, {});
  const back = { planToken: reverted.body.planToken, reason: 'v2 is not ready' };
  expect((await api.ask('POST', `/api/changes/${change.id}/revert`, back)).body.counts).toMatchObject({
    writeCount: 5,
    refusedCount: 0,
  });
  expect((await api.ask('GET', at('next', 'v1'))).body).toMatchObject({ status: 'active', assignmentCount: 3 });
  const { body: service } = await api.ask('GET', '/api/services/next');
  expect(service.defaultVersions).toEqual([{ version: 'v1', weight: 10_000 }]);
});

test('a promotion that leaves something behind is not offered, and says what', async () => {
  await makeService('stuck');
  const rule = { id: 'old', name: 'old', target: { kind: 'version', version: 'v1' } };
  await api.ask('PUT', '/api/services/stuck/rules/draft', { rules: [rule] });
  await api.ask('POST', '/api/services/stuck/rules/draft/publish', {});
  const stuck = await plan('stuck', 'v2', { fromVersion: 'v1' });
  expect(stuck).toMatchObject({ planToken: null, references: [{ kind: 'rule', id: 'old' }] });
  const kept = await plan('stuck', 'v2', { fromVersion: 'v1', retires: false });
  expect([kept.planToken !== null, kept.references]).toEqual([true, []]);
});

test('a promotion asks the guards about the default and everybody who moves, and is all or nothing', async () => {
  await makeService('judged');
  const versions = [{ version: 'v1', compatibleWith: ['v3'], requires: [] }];
  expect((await api.ask('PUT', '/api/services/judged/compatibility', { versions })).status).toBe(200);
  const judged = await plan('judged', 'v2', { fromVersion: 'v1' });
  expect(judged.planToken).toBeNull();
  expect(judged.refusals.map(({ tenantId, code }) => [tenantId, code])).toEqual([
    ['acme', 'INCOMPATIBLE'],
    ['beta', 'INCOMPATIBLE'],
  ]);
  expect(judged.objections).toMatchObject([{ code: 'INCOMPATIBLE', tenantId: null }]);
  const fine = await plan('judged', 'v3', { fromVersion: 'v1' });
  const closed = [{ version: 'v1', compatibleWith: [], requires: [] }];
  await api.ask('PUT', '/api/services/judged/compatibility', { versions: closed });
  const late = await api.ask('POST', at('judged', 'v3', '/promote'), { fromVersion: 'v1', planToken: fine.planToken });
  expect([late.status, late.body.code]).toEqual([409, 'MOVE_REFUSED']);
  expect((await api.ask('GET', at('judged', 'v1'))).body).toMatchObject({ status: 'active', assignmentCount: 2 });
});

test('a freeze stands against a promotion until it is overridden, and the log says that it was', async () => {
  await makeService('frozen');
  const freeze = {
    title: 'Holidays',
    reason: 'nobody is here',
    scope: { serviceIds: ['frozen'] },
    startsAt: new Date(Date.now() - 60_000).toISOString(),
    endsAt: new Date(Date.now() + 3_600_000).toISOString(),
    recurrence: null,
  };
  expect((await api.ask('POST', '/api/freezes', freeze)).status).toBe(201);
  const refused = await plan('frozen', 'v2', { fromVersion: 'v1' });
  expect(refused.planToken).toBeNull();
  expect(refused.objections).toMatchObject([{ isOverridable: true }]);
  expect(refused.refusals).toMatchObject([{ tenantId: 'acme', isOverridable: true }, { tenantId: 'beta' }]);
  const body = { fromVersion: 'v1', override: { reason: 'v1 loses orders' } };
  const overridden = await plan('frozen', 'v2', body);
  expect(overridden.overridden).toHaveLength(3);
  const { planToken } = overridden;
  expect((await api.ask('POST', at('frozen', 'v2', '/promote'), { fromVersion: 'v1', planToken })).body.code).toBe(
    'PLAN_TOKEN_INVALID',
  );
  const done = await api.ask('POST', at('frozen', 'v2', '/promote'), { ...body, planToken });
  expect(done.body).toMatchObject({ movedCount: 2, version: { status: 'retired' } });
  const { items } = (await api.ask('GET', `/api/changes/${done.body.changeId}/items`)).body;
  expect(items.map((item: { entity: string }) => item.entity)).toContain('override');
});

test('a rollback whose version was retired since is undone without bringing it back', async () => {
  await makeService('undone');
  await setDefault('undone', 'v2');
  const body = {
    serviceId: 'undone',
    fromVersion: 'v1',
    toVersion: 'v2',
    scope: { kind: 'service' },
    reason: 'broken',
  };
  const { rollbackId } = (await api.ask('POST', '/api/emergency/rollback', { ...body, maxAffected: 9 })).body;
  await expect.poll(async () => (await readRetirement('undone', 'v1')).isRetirable, { timeout: 20_000 }).toBe(true);
  expect((await readRetirement('undone', 'v1')).references).toMatchObject([
    { kind: 'hold', id: rollbackId, as: 'from' },
    { kind: 'rollback', id: rollbackId, count: 2 },
  ]);
  expect((await retire('undone', 'v1')).status).toBe(200);
  const undo = (further: object) =>
    api.ask('POST', `/api/emergency/rollbacks/${rollbackId}/undo`, { reason: 'late', ...further });
  const { plan: offered } = (await undo({})).body;
  expect(offered).toMatchObject({ restoredCount: 0, keptCount: 2 });
  expect((await undo({ planToken: offered.planToken })).body).toMatchObject({ restoredCount: 0, keptCount: 2 });
  expect((await api.ask('GET', at('undone', 'v1'))).body).toMatchObject({ status: 'retired', assignmentCount: 0 });
});
