import { redisKeys } from '@grey/contracts';
import { needsRedis, type RunningRedis, startRedis } from '@grey/testkit';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type FakeInstance, FakeRegistrySource } from './sources/fake-registry-source.ts';
import { FakeReplicas, startReplica, type TestReplica } from './testing/start-replica.ts';

const until = (check: () => unknown) => vi.waitFor(check, { timeout: 15_000, interval: 20 });

const at = (...lastBytes: number[]): FakeInstance[] =>
  lastBytes.map((byte) => ({ ip: `127.0.0.${byte}`, port: 1, metadata: { version: 'v1' } }));

describe('the sync of several replicas', needsRedis(), () => {
  let redis: RunningRedis;
  let client: Redis;
  let replicas: FakeReplicas;
  let running: TestReplica[];
  /** What the foreign registry holds; each replica reads it on a connection of its own. */
  let sources: FakeRegistrySource[];

  const start = async (id: string) => {
    const source = new FakeRegistrySource();
    sources.push(source);
    const replica = await startReplica({ redisUrl: redis.url, id, replicas, openSource: async () => source });
    running.push(replica);
    return { ...replica, source };
  };
  const setInstances = (serviceId: string, instances: FakeInstance[]) => {
    for (const source of sources) source.setInstances(serviceId, instances);
  };
  const routed = (replica: TestReplica, serviceId = 'payment') =>
    (replica.router.instances.get(serviceId) ?? []).map((one) => one.address.split(':')[0]).sort();

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
    sources = [];
  });
  afterEach(async () => {
    for (const replica of running) await replica.stop();
  });

  it('reads each service by one replica, and all know its instances', async () => {
    const [a, b] = [await start('a'), await start('b')];
    replicas.owners.set('payment', 'a').set('order', 'b');
    setInstances('payment', at(1, 2));
    setInstances('order', at(3));
    for (const replica of [a, b]) {
      await until(() => expect([routed(replica).length, routed(replica, 'order').length]).toEqual([2, 1]));
    }
    await until(() => expect([a, b].map(({ source }) => source.subscribedServices)).toEqual([['payment'], ['order']]));
    const { items } = await b.discovery.listServices();
    expect(items).toMatchObject([
      { serviceId: 'order', owner: 'b', inMemory: 1, inRedis: 1, inSource: 1, hasDrift: false },
      { serviceId: 'payment', owner: 'a', inMemory: 2, inRedis: 2, inSource: 2, hasDrift: false },
    ]);
    await until(async () => expect(await client.scard(redisKeys.serviceInstances('payment', 'v1'))).toBe(2));
  });

  it('goes on with another replica when the one that read has gone', async () => {
    const [a, b] = [await start('a'), await start('b')];
    setInstances('payment', at(1));
    await until(() => expect(routed(b)).toEqual(['127.0.0.1']));
    expect(b.source.subscribedServices).toEqual([]);
    await a.stop();
    setInstances('payment', at(1, 2));
    await until(() => expect(routed(b)).toEqual(['127.0.0.1', '127.0.0.2']));
    expect(b.source.subscribedServices).toEqual(['payment']);
  });

  it('never lets a replica that stood still write what it had read before', async () => {
    const [a, b] = [await start('a'), await start('b')];
    for (const { source } of [a, b]) vi.spyOn(source, 'subscribe').mockImplementation(() => () => {});
    setInstances('payment', at(1, 2, 3));
    await until(() => expect(routed(b)).toHaveLength(3));
    let goOn = () => {};
    const stopped = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const list = vi.spyOn(a.source, 'listInstances');
    const old = await a.source.listInstances('payment');
    let isHeld = false;
    list.mockImplementationOnce(async () => {
      isHeld = true;
      await stopped;
      return old;
    });
    await until(() => expect(isHeld).toBe(true));
    replicas.owners.set('payment', 'b');
    setInstances('payment', at(1, 2, 3, 4));
    await until(() => expect(routed(a)).toHaveLength(4));
    const shrunk: number[] = [];
    b.registry.onChanged((event) => event.instanceCount < 4 && shrunk.push(event.instanceCount));
    const asked = list.mock.calls.length;
    goOn();
    // It finds out that its list is old, and asks again.
    await until(() => expect(list.mock.calls.length).toBeGreaterThan(asked));
    await until(async () => expect((await a.discovery.listServices()).items[0]?.hasDrift).toBe(false));
    expect([routed(a).length, routed(b).length, shrunk]).toEqual([4, 4, []]);
  });

  it('lets every replica read for itself while Redis is away, and agrees when it is back', async () => {
    const [a, b] = [await start('a'), await start('b')];
    setInstances('payment', at(1, 2));
    await until(() => expect(routed(b)).toHaveLength(2));
    const emptied: string[] = [];
    for (const { registry, id } of [a, b]) registry.onChanged((event) => event.instanceCount === 0 && emptied.push(id));
    await redis.kill();
    await until(() => expect([a.sharing.isUp, b.sharing.isUp]).toEqual([false, false]));
    setInstances('payment', at(1, 3));
    for (const replica of [a, b]) await until(() => expect(routed(replica)).toEqual(['127.0.0.1', '127.0.0.3']));
    await redis.restart();
    await until(async () => {
      const { items } = await b.discovery.listServices();
      expect(items).toMatchObject([{ inMemory: 2, inRedis: 2, hasDrift: false }]);
    });
    expect([routed(a), routed(b), emptied]).toEqual([routed(b), ['127.0.0.1', '127.0.0.3'], []]);
  });

  it('shows what is not everywhere', async () => {
    const [a, b] = [await start('a'), await start('b')];
    setInstances('payment', at(1, 2));
    for (const replica of [a, b]) await until(() => expect(routed(replica)).toHaveLength(2));
    const gone = 'payment:127.0.0.1:1';
    b.registry.drop('payment', [gone]);
    const { items } = await b.discovery.listServices();
    expect(items[0]).toMatchObject({ hasDrift: true, drift: [{ instanceId: gone, missingIn: 'memory' }] });
  });
});
