import { instanceListSchema, instanceSchema, registerInstanceSchema } from '@grey/contracts';
import { beforeEach, describe, expect, it } from 'vitest';
import { InstanceRegistry, type ServiceInstances } from './instance-registry.ts';
import { FakeRouter } from './testing/fake-router.ts';

const request = (over: Record<string, unknown> = {}) =>
  registerInstanceSchema.parse({
    serviceId: 'payment',
    instanceId: 'p1',
    version: 'v1',
    address: '127.0.0.1:9000',
    ttlMs: 1000,
    ...over,
  });
const withCheck = (over: Record<string, unknown> = {}) => request({ healthCheck: { endpoint: '/health' }, ...over });

describe('InstanceRegistry', () => {
  let router: FakeRouter;
  let clock: number;
  let events: ServiceInstances[];
  let registry: InstanceRegistry;
  const routed = (serviceId = 'payment') =>
    (router.instances.get(serviceId) ?? []).map((i) => [i.instanceId, i.health]);

  beforeEach(() => {
    router = new FakeRouter();
    clock = 1_000_000;
    events = [];
    registry = new InstanceRegistry(router, () => clock);
    registry.onChanged((event) => events.push(event));
  });

  it('hands a new instance to the router with what it declared', () => {
    const metadata = { region: 'eu', environment: 'prod', weight: 7, tags: ['a'] };
    const shown = registry.register(request({ metadata }));
    expect(instanceSchema.strict().parse(shown)).toMatchObject({
      ...metadata,
      isVersionKnown: true,
      health: 'unknown',
    });
    expect(router.instances.get('payment')).toEqual([
      {
        serviceId: 'payment',
        instanceId: 'p1',
        version: 'v1',
        address: '127.0.0.1:9000',
        weight: 7,
        health: 'unknown',
        isEnabled: true,
        region: 'eu',
        startedAt: 1_000_000,
        tags: ['a'],
      },
    ]);
    expect(events).toEqual([{ serviceId: 'payment', sequence: 1, instanceCount: 1 }]);
  });

  it('takes the same registration again for a heartbeat', () => {
    registry.register(request());
    clock += 900;
    registry.register(request());
    clock += 900;
    registry.expire();
    expect(routed()).toEqual([['p1', 'unknown']]);
    expect(events).toHaveLength(1);
    expect(registry.list('payment').items[0]?.registeredAt).toBe(new Date(1_000_000).toISOString());
  });

  it('announces a registration that says something new', () => {
    registry.register(request());
    registry.register(request({ address: '127.0.0.1:9001' }));
    expect(registry.list('payment').items.map((i) => i.address)).toEqual(['127.0.0.1:9001']);
    expect(events.map((event) => event.sequence)).toEqual([1, 2]);
  });

  it('accepts a version that is not declared, and says so until it is', () => {
    expect(registry.register(request({ version: 'v9' })).isVersionKnown).toBe(false);
    router.services.set('payment', ['v9']);
    expect(registry.list('payment').items[0]?.isVersionKnown).toBe(true);
  });

  it('refuses an unknown service, and everything before there is a snapshot', () => {
    expect(() => registry.register(request({ serviceId: 'nothing' }))).toThrow('SERVICE_UNKNOWN');
    expect(() => registry.list('nothing')).toThrow('SERVICE_UNKNOWN');
    router.snapshot = undefined;
    expect(() => registry.register(request())).toThrow('SNAPSHOT_MISSING');
  });

  it('does not give the id of a live instance to another service', () => {
    registry.register(request());
    expect(() => registry.register(request({ serviceId: 'order' }))).toThrow('INSTANCE_TAKEN');
    expect(routed()).toHaveLength(1);
  });

  it('gives the id of an expired instance to another service and takes it from the first', () => {
    registry.register(request());
    clock += 1000;
    registry.register(request({ serviceId: 'order' }));
    expect(routed()).toEqual([]);
    expect(routed('order')).toEqual([['p1', 'unknown']]);
    registry.expire();
    expect(registry.instanceCount).toBe(1);
  });

  it('takes an instance out when its time to live is over, not before', () => {
    registry.register(request());
    clock += 999;
    registry.expire();
    expect(routed()).toHaveLength(1);
    clock += 1;
    registry.expire();
    expect(routed()).toEqual([]);
    expect(registry.list('payment')).toEqual({ items: [], sequence: 2 });
    expect(events.at(-1)).toEqual({ serviceId: 'payment', sequence: 2, instanceCount: 0 });
  });

  it('keeps an instance whose heartbeats come, without announcing them', () => {
    registry.register(request());
    for (let i = 0; i < 5; i++) {
      clock += 900;
      registry.heartbeat('p1');
      registry.expire();
    }
    expect(routed()).toHaveLength(1);
    expect(events).toHaveLength(1);
  });

  it('tells an instance whose time was over to register again, also before it has been taken out', () => {
    registry.register(request());
    clock += 1000;
    expect(() => registry.heartbeat('p1')).toThrow('INSTANCE_UNKNOWN');
    expect(registry.list('payment').items).toEqual([]);
    registry.expire();
    expect(() => registry.heartbeat('p1')).toThrow('INSTANCE_UNKNOWN');
    registry.register(request());
    expect(routed()).toEqual([['p1', 'unknown']]);
  });

  it('announces one change for all that expire together', () => {
    registry.register(request());
    registry.register(request({ instanceId: 'p2' }));
    clock += 1000;
    registry.expire();
    expect(events.map((event) => event.instanceCount)).toEqual([1, 2, 0]);
  });

  it('takes an instance out on demand, once', () => {
    registry.register(request());
    registry.deregister('p1');
    expect(routed()).toEqual([]);
    expect(() => registry.deregister('p1')).toThrow('INSTANCE_UNKNOWN');
  });

  it.each([
    ['healthy', 'unhealthy', 'unhealthy'],
    ['unhealthy', 'healthy', 'unhealthy'],
    ['degraded', 'healthy', 'degraded'],
    ['healthy', 'healthy', 'healthy'],
    [undefined, 'degraded', 'degraded'],
    [undefined, 'healthy', 'healthy'],
  ] as const)('counts the worse of %s reported and %s checked: %s', (reported, checked, expected) => {
    registry.register(withCheck());
    if (reported !== undefined) registry.heartbeat('p1', { health: reported });
    registry.recordCheck(withCheck(), { health: checked, detail: 'x' });
    expect(routed()).toEqual([['p1', expected]]);
  });

  it('announces a change of health, and not its repetition', () => {
    registry.register(withCheck());
    registry.recordCheck(withCheck(), { health: 'healthy', detail: 'HTTP 200' });
    registry.recordCheck(withCheck(), { health: 'healthy', detail: 'HTTP 200' });
    expect(events).toHaveLength(2);
    expect(registry.list('payment').items[0]?.healthCheck).toMatchObject({ detail: 'HTTP 200', intervalMs: 30_000 });
  });

  it('hands the load that heartbeats report to the router, and keeps what one leaves out', () => {
    registry.register(request());
    registry.heartbeat('p1', { inFlight: 7, latencyMs: 12.5 });
    registry.heartbeat('p1', { health: 'healthy' });
    registry.heartbeat('p1', { inFlight: 7, latencyMs: 13.2 });
    expect(router.instances.get('payment')).toMatchObject([{ inFlight: 7, latencyMs: 12.5, health: 'healthy' }]);
    expect(registry.list('payment').items).toMatchObject([{ inFlight: 7, latencyMs: 12.5 }]);
    expect(events).toHaveLength(3);
  });

  it('tells of load that drifts once it has drifted by a tenth', () => {
    registry.register(request());
    for (const inFlight of [0, 1, 100, 105, 109, 112]) registry.heartbeat('p1', { inFlight });
    expect(registry.list('payment').items).toMatchObject([{ inFlight: 112 }]);
    expect(events).toHaveLength(5);
  });

  it('drops what a check found at an address that the instance has left', () => {
    registry.register(withCheck());
    registry.register(withCheck({ address: '127.0.0.1:9001' }));
    registry.recordCheck(withCheck(), { health: 'unhealthy', detail: 'x' });
    expect(routed()).toEqual([['p1', 'unknown']]);
  });

  it('forgets what was found when the instance moves', () => {
    registry.register(withCheck());
    registry.recordCheck(withCheck(), { health: 'unhealthy', detail: 'x' });
    registry.register(withCheck({ address: '127.0.0.1:9001' }));
    expect(routed()).toEqual([['p1', 'unknown']]);
  });

  it('lists what the contract promises, by id', () => {
    registry.register(request({ instanceId: 'p2' }));
    registry.register(withCheck({ instanceId: 'p1' }));
    const list = instanceListSchema.strict().parse(registry.list('payment'));
    expect(list.items.map((instance) => instance.instanceId)).toEqual(['p1', 'p2']);
    const live = { version: 'v1', address: '127.0.0.1:9000', isUsable: true, isEnabled: true };
    expect(registry.listLive('payment')).toEqual([
      { ...live, instanceId: 'p1', health: 'unknown', source: 'builtin' },
      { ...live, instanceId: 'p2', health: 'unknown', source: 'builtin' },
    ]);
    registry.heartbeat('p2', { health: 'unhealthy' });
    expect(registry.listLive('payment').map(({ isUsable }) => isUsable)).toEqual([true, false]);
  });
});
