import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DiscoveryService } from './discovery.service.ts';
import { InstanceRegistry } from './instance-registry.ts';
import { SoleSharing } from './instance-sharing.ts';
import { SoleReplica } from './live-replicas.ts';
import { probeTcp } from './probe-tcp.ts';
import { readSourceInstances } from './read-source-instances.ts';
import { RegistrySync } from './registry-sync.ts';
import { SourceGate } from './source-gate.ts';
import { FakeRegistrySource } from './sources/fake-registry-source.ts';
import { TcpWatch } from './tcp-watch.ts';
import { FakeRouter } from './testing/fake-router.ts';

const until = (check: () => unknown) => vi.waitFor(check, { timeout: 15_000, interval: 10 });

/** Times of the test, in ms; those of `decideSync` run on `clock`, which only the test moves. */
const TIMES = { interval: 300, retry: 50, check: 50, staleCheck: 50 };

describe('the sync with a foreign registry', () => {
  let source: FakeRegistrySource;
  let router: FakeRouter;
  let registry: InstanceRegistry;
  let gate: SourceGate;
  let sync: RegistrySync;
  let discovery: DiscoveryService;
  let timer: NodeJS.Timeout;
  let ahead: number;
  let probeCount = 0;
  const servers = new Map<number, Server>();
  const errors: string[] = [];
  /** Ports that somebody has connected to. */
  const reached = new Set<number>();

  const now = () => Date.now() + ahead;
  const ports = async (count: number) => {
    const opened: number[] = [];
    for (let at = 0; at < count; at++) {
      const server = createServer((socket) => socket.on('error', () => {}).end());
      server.on('connection', (socket) => reached.add(socket.localPort ?? 0));
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as AddressInfo;
      servers.set(port, server);
      opened.push(port);
    }
    return opened;
  };
  const kill = (port: number) => new Promise((resolve) => servers.get(port)?.close(resolve));
  const instances = (list: readonly number[], over: Record<string, unknown> = {}) =>
    list.map((port) => ({ ip: '127.0.0.1', port, metadata: { version: 'v1' }, ...over }));
  const routable = (serviceId = 'payment') =>
    (router.instances.get(serviceId) ?? [])
      .filter((one) => one.isEnabled && one.health !== 'unhealthy')
      .map((one) => Number(one.address.split(':')[1]))
      .sort((x, y) => x - y);
  const nacos = async () => (await discovery.listSources()).items.find((one) => one.id === 'nacos')!;

  beforeEach(() => {
    ahead = 0;
    source = new FakeRegistrySource();
    router = new FakeRouter();
    registry = new InstanceRegistry(router, now);
    gate = new SourceGate(async () => source, { now, breakMs: 100 });
    const sharing = new SoleSharing(registry);
    const replicas = new SoleReplica();
    sync = new RegistrySync({
      id: 'nacos',
      gate,
      watch: new TcpWatch({
        probe: (address, timeoutMs) => {
          probeCount++;
          return probeTcp(address, timeoutMs);
        },
      }),
      registry,
      sharing,
      replicas,
      hasService: (id) => router.hasService(id),
      serviceIdOf: (name) => (name.startsWith('eu-') ? name.slice(3) : undefined),
      sourceNameOf: (id) => `eu-${id}`,
      readListed: (id, listed, at) => readSourceInstances(id, listed, at, { source: 'nacos', baselineVersion: 'v0' }),
      onError: (error, what) => errors.push(`${what}: ${error}`),
      now,
      times: TIMES,
    });
    const where = 'http://nacos:8848 (public, DEFAULT_GROUP)';
    discovery = new DiscoveryService({ registry, sharing, replicas, nacos: { gate, sync, where } });
    timer = setInterval(() => sync.tick(), 10);
  });
  afterEach(async () => {
    clearInterval(timer);
    await sync.stop();
    for (const server of servers.values()) server.close();
    servers.clear();
    errors.length = 0;
  });

  it('brings in instances with what they declare, and takes out those that leave', async () => {
    const [a, b, c] = await ports(3);
    source.setInstances('eu-payment', [
      ...instances([a!], { weight: 2, metadata: { version: 'v2', region: 'eu', tags: 'x,y' } }),
      ...instances([b!, c!]),
    ]);
    await until(() => expect(routable()).toEqual([a, b, c].sort((x, y) => x! - y!)));
    const first = router.instances.get('payment')!.find((one) => one.version === 'v2');
    expect(first).toMatchObject({ weight: 200, region: 'eu', tags: ['x', 'y'], isEnabled: true, health: 'healthy' });
    source.setInstances('eu-payment', [...instances([a!]), ...instances([b!], { isEnabled: false })]);
    await until(() => expect(routable()).toEqual([a]));
    expect(registry.list('payment').items.find((one) => !one.isEnabled)).toMatchObject({
      source: 'nacos',
      ttlMs: null,
    });
  });

  it('leaves instances that registered here beside them', async () => {
    const [a] = await ports(1);
    registry.register({
      serviceId: 'payment',
      instanceId: 'own',
      version: 'v1',
      address: '127.0.0.1:1',
      metadata: { weight: 100, tags: [] },
      ttlMs: 300_000,
    });
    source.setInstances('eu-payment', instances([a!]));
    await until(() => expect(routable()).toEqual([1, a]));
    expect([registry.countOf('builtin'), registry.countOf('nacos')]).toEqual([1, 1]);
  });

  it('finds at the next full sync what no push has told', async () => {
    const [a, b] = await ports(2);
    vi.spyOn(source, 'subscribe').mockImplementation(() => () => {});
    source.setInstances('eu-payment', instances([a!]));
    await until(() => expect(routable()).toEqual([a]));
    source.setInstances('eu-payment', instances([a!, b!]));
    await until(() => expect(routable()).toHaveLength(2));
  });

  it('lists what it cannot use: services not in the catalogue, instances without a version', async () => {
    const [a, b] = await ports(2);
    source.setInstances('eu-payment', instances([a!], { metadata: {} }));
    source.setInstances('eu-unknown', instances([b!]));
    source.setInstances('us-payment', instances([b!]));
    await until(() => expect(router.instances.get('payment')?.[0]?.version).toBe('v0'));
    expect(await nacos()).toMatchObject({
      state: 'up',
      kind: 'fake',
      serviceCount: 3,
      instanceCount: 1,
      unmapped: ['eu-unknown', 'us-payment'],
      untagged: [{ serviceId: 'payment', version: 'v0' }],
      error: null,
      staleSince: null,
    });
    router.services.set('unknown', ['v1']);
    await until(() => expect(routable('unknown')).toEqual([b]));
  });

  it('does not let an empty list empty a live service; what still answers goes at the look 30 s later', async () => {
    const [a, b] = await ports(2);
    source.setInstances('eu-payment', instances([a!, b!]));
    await until(() => expect(routable()).toHaveLength(2));
    const lost = vi.fn();
    registry.onChanged((event) => event.instanceCount === 0 && lost());
    source.removeService('eu-payment');
    const asked = source.callCounts.listInstances;
    await until(() => expect(source.callCounts.listInstances).toBeGreaterThan(asked + 3));
    expect([routable().length, lost.mock.calls.length]).toEqual([2, 0]);
    ahead = 31_000;
    await until(() => expect(routable()).toEqual([]));
  });

  it('believes an empty list on the second look when nobody answers', async () => {
    const [a] = await ports(1);
    source.setInstances('eu-payment', instances([a!]));
    await until(() => expect(routable()).toHaveLength(1));
    // Somebody was reached from here before, so a refusal means something.
    await until(() => expect(reached).toContain(a));
    await kill(a!);
    source.setInstances('eu-payment', []);
    await until(() => expect(source.callCounts.listInstances).toBeGreaterThan(2));
    ahead = 3_000;
    await until(() => expect(registry.list('payment').items).toEqual([]));
  });

  it('keeps the last good list while the registry is down, takes out the dead by itself, and is back within an interval', async () => {
    const [a, b, c] = await ports(3);
    source.setInstances('eu-payment', instances([a!, b!]));
    await until(() => expect(routable()).toHaveLength(2));
    source.fail();
    await until(async () => expect(await nacos()).toMatchObject({ state: 'stale', instanceCount: 2 }));
    const stale = await nacos();
    expect(stale.staleSince).toBe(stale.lastGoodAt);
    expect(stale.error).toContain('told to fail');
    await until(async () => expect((await nacos()).breaker).toBe('open'));
    expect(routable()).toHaveLength(2);
    await kill(b!);
    await until(() => expect(routable()).toEqual([a]));
    expect(registry.list('payment').items).toHaveLength(2);
    source.setInstances('eu-payment', instances([a!, c!]));
    source.recover();
    await until(() => expect(routable()).toEqual([a, c].sort((x, y) => x! - y!)));
    const whole = { state: 'up', staleSince: null, error: null, breaker: 'closed' };
    await until(async () => expect(await nacos()).toMatchObject(whole));
  });

  it('lets a dead instance live again with its first connection', async () => {
    const [a, b] = await ports(2);
    source.setInstances('eu-payment', instances([a!, b!]));
    await until(() => expect(routable()).toHaveLength(2));
    await kill(a!);
    await until(() => expect(routable()).toEqual([b]));
    await new Promise<void>((resolve) => {
      const again = createServer((socket) => socket.end());
      servers.set(a!, again.listen(a, '127.0.0.1', resolve));
    });
    await until(() => expect(routable()).toHaveLength(2));
  });

  it('does not judge instances that cannot be reached from here at all', async () => {
    source.setInstances('eu-payment', instances([1]));
    await until(() => expect(routable()).toEqual([1]));
    const before = probeCount;
    await until(() => expect(probeCount).toBeGreaterThan(before + 5));
    expect(routable()).toEqual([1]);
  });

  it('reads everything on demand, and says when that is not possible', async () => {
    clearInterval(timer);
    const [a] = await ports(1);
    source.setInstances('eu-payment', instances([a!]));
    await discovery.syncNow();
    expect(routable()).toEqual([a]);
    const { items } = await discovery.listServices();
    expect(items).toMatchObject([{ serviceId: 'payment', inMemory: 1, inSource: 1, inRedis: null, hasDrift: false }]);
    registry.drop('payment', [registry.list('payment').items[0]!.instanceId]);
    expect((await discovery.listServices()).items[0]).toMatchObject({
      hasDrift: true,
      drift: [{ missingIn: 'memory' }],
    });
    source.fail();
    await expect(discovery.syncNow()).rejects.toThrow('SOURCE_UNAVAILABLE');
  });

  it('reads several hundred services once per interval, not more', async () => {
    for (let at = 0; at < 200; at++) {
      router.services.set(`s${at}`, ['v1']);
      source.setInstances(`eu-s${at}`, instances([1, 2, 3, 4, 5]));
    }
    await until(() => expect(registry.countOf('nacos')).toBe(1000));
    expect(source.callCounts.listInstances).toBeLessThanOrEqual(400);
  });
});
