import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Following, followTenants, PATIENCE } from '../../test/follow-tenants.ts';
import { startTestApi } from '../../test/start-test-api.ts';
import { makeTenants } from '../../test/tenant-service.ts';
import { bootApi, type RunningApi } from '../boot-api.ts';
import { AdvisoryLock } from '../infra/db/advisory-lock.ts';
import { Database } from '../infra/db/database.ts';
import { TenantSyncStore } from './tenant-sync.store.ts';
import { TenantSyncSchedule } from './tenant-sync-schedule.ts';

let { api, service, status, run, stop } = {} as Following;
let other: RunningApi;
beforeAll(async () => {
  ({ api, service, status, run, stop } = await followTenants(makeTenants(20)));
  other = await bootApi({ ...api.config, GREY_PORT: 0, GREY_DATA_DIR: path.join(api.config.GREY_DATA_DIR, 'other') });
});
afterAll(async () => {
  await other.close();
  await stop();
});
const askOther = async (method: string, path: string) => {
  const headers = { authorization: `Bearer ${api.adminToken}` };
  return (await fetch(`${other.url}${path}`, { method, headers })).json();
};

test('two replicas show the same, also one that was started later, as one does that was started again', async () => {
  const shown = (await askOther('GET', '/api/tenant-sync')) as { counts: object; runs: object[] };
  expect(shown).toEqual(await status());
  expect(shown.runs).toHaveLength(1);
});

test('two replicas do not both run: the second is told so', async () => {
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

test('two replicas do not take a look at the clock for a run: whoever asks meanwhile is served', async () => {
  const lock = new AdvisoryLock(api.config.GREY_DATABASE_URL);
  const asked = vi.spyOn(api.app.get(TenantSyncStore), 'readState');
  const taken = await lock.tryRun('tenant-sync', async () => {
    const answer = run();
    await vi.waitFor(() => expect(asked).toHaveBeenCalled(), PATIENCE);
    return { answer };
  });
  expect(await taken?.result.answer).toMatchObject({ outcome: 'unchanged' });
});

test('two replicas do not wait for a run whose process died', async () => {
  const runs = (await status()).runs.length;
  const database = api.app.get(Database);
  await database.run((client) => client.$executeRaw`UPDATE tenant_sync_state SET run_sequence = run_sequence + 1`);
  await other.app.get(TenantSyncSchedule).look();
  await api.app.get(TenantSyncSchedule).look();
  expect((await status()).runs).toHaveLength(runs + 1);
});

test('two replicas run once when it is time, though both look', async () => {
  const runs = (await status()).runs.length;
  await api.app.get(Database).run((client) => client.$executeRaw`UPDATE tenant_sync_state SET last_run_at = NULL`);
  const schedules = [api.app.get(TenantSyncSchedule), other.app.get(TenantSyncSchedule)];
  await Promise.all(schedules.map((schedule) => schedule.look()));
  await Promise.all(schedules.map((schedule) => schedule.look()));
  expect((await status()).runs).toHaveLength(runs + 1);
});

test('ten thousand tenants come in one change, by pages, and a second time nothing is written', async () => {
  const { api, service, status, run, lastChange, stop } = await followTenants(makeTenants(10_000));
  try {
    expect((await status()).counts).toMatchObject({ created: 10_000, rejected: 0 });
    expect(service.requests).toHaveLength(20);
    expect(await lastChange()).toMatchObject({ kind: 'tenants.synced', itemCount: 10_000 });
    const routed = async () => (await api.ask('GET', '/health')).body.counts.tenants;
    await vi.waitFor(async () => expect(await routed()).toBe(10_000), PATIENCE);
    service.tenants = makeTenants(10_000).map((one, index) => (index % 10 === 0 ? { ...one, name: 'Tenth' } : one));
    expect(await run()).toMatchObject({ outcome: 'applied', counts: { updated: 1_000, unchanged: 9_000 } });
    expect((await run()).counts).toMatchObject({ updated: 0, unchanged: 10_000 });
    expect((await lastChange()).itemCount).toBe(1_000);
  } finally {
    await stop();
  }
});

test('a wrong token is said to be wrong, and is not shown', async () => {
  const { api, status, stop } = await followTenants(makeTenants(3), { token: 'a-wrong-secret' });
  try {
    const shown = await status();
    expect(shown).toMatchObject({ state: 'stale', lastGoodAt: null, counts: null });
    expect(shown.error).toContain('page 1 answered 401');
    expect(JSON.stringify(shown)).not.toContain('a-wrong-secret');
    await vi.waitFor(async () => {
      const { body } = await api.ask('GET', '/metrics');
      expect(body).toContain('grey_router_tenant_sync_runs_total{outcome="failed"} 1\n');
      expect(Number(/^grey_router_tenant_sync_stale_seconds (\S+)$/m.exec(body)?.[1])).toBeGreaterThan(0);
    }, PATIENCE);
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
