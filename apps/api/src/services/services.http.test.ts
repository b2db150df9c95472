import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../../test/start-test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
  await api.ask('POST', '/api/services', { id: 'pay', balancing: { slowStartMs: 5_000 } });
  for (const version of ['v1', 'v2', 'v3']) await api.ask('POST', '/api/services/pay/versions', { version });
});
afterAll(() => api.close());

const patch = (body: unknown) => api.ask('PATCH', '/api/services/pay', body);

test('keeps how instances are chosen, and shows it', async () => {
  expect((await api.ask('GET', '/api/services/pay')).body).toMatchObject({ balancing: { slowStartMs: 5_000 } });
  const balancing = { hashKey: { by: 'header', name: 'x-cart' }, affinity: { by: 'session' } };
  const answer = await patch({ balancer: 'consistent_hash', balancing });
  expect(answer.body).toMatchObject({ balancer: 'consistent_hash', balancing });
});

test('takes the fallback `version` only with a version that can be used', async () => {
  const without = await patch({ fallback: 'version' });
  expect([without.status, without.body.errors]).toMatchObject([400, [{ path: 'body.fallbackVersion' }]]);
  expect((await patch({ fallback: 'version', fallbackVersion: 'v9' })).body.code).toBe('VERSION_UNKNOWN');
  await api.ask('PATCH', '/api/services/pay/versions/v3', { status: 'retired' });
  expect((await patch({ fallback: 'version', fallbackVersion: 'v3' })).body.code).toBe('VERSION_RETIRED');
  const taken = await patch({ fallback: 'version', fallbackVersion: 'v2' });
  expect(taken.body).toMatchObject({ fallback: 'version', fallbackVersion: 'v2' });
  const removed = await patch({ fallbackVersion: null });
  expect([removed.status, removed.body.errors]).toMatchObject([400, [{ path: 'body.fallbackVersion' }]]);
  const retired = await api.ask('PATCH', '/api/services/pay/versions/v2', { status: 'retired' });
  expect([retired.body.code, retired.body.references]).toMatchObject([
    'VERSION_REFERENCED',
    expect.arrayContaining([expect.objectContaining({ kind: 'fallback', serviceId: 'pay', isBlocking: true })]),
  ]);
  expect((await patch({ fallback: 'fail', fallbackVersion: null })).body.fallbackVersion).toBeNull();
});

test('shows a split default without its buckets, which are not for people', async () => {
  const defaultVersions = [
    { version: 'v1', weight: 9_000 },
    { version: 'v2', weight: 1_000 },
  ];
  expect((await patch({ defaultVersions })).body.defaultVersions).toEqual(defaultVersions);
  expect((await api.ask('GET', '/api/services/pay')).body.defaultVersions).toEqual(defaultVersions);
});

test('shows the load that an instance reported with its heartbeat', async () => {
  const instance = { serviceId: 'pay', instanceId: 'pay-1', version: 'v1', address: '127.0.0.1:9', ttlMs: 300_000 };
  expect((await api.ask('POST', '/api/registry/instances', instance)).body).toMatchObject({ inFlight: null });
  const beat = (body: unknown) => api.ask('PUT', '/api/registry/instances/pay-1/heartbeat', body);
  expect((await beat({ inFlight: 12, latencyMs: 7.5 })).body).toMatchObject({ inFlight: 12, latencyMs: 7.5 });
  expect((await beat({ inFlight: -1 })).body.errors).toMatchObject([{ path: 'body.inFlight' }]);
  const { body } = await api.ask('GET', '/api/services/pay/instances');
  expect(body.items).toMatchObject([{ inFlight: 12, latencyMs: 7.5 }]);
});
