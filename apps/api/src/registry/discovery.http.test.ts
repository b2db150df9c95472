import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { discoveryServiceListSchema, discoverySourceListSchema } from '@grey/contracts';
import { needsRedis, type RunningRedis, startRedis } from '@grey/testkit';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startTestApi, type TestApi } from '../../test/start-test-api.ts';
import { bootApi, type RunningApi } from '../boot-api.ts';

const until = (check: () => unknown) => vi.waitFor(check, { timeout: 30_000, interval: 50 });

const declare = async (api: TestApi) => {
  await api.ask('POST', '/api/services', { id: 'payment', name: 'Payment' });
  await api.ask('POST', '/api/services/payment/versions', { version: 'v1', ordinal: 1 });
};
const instance = (instanceId: string) => ({ serviceId: 'payment', instanceId, version: 'v1', address: '127.0.0.1:9' });

describe('discovery of a single process', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startTestApi();
    await declare(api);
  });
  afterAll(() => api?.close());

  it('shows the built-in registry, and that no Nacos is configured', async () => {
    await api.ask('POST', '/api/registry/instances', instance('p1'));
    const { status, body } = await api.ask('GET', '/api/discovery/sources');
    expect(status).toBe(200);
    expect(discoverySourceListSchema.parse(body).items).toMatchObject([
      { id: 'builtin', state: 'up', serviceCount: 1, instanceCount: 1 },
      { id: 'nacos', state: 'off', where: null, breaker: null },
    ]);
    const services = await api.ask('GET', '/api/discovery/services');
    expect(discoveryServiceListSchema.parse(services.body).items).toMatchObject([
      { serviceId: 'payment', inMemory: 1, inRedis: null, inSource: null, hasDrift: false },
    ]);
    expect((await api.ask('POST', '/api/discovery/sync')).status).toBe(200);
  });

  it('shows Nacos as off in its health, and counts instances by source', async () => {
    const { body } = await api.ask('GET', '/health');
    expect([body.status, body.parts.nacos]).toEqual(['up', { status: 'off' }]);
    expect((await api.ask('GET', '/metrics')).body).toContain('grey_router_registry_instances{source="builtin"} 1');
  });
});

describe('discovery with a Nacos that nobody can read', () => {
  let nacos: Server;
  let api: TestApi;
  beforeAll(async () => {
    nacos = createServer((_, res) => res.writeHead(500).end('caused by: nothing works'));
    await new Promise<void>((resolve) => nacos.listen(0, '127.0.0.1', resolve));
    const { port } = nacos.address() as AddressInfo;
    api = await startTestApi({ GREY_NACOS_URL: [`http://127.0.0.1:${port}`] });
    await declare(api);
  });
  afterAll(async () => {
    await api?.close();
    nacos?.closeAllConnections();
    await new Promise((resolve) => nacos?.close(resolve));
  });

  it('is ready all the same, degraded, and says since when it is stale', async () => {
    expect((await api.ask('GET', '/health/readiness')).status).toBe(200);
    await until(async () => {
      const { body } = await api.ask('GET', '/api/discovery/sources');
      expect(body.items[1]).toMatchObject({ state: 'stale', lastGoodAt: null, error: expect.stringContaining('500') });
      expect(Date.parse(body.items[1].staleSince)).toBeLessThanOrEqual(Date.now());
    });
    const { body } = await api.ask('GET', '/health');
    expect(body).toMatchObject({ status: 'degraded', parts: { nacos: { status: 'down' } } });
    expect(JSON.stringify(body.parts.nacos)).not.toContain('127.0.0.1');
    const metrics = (await api.ask('GET', '/metrics')).body as string;
    expect(Number(/grey_router_registry_stale_seconds\{source="nacos"\} (\S+)/.exec(metrics)?.[1])).toBeGreaterThan(0);
    expect(
      Number(/grey_router_registry_sync_failures_total\{source="nacos"\} (\d+)/.exec(metrics)?.[1]),
    ).toBeGreaterThan(0);
  });

  it('refuses to sync on demand, with the reason', async () => {
    const { status, body } = await api.ask('POST', '/api/discovery/sync');
    expect([status, body.code]).toEqual([503, 'SOURCE_UNAVAILABLE']);
    expect(body.detail).toContain('500');
  });
});

describe('discovery of two replicas', needsRedis(), () => {
  let redis: RunningRedis;
  let first: TestApi;
  let second: RunningApi;
  /** Asks the second replica, as the administrator whom the first has logged in. */
  const askSecond = async (method: string, target: string, body?: unknown) => {
    const response = await fetch(`${second.url}${target}`, {
      method,
      headers: { authorization: `Bearer ${first.adminToken}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  };
  beforeAll(async () => {
    redis = await startRedis();
    first = await startTestApi({ GREY_REDIS_URL: redis.url });
    second = await bootApi(first.config);
    await declare(first);
  });
  afterAll(async () => {
    await second?.close();
    await first?.close();
    await redis?.stop();
  });

  it('routes at one to what registered at the other', async () => {
    const [a, b] = [{ ask: first.ask }, { ask: askSecond }];
    await until(async () => expect((await b.ask('GET', '/api/services/payment')).status).toBe(200));
    expect((await a.ask('POST', '/api/registry/instances', instance('p1'))).status).toBe(201);
    expect((await b.ask('PUT', '/api/registry/instances/p1/heartbeat', { health: 'healthy' })).status).toBe(200);
    await until(async () => {
      const { body } = await b.ask('GET', '/api/services/payment/instances');
      expect(body.items).toMatchObject([{ instanceId: 'p1', health: 'healthy' }]);
    });
    await until(async () => {
      const services = await Promise.all([a, b].map((api) => api.ask('GET', '/api/discovery/services')));
      const owners = services.map(({ body }) => body.items[0].owner);
      expect(owners[0]).toBe(owners[1]);
      expect(services.map(({ body }) => body.replica)).toContain(owners[0]);
      for (const { body } of services)
        expect(body.items[0]).toMatchObject({ inMemory: 1, inRedis: 1, hasDrift: false });
    });
    expect((await b.ask('DELETE', '/api/registry/instances/p1')).status).toBe(204);
    await until(async () => expect((await a.ask('GET', '/api/services/payment/instances')).body.items).toEqual([]));
  });
});
