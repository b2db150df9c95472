import { type AddressInfo, createServer } from 'node:net';
import { type RegisterInstance, redisKeys, registerInstanceSchema } from '@grey/contracts';
import { needsRedis, type RunningRedis, startRedis, startRedisCluster } from '@grey/testkit';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { describeRegistryContract } from './testing/registry-contract.ts';
import { FakeReplicas, startReplica, type TestReplica } from './testing/start-replica.ts';

const LIMIT = { timeout: 15_000, interval: 20 };
const until = (check: () => unknown) => vi.waitFor(check, LIMIT);

const request = (over: Record<string, unknown> = {}): RegisterInstance =>
  registerInstanceSchema.parse({
    serviceId: 'payment',
    instanceId: 'p1',
    version: 'v1',
    address: '127.0.0.1:9000',
    ...over,
  });

describe('the registry over Redis', needsRedis(), () => {
  let redis: RunningRedis;
  let client: Redis;
  let replicas: FakeReplicas;
  let running: TestReplica[];

  const start = async (id: string) => {
    const replica = await startReplica({ redisUrl: redis.url, id, replicas });
    running.push(replica);
    return replica;
  };
  const routedAt = (replica: TestReplica, serviceId = 'payment') => replica.router.routed(serviceId);

  beforeAll(async () => {
    redis = await startRedis();
    client = new Redis(redis.url, { retryStrategy: () => 50, maxRetriesPerRequest: null });
    client.on('error', () => {});
  });
  afterAll(async () => {
    client?.disconnect();
    await redis?.stop();
  });
  beforeEach(async () => {
    if (!redis.isRunning()) await redis.restart();
    await client.flushall();
    replicas = new FakeReplicas();
    running = [];
  });
  afterEach(async () => {
    for (const replica of running) await replica.stop();
  });

  describe('as an instance sees it', () => {
    describeRegistryContract(() => startReplica({ redisUrl: redis.url, replicas }));
  });

  it('makes an instance that registers at one replica live on all', async () => {
    const [a, b] = [await start('a'), await start('b')];
    await a.service.register(request());
    await until(() => expect(routedAt(b)).toEqual(['p1 v1 unknown']));
    const shown = await b.service.list('payment');
    expect(shown.items[0]).toMatchObject({ instanceId: 'p1', source: 'builtin', ttlMs: 15_000 });
  });

  it('takes a heartbeat at a replica that has not heard of the instance yet', async () => {
    const [a, b] = [await start('a'), await start('b')];
    await a.service.register(request());
    expect((await b.service.heartbeat('p1')).address).toBe('127.0.0.1:9000');
    await expect(b.service.heartbeat('p2')).rejects.toThrow('INSTANCE_UNKNOWN');
  });

  it('keeps an instance whose heartbeats come to another replica than its registration', async () => {
    const [a, b] = [await start('a'), await start('b')];
    await a.service.register(request({ ttlMs: 1_000 }));
    let beatCount = 0;
    const beat = () => b.service.heartbeat('p1').then(() => beatCount++);
    const beats = setInterval(() => void beat().catch(() => {}), 100);
    const lost: string[] = [];
    a.registry.onChanged((service) => service.instanceCount === 0 && lost.push('lost'));
    try {
      // More than twice the time to live.
      await until(() => expect(beatCount).toBeGreaterThan(25));
      expect(lost).toEqual([]);
      expect(routedAt(a)).toEqual(['p1 v1 unknown']);
    } finally {
      clearInterval(beats);
    }
    await until(() => expect([routedAt(a), routedAt(b)]).toEqual([[], []]));
  });

  it('takes an overdue instance out by another replica when its owner has died', async () => {
    const [a, b] = [await start('a'), await start('b')];
    await a.service.register(request({ ttlMs: 1_000 }));
    await until(() => expect(routedAt(b)).toHaveLength(1));
    await a.stop();
    await until(() => expect(routedAt(b)).toEqual([]));
    expect(await client.zcard(redisKeys.discoveryLeases)).toBe(0);
  });

  it('merges what several replicas write to one service at once, and counts each', async () => {
    const [a, b] = [await start('a'), await start('b')];
    const ids = Array.from({ length: 40 }, (_, at) => `p${at + 10}`);
    await Promise.all(
      ids.map((instanceId, at) =>
        (at % 2 === 0 ? a : b).service.register(request({ instanceId, version: `v${(at % 3) + 1}` })),
      ),
    );
    for (const replica of [a, b]) await until(() => expect(routedAt(replica)).toHaveLength(40));
    const state = JSON.parse((await client.hget(redisKeys.discovery, 'payment'))!);
    expect(state).toMatchObject({ sequence: 40, instances: expect.any(Array) });
    await Promise.all(ids.map((id, at) => (at % 2 === 0 ? b : a).service.deregister(id)));
    for (const replica of [a, b]) await until(() => expect(routedAt(replica)).toEqual([]));
    expect(JSON.parse((await client.hget(redisKeys.discovery, 'payment'))!)).toMatchObject({ instances: [] });
  });

  it('does not give one id to two services at two replicas', async () => {
    const [a, b] = [await start('a'), await start('b')];
    const both = await Promise.allSettled([
      a.service.register(request()),
      b.service.register(request({ serviceId: 'order' })),
    ]);
    expect(both.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
    expect(String((both.find((one) => one.status === 'rejected') as PromiseRejectedResult).reason)).toContain(
      'INSTANCE_TAKEN',
    );
    for (const replica of [a, b]) {
      await until(() => expect([...routedAt(replica), ...routedAt(replica, 'order')]).toHaveLength(1));
    }
  });

  it('tells all replicas what the check of one found, and what an instance says of itself', async () => {
    const [a, b] = [await start('a'), await start('b')];
    const checked = request({ healthCheck: { endpoint: '/health' } });
    await a.service.register(checked);
    await until(() => expect(routedAt(b)).toHaveLength(1));
    expect([a.service.listChecked().length, b.service.listChecked().length]).toEqual([1, 0]);
    a.service.recordCheck(checked, { health: 'healthy', detail: 'HTTP 200' });
    await until(() => expect(routedAt(b)).toEqual(['p1 v1 healthy']));
    await b.service.heartbeat('p1', { health: 'degraded' });
    await until(() => expect(routedAt(a)).toEqual(['p1 v1 degraded']));
    expect((await b.service.list('payment')).items[0]?.healthCheck).toMatchObject({ detail: 'HTTP 200' });
    await b.service.heartbeat('p1', { inFlight: 3, latencyMs: 12.25 });
    await until(() => expect(a.registry.list('payment').items).toMatchObject([{ inFlight: 3, latencyMs: 12.25 }]));
  });

  it('brings everything back into a Redis that was emptied, without emptying a service meanwhile', async () => {
    const [a, b] = [await start('a'), await start('b')];
    await a.service.register(request());
    await b.service.register(request({ instanceId: 'p2', serviceId: 'order' }));
    for (const replica of [a, b]) await until(() => expect(routedAt(replica, 'order')).toHaveLength(1));
    const emptied: string[] = [];
    for (const { registry, id } of [a, b]) {
      registry.onChanged((service) => service.instanceCount === 0 && emptied.push(`${service.serviceId} at ${id}`));
    }
    await client.flushall();
    await until(async () => expect(await client.hkeys(redisKeys.discovery)).toHaveLength(2));
    await until(async () => expect(await client.zcard(redisKeys.discoveryLeases)).toBe(2));
    await until(async () => expect(await client.exists(redisKeys.serviceInstances('payment', 'v1'))).toBe(1));
    const c = await start('c');
    await until(() => expect([...routedAt(c), ...routedAt(c, 'order')]).toEqual(['p1 v1 unknown', 'p2 v1 unknown']));
    expect(emptied).toEqual([]);
  });

  it.each([
    ['the list', redisKeys.discovery],
    ['the sequences', redisKeys.discoverySequences],
    ['the events', redisKeys.discoveryEvents],
    ['the leases', redisKeys.discoveryLeases],
  ])('goes on when Redis has lost %s', async (_, key) => {
    const [a, b] = [await start('a'), await start('b')];
    await a.service.register(request());
    await until(() => expect(routedAt(b)).toHaveLength(1));
    await client.del(key);
    await b.service.register(request({ instanceId: 'p2' }));
    await a.service.heartbeat('p1');
    for (const replica of [a, b]) await until(() => expect(routedAt(replica)).toHaveLength(2));
    await until(async () => expect(await client.zcard(redisKeys.discoveryLeases)).toBe(2));
    const c = await start('c');
    await until(() => expect(routedAt(c)).toHaveLength(2));
  });

  it('goes on alone while Redis is away, and puts together what happened meanwhile', async () => {
    const [a, b] = [await start('a'), await start('b')];
    await a.service.register(request());
    await a.service.register(request({ instanceId: 'p2' }));
    await until(() => expect(routedAt(b)).toHaveLength(2));
    await redis.kill();
    await until(() => expect([a.sharing.isUp, b.sharing.isUp]).toEqual([false, false]));
    await a.service.register(request({ instanceId: 'p3' }));
    await b.service.register(request({ instanceId: 'p4' }));
    await b.service.deregister('p2');
    await a.service.heartbeat('p1');
    expect([routedAt(a).length, routedAt(b).length]).toEqual([3, 2]);
    await redis.restart();
    const expected = ['p1 v1 unknown', 'p3 v1 unknown', 'p4 v1 unknown'];
    for (const replica of [a, b]) await until(() => expect(routedAt(replica)).toEqual(expected));
  });

  it('takes out, while Redis is away, who is silent and refuses a connection, and nobody who accepts one', async () => {
    const server = createServer((socket) => socket.end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const living = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const a = await start('a');
    await redis.kill();
    await until(() => expect(a.sharing.isUp).toBe(false));
    await a.service.register(request({ instanceId: 'dead', address: '127.0.0.1:1', ttlMs: 1_000 }));
    await a.service.register(request({ instanceId: 'silent', address: living, ttlMs: 1_000 }));
    expect(routedAt(a)).toHaveLength(2);
    await until(() => expect(routedAt(a)).toEqual(['silent v1 unknown']));
    await new Promise((resolve) => server.close(resolve));
    await until(() => expect(routedAt(a)).toEqual([]));
  });

  it('writes sets of what may be routed to, and takes those of gone versions away', async () => {
    const a = await start('a');
    const set = (version: string) => client.smembers(redisKeys.serviceInstances('payment', version));
    await a.service.register(request());
    await a.service.register(request({ instanceId: 'p2', address: '127.0.0.1:9002' }));
    await a.service.register(request({ instanceId: 'p3', version: 'v2', address: '127.0.0.1:9003' }));
    await until(async () => expect((await set('v1')).sort()).toEqual(['127.0.0.1:9000', '127.0.0.1:9002']));
    expect(await client.ttl(redisKeys.serviceInstances('payment', 'v1'))).toBeGreaterThan(290);
    await a.service.heartbeat('p1', { health: 'degraded' });
    await until(async () => expect(await set('v1')).toEqual(['127.0.0.1:9002']));
    await a.service.heartbeat('p2', { health: 'unhealthy' });
    await until(async () => expect(await set('v1')).toEqual(['127.0.0.1:9000']));
    await a.service.deregister('p3');
    await until(async () => expect(await client.exists(redisKeys.serviceInstances('payment', 'v2'))).toBe(0));
    await until(async () =>
      expect(JSON.parse((await client.hget(redisKeys.discovery, 'payment'))!).versions).toEqual(['v1']),
    );
  });

  it('takes its old set back when it was stopped between reading and writing', async () => {
    const [a, b] = [await start('a'), await start('b')];
    await a.service.register(request());
    const set = () => client.smembers(redisKeys.serviceInstances('payment', 'v1'));
    await until(async () => expect(await set()).toEqual(['127.0.0.1:9000']));
    const write = vi.spyOn(b.redis!, 'writeSet');
    let goOn = () => {};
    const stopped = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    write.mockImplementationOnce(async (...args) => {
      await stopped;
      return b.redis!.writeSet(...args);
    });
    const writing = b.sets!.write('payment');
    await a.service.register(request({ address: '127.0.0.1:9009' }));
    await until(async () => expect(await set()).toEqual(['127.0.0.1:9009']));
    goOn();
    await writing;
    expect(await set()).toEqual(['127.0.0.1:9009']);
    expect(write.mock.calls.length).toBeGreaterThan(2);
  });
});

describe('the registry over a Redis Cluster', needsRedis(), () => {
  it('is shared and projected as over a single server', async () => {
    const cluster = await startRedisCluster();
    const replicas = new FakeReplicas();
    const [a, b] = [
      await startReplica({ redisUrl: cluster.url, id: 'a', replicas }),
      await startReplica({ redisUrl: cluster.url, id: 'b', replicas }),
    ];
    try {
      await a.service.register(request());
      await until(() => expect(b.router.routed('payment')).toEqual(['p1 v1 unknown']));
      const key = redisKeys.serviceInstances('payment', 'v1');
      const members = () => b.link!.runOnce((client) => client.smembers(key));
      await until(async () => expect(await members()).toEqual(['127.0.0.1:9000']));
      await b.service.deregister('p1');
      await until(() => expect(a.router.routed('payment')).toEqual([]));
      await until(async () => expect(await members()).toEqual([]));
      expect([...a.errors, ...b.errors]).toEqual([]);
    } finally {
      for (const replica of [a, b]) await replica.stop();
      await cluster.stop();
    }
  });
});
