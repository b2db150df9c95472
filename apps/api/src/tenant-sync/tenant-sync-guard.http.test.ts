import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Following, followTenants, PATIENCE } from '../../test/follow-tenants.ts';
import { makeTenants } from '../../test/tenant-service.ts';

let { api, service, status, run, apply, lastChange, tenant, stop } = {} as Following;
beforeEach(async () => {
  ({ api, service, status, run, apply, lastChange, tenant, stop } = await followTenants(makeTenants(20)));
});
afterEach(() => stop());

test('the guard stops a mass deletion, raises an alert, and lets go of it by its token', async () => {
  const before = await lastChange();
  service.tenants = makeTenants(10);
  const asked = await run();
  expect(asked).toMatchObject({
    outcome: 'needs_confirmation',
    changeId: null,
    plan: { counts: { deleted: 10 }, affectedCount: 10, syncedCount: 20, limitCount: 5, share: 50, maxShare: 20 },
  });
  expect(await lastChange()).toEqual(before);
  const { pending, state, staleSince } = await status();
  expect([pending, state, typeof staleSince]).toEqual([asked.plan, 'needs_confirmation', 'string']);
  expect(JSON.stringify(await status())).not.toContain(asked.planToken);
  await vi.waitFor(async () => {
    const { body } = await api.ask('GET', '/health');
    expect([body.status, body.parts['tenant-sync'].detail]).toEqual(['degraded', 'waits for a confirmation']);
  }, PATIENCE);
  expect((await api.ask('GET', '/health/readiness')).status).toBe(200);
  const metrics = async () => (await api.ask('GET', '/metrics')).body;
  const isShown = async () => expect(await metrics()).toContain('grey_router_tenant_sync_needs_confirmation 1\n');
  await vi.waitFor(isShown, PATIENCE);

  const applied = await apply(asked.planToken);
  expect([applied.status, applied.body]).toMatchObject([200, { outcome: 'applied', counts: { deleted: 10 } }]);
  expect(await lastChange()).toMatchObject({
    id: applied.body.changeId,
    kind: 'tenants.synced',
    itemCount: 10,
    actor: { kind: 'user' },
  });
  expect(await status()).toMatchObject({ state: 'ok', pending: null, staleSince: null });
  expect((await apply(asked.planToken)).body.code).toBe('PLAN_STALE');
  expect((await run()).outcome).toBe('unchanged');
});

test('the guard asks before an empty list takes the last tenants away', async () => {
  service.tenants = [];
  expect(await run()).toMatchObject({ outcome: 'needs_confirmation', plan: { counts: { deleted: 20 } } });
});

test.each([
  ['the list says something else', () => service.tenants.pop()],
  ['a tenant that would go was changed', () => api.ask('PATCH', '/api/tenants/t00020', { name: 'Busy' })],
  ['a tenant that would go is gone', () => api.ask('DELETE', '/api/tenants/t00020')],
])('the guard does not apply a plan, and shows the new one, when %s', async (_, drift) => {
  service.tenants = makeTenants(10);
  const { planToken } = await run();
  await drift();
  const answer = await apply(planToken);
  expect([answer.status, answer.body.code]).toEqual([409, 'PLAN_STALE']);
  expect((await status()).runs[0]).toMatchObject({ trigger: 'apply', outcome: 'needs_confirmation' });
  expect((await tenant('t00015')).name).toBe('Tenant 15');
  expect((await run()).outcome).toBe('needs_confirmation');
});

test('the guard takes no token that was made up, of another person, or while the service is away', async () => {
  service.tenants = makeTenants(10);
  const { planToken } = await run();
  expect((await apply(`${planToken}x`)).body.code).toBe('PLAN_TOKEN_INVALID');
  const password = 'a password of the tests';
  await api.ask('POST', '/api/users', { username: 'two', name: 'Two', password, role: 'GREY_ROUTER_ADMIN' });
  const first = await api.login('two', password);
  const changed = { currentPassword: password, newPassword: `${password}!` };
  await api.ask('PUT', '/api/auth/password', changed, { token: first });
  const token = await api.login('two', `${password}!`);
  expect((await apply(planToken, { token })).body.code).toBe('PLAN_TOKEN_INVALID');
  service.fault = (__, response) => {
    response.writeHead(404).end();
    return true;
  };
  const away = await apply(planToken);
  expect([away.status, away.body.code, away.body.detail]).toEqual([502, 'TENANT_SOURCE_FAILED', 'page 1 answered 404']);
  service.fault = undefined;
  expect((await apply(planToken)).body.outcome).toBe('applied');
});

test('the guard gives the same answer to a repeated confirmation with an Idempotency-Key', async () => {
  service.tenants = makeTenants(10);
  const { planToken } = await run();
  const headers = { 'idempotency-key': 'confirm-once' };
  const first = await apply(planToken, { headers });
  const second = await apply(planToken, { headers });
  expect([first.body.outcome, second.body]).toEqual(['applied', first.body]);
  expect(second.headers.get('idempotency-replayed')).toBe('true');
});
