import { instanceListSchema, type RegisterInstance, registerInstanceSchema } from '@grey/contracts';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { TestReplica } from './start-replica.ts';

const until = (check: () => unknown) => vi.waitFor(check, { timeout: 15_000, interval: 20 });

const request = (over: Record<string, unknown> = {}): RegisterInstance =>
  registerInstanceSchema.parse({
    serviceId: 'payment',
    instanceId: 'p1',
    version: 'v1',
    address: '127.0.0.1:9000',
    ...over,
  });

/** What an instance may rely on, whether the registry is alone in its process or shared with others. */
export function describeRegistryContract(start: () => Promise<TestReplica>): void {
  let replica: TestReplica;
  beforeEach(async () => {
    replica = await start();
  });
  afterEach(() => replica.stop());
  const routed = (serviceId = 'payment') => replica.router.routed(serviceId);

  it('routes to whoever registered, as soon as it has its answer', async () => {
    const shown = await replica.service.register(request());
    expect([shown.instanceId, routed()]).toEqual(['p1', ['p1 v1 unknown']]);
    expect(instanceListSchema.strict().parse(await replica.service.list('payment'))).toMatchObject({
      items: [{ instanceId: 'p1', source: 'builtin', ttlMs: 15_000 }],
    });
  });

  it('counts every change that somebody would notice, and no heartbeat', async () => {
    const sequence = async () => (await replica.service.list('payment')).sequence;
    await replica.service.register(request());
    const first = await sequence();
    await replica.service.register(request());
    await replica.service.heartbeat('p1');
    expect(await sequence()).toBe(first);
    await replica.service.heartbeat('p1', { health: 'degraded' });
    const second = await sequence();
    await replica.service.deregister('p1');
    expect([second > first, (await sequence()) > second]).toEqual([true, true]);
  });

  it('takes the health that an instance reports, and the address it moves to', async () => {
    await replica.service.register(request());
    await replica.service.heartbeat('p1', { health: 'degraded' });
    expect(routed()).toEqual(['p1 v1 degraded']);
    await replica.service.register(request({ address: '127.0.0.1:9001', version: 'v2' }));
    expect(replica.router.instances.get('payment')).toMatchObject([{ address: '127.0.0.1:9001', version: 'v2' }]);
    expect(routed()).toEqual(['p1 v2 degraded']);
  });

  it('takes out whoever says goodbye, and who is silent for its time to live', async () => {
    await replica.service.register(request());
    await replica.service.register(request({ instanceId: 'p2', ttlMs: 1_000 }));
    await replica.service.deregister('p1');
    expect(routed()).toEqual(['p2 v1 unknown']);
    await until(() => expect(routed()).toEqual([]));
    await expect(replica.service.heartbeat('p2')).rejects.toThrow('INSTANCE_UNKNOWN');
    await expect(replica.service.deregister('p1')).rejects.toThrow('INSTANCE_UNKNOWN');
  });

  it('gives an id to one service at a time, and a foreign list no say over who registered here', async () => {
    await replica.service.register(request());
    await expect(replica.service.register(request({ serviceId: 'order' }))).rejects.toThrow('INSTANCE_TAKEN');
    await expect(replica.service.register(request({ serviceId: 'nothing' }))).rejects.toThrow('SERVICE_UNKNOWN');
    expect(await replica.sharing.replaceSource('payment', 'nacos', replica.sharing.mark('payment'), [])).toBe(true);
    expect([routed(), routed('order')]).toEqual([['p1 v1 unknown'], []]);
  });

  it('puts a foreign list in the place of the one before', async () => {
    const foreign = (instanceId: string) => ({
      source: 'nacos' as const,
      request: request({ instanceId }),
      isEnabled: true,
      isUntagged: false,
      registeredAt: 1,
      lastSeenAt: 1,
      reported: 'healthy' as const,
      inFlight: null,
      latencyMs: null,
      checked: 'unknown' as const,
      lastCheckedAt: null,
      checkDetail: null,
    });
    const replace = (...ids: string[]) =>
      replica.sharing.replaceSource('payment', 'nacos', replica.sharing.mark('payment'), ids.map(foreign));
    await replica.service.register(request());
    await replace('n1', 'n2');
    expect(routed()).toEqual(['n1 v1 healthy', 'n2 v1 healthy', 'p1 v1 unknown']);
    await replace('n2');
    expect(routed()).toEqual(['n2 v1 healthy', 'p1 v1 unknown']);
  });
}
