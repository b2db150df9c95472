import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Following, followTenants, PATIENCE } from '../../test/follow-tenants.ts';
import { makeTenants } from '../../test/tenant-service.ts';

let { api, service, status, run, lastChange, tenant, stop } = {} as Following;
beforeEach(async () => {
  ({ api, service, status, run, lastChange, tenant, stop } = await followTenants(makeTenants(20)));
});
afterEach(() => stop());

test('a service is followed from the start, in one change by the system, and routers hear of it', async () => {
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
  await vi.waitFor(async () => {
    const { body } = await api.ask('GET', '/health');
    expect([body.counts.tenants, body.status, body.parts['tenant-sync']]).toEqual([20, 'up', { status: 'up' }]);
  }, PATIENCE);
  expect(JSON.stringify(await status())).not.toContain(service.token);
});

test('a service that says "not changed" costs one request and no change', async () => {
  const before = await lastChange();
  const result = await run();
  expect(result).toMatchObject({ outcome: 'unchanged', changeId: null, counts: { created: 0, unchanged: 20 } });
  expect(service.requests.at(-1)?.condition).toBeDefined();
  expect(service.requests).toHaveLength(2);
  expect(await lastChange()).toEqual(before);
  expect((await run()).counts).toEqual(result.counts);
});

test('a service has its changes taken over: fields, suspensions, and deletions with their assignments', async () => {
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

test('a service wins over an operator on what it names, though its list has not changed, and leaves the rest', async () => {
  await api.ask('PATCH', '/api/tenants/t00001', { name: 'By hand', tier: 'gold' });
  expect(await run()).toMatchObject({ outcome: 'applied', counts: { updated: 1, unchanged: 19 } });
  expect(await tenant('t00001')).toMatchObject({ name: 'Tenant 1', tier: 'gold' });
  expect((await run()).outcome).toBe('unchanged');
});

test('a service brings nobody back who was deleted here, and takes no tenant from an operator', async () => {
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

test('a list with duplicates and rows that do not fit has these listed, their tenants kept, and the rest taken over', async () => {
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

test('a service that sends garbage or dies on its second page changes nothing, is stale, and recovers', async () => {
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

test('a list in another form altogether is refused, not taken for a list of nobody', async () => {
  service.tenants = makeTenants(20).map(({ id, name }) => ({ key: id, label: name }));
  const { outcome, error } = await run();
  expect([outcome, error]).toEqual(['failed', expect.stringMatching(/^none of 20 rows fits; page 1 items\[0\]\.id: /)]);
});
