import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../../test/start-test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
  for (const id of ['a', 'b', 'c', 'd'])
    await api.ask('POST', '/api/tenants', { id, name: `Tenant ${id}`, tags: id === 'd' ? [] : ['wave'] });
  for (const id of ['pay', 'user']) {
    await api.ask('POST', '/api/services', { id });
    for (const version of ['1.0.0', '2.0.0', '3.0.0'])
      await api.ask('POST', `/api/services/${id}/versions`, { version });
  }
  await api.ask('PATCH', '/api/services/pay/versions/3.0.0', { status: 'retired' });
  await api.ask('PATCH', '/api/services/user/versions/1.0.0', { status: 'deprecated' });
});
afterAll(() => api.close());

const put = (cell: string, body: unknown, headers = {}) =>
  api.ask('PUT', `/api/tenants/${cell.replace('/', '/services/')}/version`, body, { headers });
const plan = (body: unknown, token?: string) =>
  api.ask('POST', '/api/assignments/plan', body, token === undefined ? {} : { token });
const apply = (body: unknown, key?: string) =>
  api.ask('POST', '/api/assignments/apply', body, key === undefined ? {} : { headers: { 'idempotency-key': key } });
const versionOf = async (tenantId: string, serviceId: string) => {
  const { body } = await api.ask('GET', `/api/tenants/${tenantId}/services`);
  return body.items.find((one: { serviceId: string }) => one.serviceId === serviceId).version;
};

test('each part that is unknown has its own code, and so has a retired version', async () => {
  expect((await put('nobody/pay', { targetVersion: '1.0.0' })).body.code).toBe('TENANT_UNKNOWN');
  expect((await put('a/nothing', { targetVersion: '1.0.0' })).body.code).toBe('SERVICE_UNKNOWN');
  expect((await put('a/pay', { targetVersion: '9.9.9' })).body.code).toBe('VERSION_UNKNOWN');
  const retired = await put('a/pay', { targetVersion: '3.0.0' });
  expect([retired.status, retired.body.code]).toEqual([409, 'VERSION_RETIRED']);
  expect(await versionOf('a', 'pay')).toBeNull();
});

test('a deprecated version may still be assigned', async () => {
  expect((await put('a/user', { targetVersion: '1.0.0' })).status).toBe(200);
});

test('the version PUT moves a cell, repeats as a no-op, and honours both preconditions', async () => {
  const first = await put('b/pay', { currentVersion: null, targetVersion: '1.0.0', pinned: true, reason: 'start' });
  expect(first.body).toMatchObject({ version: '1.0.0', isPinned: true, previousVersion: null, isChanged: true });
  expect(first.headers.get('etag')).toBe(first.body.etag);
  const again = await put('b/pay', { targetVersion: '1.0.0' });
  expect(again.body).toMatchObject({ isChanged: false, changeId: null, isPinned: true, etag: first.body.etag });
  const stale = await put('b/pay', { currentVersion: null, targetVersion: '2.0.0' });
  expect([stale.status, stale.body.code]).toEqual([412, 'PRECONDITION_FAILED']);
  expect(stale.body.current).toMatchObject({ tenantId: 'b', serviceId: 'pay', version: '1.0.0', isPinned: true });
  const moved = await put('b/pay', { targetVersion: '2.0.0' }, { 'if-match': first.body.etag });
  expect(moved.body).toMatchObject({ version: '2.0.0', previousVersion: '1.0.0', isPinned: true });
  const late = await put('b/pay', { targetVersion: '1.0.0' }, { 'if-match': first.body.etag });
  expect([late.status, late.body.current.version]).toEqual([412, '2.0.0']);
});

test('the shorter path does the same', async () => {
  const answer = await api.ask('PUT', '/api/tenants/c/services/user', { targetVersion: '2.0.0' });
  expect([answer.status, await versionOf('c', 'user')]).toEqual([200, '2.0.0']);
});

