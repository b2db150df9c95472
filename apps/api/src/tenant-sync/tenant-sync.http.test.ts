import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { startTestApi, type TestApi } from '../../test/start-test-api.ts';
import { makeTenants, startTenantService, type TenantService } from '../../test/tenant-service.ts';
import { bootApi, type RunningApi } from '../boot-api.ts';
import { Database } from '../infra/db/database.ts';
import { TenantSyncSchedule } from './tenant-sync-schedule.ts';

const PATIENCE = { timeout: 30_000, interval: 20 };
let service: TenantService;
let api: TestApi;

/** An API that follows the service and has taken its first list over, as it does by itself. */
async function start(tenants: unknown[]): Promise<void> {
  service = await startTenantService(tenants);
  api = await startTestApi(configOf(service));
  await vi.waitFor(async () => expect((await status()).runs).toHaveLength(1), PATIENCE);
}
async function stop(): Promise<void> {
  await api.close();
  await service.close();
}
const configOf = ({ url, token }: TenantService) => ({
  GREY_TENANT_SYNC_URL: url,
  GREY_TENANT_SYNC_TOKEN: token,
  GREY_TENANT_SYNC_INTERVAL_MS: 86_400_000,
});
const status = async () => (await api.ask('GET', '/api/tenant-sync')).body;
const run = async () => (await api.ask('POST', '/api/tenant-sync/run')).body;
const apply = (planToken: string, options?: Parameters<TestApi['ask']>[3]) =>
  api.ask('POST', '/api/tenant-sync/apply', { planToken }, options);
