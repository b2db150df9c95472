import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { redisKeys, routerListSchema } from '@grey/contracts';
import { needsRedis, type RunningRedis, startRedis } from '@grey/testkit';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startTestApi, type TestApi } from '../../test/start-test-api.ts';
import { bootApi, type RunningApi } from '../boot-api.ts';

const ROUTE = '/api/grey-router/route';
const instance = { serviceId: 'pay', instanceId: 'pay-1', version: '1.0.0', address: '127.0.0.1:9', ttlMs: 60_000 };
const patience = { timeout: 20_000, interval: 50 };

/** Two replicas of the API on one database and one Redis. */
describe('two replicas', needsRedis(), () => {
  let redis: RunningRedis;
  let client: Redis;
  let first: TestApi;
  let second: RunningApi;
  const folder = mkdtempSync(path.join(tmpdir(), 'grey-replica-'));

  const askSecond = async (method: string, target: string, body?: unknown) => {
    const response = await fetch(`${second.url}${target}`, {
      method,
      headers: { authorization: `Bearer ${first.adminToken}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    // biome-ignore lint/suspicious/noExplicitAny: a test reads fields and compares them
    return { status: response.status, headers: response.headers, body: (await response.json()) as any };
  };
  const versionAtSecond = async () =>
    (await askSecond('POST', ROUTE, { tenantId: 'acme', serviceName: 'pay' })).body.version;
  const move = (targetVersion: string, query = '') =>
    first.ask('PUT', `/api/tenants/acme/services/pay${query}`, { targetVersion });

  beforeAll(async () => {
    redis = await startRedis();
    client = new Redis(redis.url, { lazyConnect: false });
    client.on('error', () => undefined);
    first = await startTestApi({ GREY_REDIS_URL: redis.url });
    second = await bootApi({ ...first.config, GREY_DATA_DIR: folder });
    await first.ask('POST', '/api/services', { id: 'pay' });
    for (const version of ['1.0.0', '2.0.0']) await first.ask('POST', '/api/services/pay/versions', { version });
    await first.ask('POST', '/api/tenants', { id: 'acme', name: 'Acme' });
    await first.ask('POST', '/api/registry/instances', instance);
    await first.ask('POST', '/api/registry/instances', { ...instance, instanceId: 'pay-2', version: '2.0.0' });
    await move('1.0.0', '?wait=converged');
  }, 60_000);
  afterAll(async () => {
    await second.close();
    await first.close();
    client.disconnect();
    await redis.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('know each other, and a change waits until both have it', async () => {
    await vi.waitFor(async () => {
      const { items, distribution } = routerListSchema.parse((await askSecond('GET', '/api/routers')).body);
      expect(distribution).toBe('redis');
      expect(items.map(({ behind }) => behind)).toEqual([0, 0]);
      expect(new Set(items.map(({ digest }) => digest)).size).toBe(1);
    }, patience);
    const moved = await move('2.0.0', '?wait=converged');
    expect(moved.headers.get('grey-convergence')).toMatch(/^applied=2, total=2, /);
    expect(await versionAtSecond()).toBe('2.0.0');
  });

  it('write the projection for readers in any language', async () => {
    await vi.waitFor(async () => {
      expect(await client.hgetall(redisKeys.tenantServices('acme'))).toEqual({ pay: '2.0.0' });
      expect(await client.hget(redisKeys.systemTenants, 'acme')).toBe('Acme');
      expect(await client.sismember(redisKeys.activeTenants, 'acme')).toBe(1);
    }, patience);
  });

  it('share the instances that registered at one of them', async () => {
    await vi.waitFor(async () => {
      const { items } = (await askSecond('GET', '/api/services/pay/instances')).body;
      expect(items.map((one: { instanceId: string }) => one.instanceId).sort()).toEqual(['pay-1', 'pay-2']);
    }, patience);
  });

  it('have rules, lanes and flags at once, and a replica that loads them afresh has the same', async () => {
    const versions = [{ serviceId: 'pay', version: '1.0.0' }];
    await first.ask('PUT', '/api/lanes/summer', {
      versions,
      entry: { when: { op: 'exists', operand: { from: 'tag' } } },
    });
    await first.ask('PUT', '/api/services/pay/versions/1.0.0/flags', { flags: [{ name: 'search', value: true }] });
    const when = { op: 'equals', operand: { from: 'header', name: 'x-beta' }, value: 'on' };
    const rules = [{ id: 'beta', name: 'Beta', when, target: { kind: 'version', version: '1.0.0' } }];
    await first.ask('PUT', '/api/services/pay/rules/draft', { rules });
    const published = await first.ask('POST', '/api/services/pay/rules/draft/publish?wait=converged', {});
    expect(published.headers.get('grey-convergence')).toMatch(/^applied=2, total=2, /);
    const requestMetadata = { headers: { 'X-Beta': 'on' } };
    const { body } = await askSecond('POST', ROUTE, { tenantId: 'acme', serviceName: 'pay', requestMetadata });
    expect(body).toMatchObject({ version: '1.0.0', reason: 'RULE', rule: 'beta', flags: { search: true } });
    const third = await bootApi({ ...first.config, GREY_DATA_DIR: path.join(folder, 'fresh') });
    await vi.waitFor(async () => {
      const { items } = routerListSchema.parse((await askSecond('GET', '/api/routers')).body);
      expect(items.map(({ behind }) => behind)).toEqual([0, 0, 0]);
      expect(new Set(items.map(({ digest }) => digest)).size).toBe(1);
    }, patience);
    await third.close();
  });

  it('go on when Redis was emptied, and Redis is whole again', async () => {
    await client.flushall();
    expect(await versionAtSecond()).toBe('2.0.0');
    await move('1.0.0');
    await vi.waitFor(async () => expect(await versionAtSecond()).toBe('1.0.0'), patience);
    await vi.waitFor(
      async () => expect(await client.hgetall(redisKeys.tenantServices('acme'))).toEqual({ pay: '1.0.0' }),
      patience,
    );
  });

  it('hear of changes by polling while Redis is away, and through it again afterwards', async () => {
    await redis.kill();
    expect((await move('2.0.0')).status).toBe(200);
    await vi.waitFor(async () => expect(await versionAtSecond()).toBe('2.0.0'), patience);
    const { body } = await askSecond('GET', '/api/routers');
    expect(body.distribution).toBe('redis_down');
    await redis.restart();
    await vi.waitFor(async () => {
      const { items, distribution } = routerListSchema.parse((await askSecond('GET', '/api/routers')).body);
      expect(distribution).toBe('redis');
      expect(items).toHaveLength(2);
    }, patience);
    await vi.waitFor(
      async () => expect(await client.hgetall(redisKeys.tenantServices('acme'))).toEqual({ pay: '2.0.0' }),
      patience,
    );
    const moved = await move('1.0.0', '?wait=converged');
    expect(moved.headers.get('grey-convergence')).toMatch(/^applied=2, total=2, /);
  });

  it('drop a replica that has gone from the list', async () => {
    const third = await bootApi({ ...first.config, GREY_DATA_DIR: path.join(folder, 'third') });
    await vi.waitFor(async () => expect((await first.ask('GET', '/api/routers')).body.items).toHaveLength(3), patience);
    await third.close();
    await vi.waitFor(async () => expect((await first.ask('GET', '/api/routers')).body.items).toHaveLength(2), patience);
  });
});