test('a plan moves whoever has the tag, skips who is there already, and applies as one change', async () => {
  const request = { selection: { kind: 'tag', tag: 'wave' }, targets: [{ serviceId: 'user', targetVersion: '2.0.0' }] };
  const { body: planned } = await plan(request);
  expect(planned.summary).toEqual({ moveCount: 2, noopCount: 1, refusedCount: 0, tenantCount: 2, serviceCount: 1 });
  expect(planned.moves.map((move: { tenantId: string }) => move.tenantId)).toEqual(['a', 'b']);
  const applied = await apply({ plan: request, planToken: planned.planToken, reason: 'wave 1' }, 'wave-1');
  expect([applied.status, applied.body.summary]).toEqual([200, planned.summary]);
  expect([await versionOf('a', 'user'), await versionOf('d', 'user')]).toEqual(['2.0.0', null]);
  const { body: items } = await api.ask('GET', `/api/changes/${applied.body.changeId}/items`);
  expect(items.items).toHaveLength(2);

  const replayed = await apply({ plan: request, planToken: planned.planToken, reason: 'wave 1' }, 'wave-1');
  expect(replayed.body).toEqual(applied.body);
  expect(replayed.headers.get('idempotency-replayed')).toBe('true');
  const other = await apply({ plan: request, planToken: planned.planToken, reason: 'other' }, 'wave-1');
  expect([other.status, other.body.code]).toEqual([409, 'IDEMPOTENCY_CONFLICT']);
});

test('a plan is stale once a cell it would move has moved, and nothing of it is applied', async () => {
  const request = { selection: { kind: 'all' }, targets: [{ serviceId: 'pay', targetVersion: '1.0.0' }] };
  const { body: planned } = await plan(request);
  await put('c/pay', { targetVersion: '2.0.0' });
  const applied = await apply({ plan: request, planToken: planned.planToken });
  expect([applied.status, applied.body.code]).toEqual([409, 'PLAN_STALE']);
  expect([await versionOf('a', 'pay'), await versionOf('c', 'pay')]).toEqual([null, '2.0.0']);
});

test('a plan survives changes elsewhere', async () => {
  const request = {
    selection: { kind: 'tenants', tenantIds: ['a'] },
    targets: [{ serviceId: 'pay', targetVersion: '1.0.0' }],
  };
  const { body: planned } = await plan(request);
  await put('d/user', { targetVersion: '3.0.0' });
  expect((await apply({ plan: request, planToken: planned.planToken })).status).toBe(200);
});

test('cells whose precondition fails are refused with yours and theirs; the others move', async () => {
  await put('a/pay', { targetVersion: '2.0.0' });
  await put('d/pay', { targetVersion: '2.0.0' });
  const request = {
    cells: [
      { tenantId: 'a', serviceId: 'pay', currentVersion: '1.0.0', targetVersion: '1.0.0' },
      { tenantId: 'd', serviceId: 'pay', currentVersion: '2.0.0', targetVersion: null },
      { tenantId: 'ghost', serviceId: 'pay', targetVersion: '1.0.0' },
    ],
  };
  const { body: planned } = await plan(request);
  expect(planned.summary).toMatchObject({ moveCount: 1, refusedCount: 2 });
  expect(planned.refusals).toMatchObject([
    { tenantId: 'a', code: 'PRECONDITION_FAILED', yours: '1.0.0', theirs: '2.0.0' },
    { tenantId: 'ghost', code: 'TENANT_UNKNOWN' },
  ]);
  expect((await apply({ plan: request, planToken: planned.planToken })).status).toBe(200);
  expect([await versionOf('a', 'pay'), await versionOf('d', 'pay')]).toEqual(['2.0.0', null]);
});

test('a plan token is good for its own request and caller only', async () => {
  const request = { cells: [{ tenantId: 'a', serviceId: 'pay', targetVersion: '1.0.0' }] };
  const { body: planned } = await plan(request);
  const otherRequest = { cells: [{ tenantId: 'b', serviceId: 'pay', targetVersion: '1.0.0' }] };
  const swapped = await apply({ plan: otherRequest, planToken: planned.planToken });
  expect([swapped.status, swapped.body.code]).toEqual([400, 'PLAN_TOKEN_INVALID']);
  const forged = `${planned.planToken.slice(0, -4)}AAAA`;
  expect((await apply({ plan: request, planToken: forged })).body.code).toBe('PLAN_TOKEN_INVALID');
});