const lastChange = async () => (await api.ask('GET', '/api/changes?limit=1')).body.items[0];
const tenant = async (id: string) => (await api.ask('GET', `/api/tenants/${id}`)).body;
describe('a service with twenty tenants', () => {
  beforeEach(() => start(makeTenants(20)));
  afterEach(() => stop());

  test('is followed from the start, in one change by the system, and routers hear of it', async () => {
    expect(await status()).toMatchObject({
      isConfigured: true,
      where: `${service.url}/api/tenants`,
      state: 'ok',
      staleSince: null,
      error: null,
      counts: { created: 20, updated: 0, deleted: 0, rejected: 0 },
      pending: null,
      runs: [{ trigger: 'schedule', outcome: 'applied', actorName: 'tenant sync' }],
    });
    const change = await lastChange();
    expect(change).toMatchObject({
      kind: 'tenants.synced',
      itemCount: 20,
      actor: { kind: 'system', id: 'tenant-sync' },
    });
    expect((await status()).runs[0].changeId).toBe(change.id);
    expect(await tenant('t00001')).toMatchObject({ name: 'Tenant 1', tags: ['synced'], origin: 'sync' });
    const { body } = await api.ask('GET', '/health');
    expect([body.counts.tenants, body.status, body.parts['tenant-sync']]).toEqual([20, 'up', { status: 'up' }]);
    expect(JSON.stringify(await status())).not.toContain(service.token);
  });

  test('that says "not changed" costs one request and no change', async () => {
    const before = await lastChange();
    const result = await run();
    expect(result).toMatchObject({ outcome: 'unchanged', changeId: null, counts: { created: 0, unchanged: 20 } });
    expect(service.requests.at(-1)?.condition).toBeDefined();
    expect(service.requests).toHaveLength(2);
    expect(await lastChange()).toEqual(before);
    expect((await run()).counts).toEqual(result.counts);
  });

  test('has its changes taken over: fields, suspensions, and deletions with their assignments', async () => {
    await api.ask('POST', '/api/services', { id: 'svc' });
    await api.ask('POST', '/api/services/svc/versions', { version: '1.0.0' });
    await api.ask('PUT', '/api/tenants/t00002/services/svc', { targetVersion: '1.0.0' });
    const [first, , ...others] = makeTenants(20);
    service.tenants = [{ ...first, name: 'Renamed', status: 'suspended', region: 'eu' }, ...others];
    const result = await run();
    expect(result).toMatchObject({ outcome: 'applied', counts: { updated: 1, deleted: 1, unchanged: 18 } });
    expect(result.samples.updated).toEqual([
      { tenantId: 't00001', name: 'Tenant 1', fields: ['name', 'status', 'region'] },
    ]);
    const change = await lastChange();
    expect([change.id, change.itemCount]).toEqual([result.changeId, 3]);
    const { body } = await api.ask('GET', `/api/changes/${change.id}/items`);
    expect(body.items.map((item: { entity: string; key: string }) => [item.entity, item.key])).toEqual([
      ['tenant', 't00001'],
      ['tenant', 't00002'],
      ['assignment', 't00002/svc'],
    ]);
    expect(body.items[2]).toMatchObject({ before: { version: '1.0.0' }, after: null });
    expect((await tenant('t00002')).code).toBe('TENANT_UNKNOWN');
    expect(await tenant('t00001')).toMatchObject({ name: 'Renamed', status: 'suspended', region: 'eu' });
    const decided = async (tenantId: string) =>
      (await api.ask('POST', '/api/grey-router/route', { tenantId, serviceName: 'svc' })).body.code;
    expect([await decided('t00001'), await decided('t00002')]).toEqual(['TENANT_INACTIVE', 'TENANT_UNKNOWN']);
  });

  test('wins over an operator on what it names, though its list has not changed, and leaves the rest', async () => {
    await api.ask('PATCH', '/api/tenants/t00001', { name: 'By hand', tier: 'gold' });
    expect(await run()).toMatchObject({ outcome: 'applied', counts: { updated: 1, unchanged: 19 } });
    expect(await tenant('t00001')).toMatchObject({ name: 'Tenant 1', tier: 'gold' });
    expect((await run()).outcome).toBe('unchanged');
  });

  test('brings nobody back who was deleted here, and takes no tenant from an operator', async () => {
    await api.ask('DELETE', '/api/tenants/t00001');
    await api.ask('POST', '/api/tenants', { id: 'mine', name: 'Mine' });
    service.tenants.push({ id: 'mine', name: 'Theirs' });
    for (let time = 0; time < 2; time += 1) {
      const { counts, samples } = await run();
      expect(counts).toMatchObject({ created: 0, updated: 0, suppressed: 1, conflicts: 1, unchanged: 19 });
      expect(samples).toMatchObject({
        suppressed: [{ tenantId: 't00001', name: 'Tenant 1' }],
        conflicts: [{ tenantId: 'mine', name: 'Mine' }],
      });
    }
    expect((await tenant('t00001')).code).toBe('TENANT_UNKNOWN');
    expect(await tenant('mine')).toMatchObject({ name: 'Mine', origin: 'manual' });
  });

  test('with duplicates and rows that do not fit has these listed, their tenants kept, and the rest taken over', async () => {
    service.tenants = [
      { id: 't00001', name: '' },
      { id: 't00002', name: 'One' },
      { id: 't00002', name: 'Other' },
      ...makeTenants(20).slice(2),
      { id: 'new', name: 'New' },
    ];
    const { outcome, counts, samples } = await run();
    expect([outcome, counts]).toMatchObject(['applied', { created: 1, deleted: 0, rejected: 3, kept: 2 }]);
    expect(samples.rejected.map((one: { path: string }) => one.path)).toEqual([
      'page 1 items[0].name',
      'page 1 items[1]',
      'page 1 items[2]',
    ]);
    expect((await tenant('t00001')).name).toBe('Tenant 1');
    expect((await tenant('t00002')).name).toBe('Tenant 2');
  });

  test('that sends garbage or dies on its second page changes nothing, is stale, and recovers', async () => {
    const before = await lastChange();
    service.tenants = makeTenants(2);
    service.pageSize = 1;
    service.fault = (request, response) => {
      if (!request.url?.includes('cursor=1')) return false;
      response.writeHead(200, { 'content-length': 500 });
      response.write('{"items":[{"id"');
      setImmediate(() => response.destroy());
      return true;
    };
    expect(await run()).toMatchObject({ outcome: 'failed', counts: null, changeId: null });
    const { staleSince, state, error, counts } = await status();
    expect([state, counts.created]).toEqual(['stale', 20]);
    expect(error).toMatch(/^page 2 could not be read/);
    service.fault = (_, response) => {
      response.writeHead(200).end('<html>');
      return true;
    };
    expect((await run()).error).toBe('page 1 is no JSON');
    expect(await status()).toMatchObject({ state: 'stale', staleSince, error: 'page 1 is no JSON' });
    expect(await lastChange()).toEqual(before);
    service.fault = undefined;
    service.tenants = makeTenants(21);
    expect(await run()).toMatchObject({ outcome: 'applied', counts: { created: 1 } });
    expect(await status()).toMatchObject({ state: 'ok', staleSince: null, error: null });
  });

  test('in another form altogether is refused, not taken for a list of nobody', async () => {
    service.tenants = makeTenants(20).map(({ id, name }) => ({ key: id, label: name }));
    const { outcome, error } = await run();
    expect([outcome, error]).toEqual([
      'failed',
      expect.stringMatching(/^none of 20 rows fits; page 1 items\[0\]\.id: /),
    ]);
  });
});