test('a cell named twice is a fault of the request', async () => {
  const cell = { tenantId: 'a', serviceId: 'pay', targetVersion: '1.0.0' };
  expect((await plan({ cells: [cell, cell] })).body.code).toBe('VALIDATION_FAILED');
  const targets = [{ serviceId: 'pay', targetVersion: '1.0.0' }];
  const twice = await plan({ selection: { kind: 'tenants', tenantIds: ['a', 'a'] }, targets });
  expect([twice.status, twice.body.code]).toEqual([400, 'VALIDATION_FAILED']);
});

test('a version in use cannot be retired, and the answer lists who uses it', async () => {
  await api.ask('PATCH', '/api/services/user', { defaultVersions: [{ version: '3.0.0', weight: 10_000 }] });
  const refused = await api.ask('PATCH', '/api/services/user/versions/3.0.0', { status: 'retired' });
  expect([refused.status, refused.body.code]).toEqual([409, 'VERSION_REFERENCED']);
  expect(refused.body.references).toMatchObject([
    { kind: 'assignments', serviceId: 'user', count: 1, detail: expect.stringContaining('d') },
    { kind: 'default', serviceId: 'user', count: 10_000 },
  ]);
  const unknown = await api.ask('PATCH', '/api/services/pay', {
    defaultVersions: [{ version: '3.0.0', weight: 10_000 }],
  });
  expect(unknown.body.code).toBe('VERSION_RETIRED');
});

test('a manager sees and moves only the tenants on the list, in every view', async () => {
  const password = 'a long enough password';
  const user = { username: 'mia', name: 'Mia', role: 'TENANT_MANAGER', tenantIds: ['b'], password };
  expect((await api.ask('POST', '/api/users', user)).status).toBe(201);
  const first = await api.login('mia', password);
  const changed = await api.ask(
    'PUT',
    '/api/auth/password',
    { currentPassword: password, newPassword: 'another long password' },
    { token: first },
  );
  const token = changed.body.accessToken;
  const ids = (list: { id?: string; tenantId?: string }[]) => list.map((one) => one.id ?? one.tenantId);
  expect(ids((await api.ask('GET', '/api/tenants', undefined, { token })).body.items)).toEqual(['b']);
  const matrix = await api.ask('GET', '/api/assignments/matrix', undefined, { token });
  expect([ids(matrix.body.rows), matrix.body.totalCount]).toEqual([['b'], 1]);
  const foreign = await api.ask('PUT', '/api/tenants/a/services/pay', { targetVersion: '1.0.0' }, { token });
  expect([foreign.status, foreign.body.code]).toEqual([403, 'TENANT_FORBIDDEN']);
  const targets = [{ serviceId: 'pay', targetVersion: '1.0.0' }];
  const everyone = await plan({ selection: { kind: 'all' }, targets }, token);
  expect(ids(everyone.body.moves)).toEqual(['b']);
  const listed = await plan({ selection: { kind: 'tenants', tenantIds: ['a', 'b'] }, targets }, token);
  expect(listed.body.refusals).toMatchObject([{ tenantId: 'a', code: 'TENANT_FORBIDDEN' }]);
  const { body: log } = await api.ask('GET', '/api/changes?limit=1000', undefined, { token });
  const items = log.items.flatMap((change: { items: unknown[] }) => change.items);
  expect(items.length).toBeGreaterThan(0);
  for (const item of items) {
    expect(['b', null]).toContain(item.tenantId);
    expect(['user', 'api_key']).not.toContain(item.entity);
  }
  const bulk = log.items.find((change: { kind: string }) => change.kind === 'assignments.applied');
  expect(bulk.itemCount).toBe(1);
});