describe('the guard', () => {
  beforeEach(() => start(makeTenants(20)));
  afterEach(() => stop());

  test('stops a mass deletion, raises an alert, and lets go of it by its token', async () => {
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
    expect((await api.ask('GET', '/metrics')).body).toContain('grey_router_tenant_sync_needs_confirmation 1\n');

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

  test('asks before an empty list takes the last tenants away', async () => {
    service.tenants = [];
    expect(await run()).toMatchObject({ outcome: 'needs_confirmation', plan: { counts: { deleted: 20 } } });
  });

  test.each([
    ['the list says something else', () => service.tenants.pop()],
    ['a tenant that would go was changed', () => api.ask('PATCH', '/api/tenants/t00020', { name: 'Busy' })],
    ['a tenant that would go is gone', () => api.ask('DELETE', '/api/tenants/t00020')],
  ])('does not apply a plan when %s', async (_, drift) => {
    service.tenants = makeTenants(10);
    const { planToken } = await run();
    await drift();
    const answer = await apply(planToken);
    expect([answer.status, answer.body.code]).toEqual([409, 'PLAN_STALE']);
    expect((await tenant('t00015')).name).toBe('Tenant 15');
    expect((await run()).outcome).toBe('needs_confirmation');
  });

  test('takes no token that was made up, of another person, or while the service is away', async () => {
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
    expect([away.status, away.body.code, away.body.detail]).toEqual([
      502,
      'TENANT_SOURCE_FAILED',
      'page 1 answered 404',
    ]);
    service.fault = undefined;
    expect((await apply(planToken)).body.outcome).toBe('applied');
  });

  test('gives the same answer to a repeated confirmation with an Idempotency-Key', async () => {
    service.tenants = makeTenants(10);
    const { planToken } = await run();
    const headers = { 'idempotency-key': 'confirm-once' };
    const first = await apply(planToken, { headers });
    const second = await apply(planToken, { headers });
    expect([first.body.outcome, second.body]).toEqual(['applied', first.body]);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
  });
});

test('ten thousand tenants come in one change, by pages, and a second time nothing is written', async () => {
  await start(makeTenants(10_000));
  try {
    expect((await status()).counts).toMatchObject({ created: 10_000, rejected: 0 });
    expect(service.requests).toHaveLength(20);
    expect(await lastChange()).toMatchObject({ kind: 'tenants.synced', itemCount: 10_000 });
    expect((await api.ask('GET', '/health')).body.counts.tenants).toBe(10_000);
    service.tenants = makeTenants(10_000).map((one, index) => (index % 10 === 0 ? { ...one, name: 'Tenth' } : one));
    expect(await run()).toMatchObject({ outcome: 'applied', counts: { updated: 1_000, unchanged: 9_000 } });
    expect((await run()).counts).toMatchObject({ updated: 0, unchanged: 10_000 });
    expect((await lastChange()).itemCount).toBe(1_000);
  } finally {
    await stop();
  }
});

test('a wrong token is said to be wrong, and is not shown', async () => {
  service = await startTenantService(makeTenants(3));
  api = await startTestApi({ ...configOf(service), GREY_TENANT_SYNC_TOKEN: 'a-wrong-secret' });
  try {
    await vi.waitFor(async () => expect((await status()).runs).toHaveLength(1), PATIENCE);
    const shown = await status();
    expect(shown).toMatchObject({ state: 'stale', lastGoodAt: null, counts: null });
    expect(shown.error).toContain('page 1 answered 401');
    expect(JSON.stringify(shown)).not.toContain('a-wrong-secret');
    const { body } = await api.ask('GET', '/metrics');
    expect(body).toContain('grey_router_tenant_sync_runs_total{outcome="failed"} 1\n');
    expect(Number(/^grey_router_tenant_sync_stale_seconds (\S+)$/m.exec(body)?.[1])).toBeGreaterThan(0);
  } finally {
    await stop();
  }
});

test('without a tenant-management service the sync is off, and that is no fault', async () => {
  const alone = await startTestApi();
  try {
    const { body } = await alone.ask('GET', '/api/tenant-sync');
    expect(body).toMatchObject({ isConfigured: false, where: null, state: 'off', runs: [], pending: null });
    expect((await alone.ask('POST', '/api/tenant-sync/run')).body.code).toBe('TENANT_SYNC_OFF');
    const health = (await alone.ask('GET', '/health')).body;
    expect([health.status, health.parts['tenant-sync']]).toEqual(['up', { status: 'off' }]);
    expect((await alone.ask('GET', '/metrics')).body).not.toContain('grey_router_tenant_sync_stale_seconds ');
  } finally {
    await alone.close();
  }
});

describe('two replicas', () => {
  let other: RunningApi;
  beforeAll(async () => {
    await start(makeTenants(20));
    other = await bootApi({ ...api.config, GREY_PORT: 0 });
  });
  afterAll(async () => {
    await other.close();
    await stop();
  });
  const askOther = async (method: string, path: string) => {
    const headers = { authorization: `Bearer ${api.adminToken}` };
    return (await fetch(`${other.url}${path}`, { method, headers })).json();
  };

  test('show the same, also one that was started later', async () => {
    const shown = (await askOther('GET', '/api/tenant-sync')) as { counts: object; runs: object[] };
    expect(shown).toEqual(await status());
    expect(shown.runs).toHaveLength(1);
  });

  test('do not both run: the second is told so', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const before = service.requests.length;
    service.fault = async () => {
      await held;
      return false;
    };
    const first = run();
    await vi.waitFor(() => expect(service.requests.length).toBe(before + 1), PATIENCE);
    expect(await askOther('POST', '/api/tenant-sync/run')).toMatchObject({ status: 409, code: 'TENANT_SYNC_RUNNING' });
    release();
    expect((await first).outcome).toBe('unchanged');
    expect(service.requests.length).toBe(before + 1);
    service.fault = undefined;
  });

  test('run once when it is time, though both look', async () => {
    const runs = (await status()).runs.length;
    await api.app.get(Database).run((client) => client.$executeRaw`UPDATE tenant_sync_state SET last_run_at = NULL`);
    const schedules = [api.app.get(TenantSyncSchedule), other.app.get(TenantSyncSchedule)];
    await Promise.all(schedules.map((schedule) => schedule.look()));
    await Promise.all(schedules.map((schedule) => schedule.look()));
    expect((await status()).runs).toHaveLength(runs + 1);
  });
});
