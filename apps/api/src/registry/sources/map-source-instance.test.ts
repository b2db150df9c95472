import { describe, expect, test } from 'vitest';
import { toRegistered, weightUnitOf } from './map-source-instance.ts';
import type { SourceInstance } from './registry-source.ts';

function sourceInstance(changes: Partial<SourceInstance> = {}): SourceInstance {
  return {
    serviceName: 'orders',
    instanceId: '10.0.0.1#8080#DEFAULT#DEFAULT_GROUP@@orders',
    ip: '10.0.0.1',
    port: 8080,
    weight: 1,
    isEnabled: true,
    isHealthy: true,
    isEphemeral: true,
    cluster: 'DEFAULT',
    group: 'DEFAULT_GROUP',
    namespace: 'public',
    metadata: { version: 'v1' },
    ...changes,
  };
}

function mapped(changes: Partial<SourceInstance>, options = {}) {
  const result = toRegistered(sourceInstance(changes), options);
  if ('rejected' in result) throw new Error(`rejected: ${result.rejected.reason}`);
  return result;
}

function reasonFor(changes: Partial<SourceInstance>, options = {}): string | undefined {
  const result = toRegistered(sourceInstance(changes), options);
  return 'rejected' in result ? result.rejected.reason : undefined;
}

describe('an instance of a registry', () => {
  test('becomes one of ours', () => {
    const metadata = { version: '2.1.0', region: 'eu-1', env: 'prod', tags: 'grey, canary,,grey' };
    expect(toRegistered(sourceInstance({ metadata, isHealthy: false, isEnabled: false }))).toEqual({
      instance: {
        serviceId: 'orders',
        instanceId: 'orders:10.0.0.1:8080',
        version: '2.1.0',
        address: '10.0.0.1:8080',
        weight: 100,
        health: 'unhealthy',
        isEnabled: false,
        region: 'eu-1',
        tags: ['grey', 'canary'],
        environment: 'prod',
        cluster: 'DEFAULT',
        group: 'DEFAULT_GROUP',
        namespace: 'public',
        ttlMs: 15_000,
        registeredBy: null,
      },
      isUntagged: false,
      notes: [],
    });
  });

  test('without a version gets the baseline and is called untagged, or is rejected where there is none', () => {
    const metadata = { version: '  ' };
    expect(mapped({ metadata }, { baselineVersion: 'v0' })).toMatchObject({
      instance: { version: 'v0' },
      isUntagged: true,
    });
    expect(toRegistered(sourceInstance({ metadata }))).toEqual({
      rejected: expect.objectContaining({ serviceName: 'orders', isUntagged: true }),
    });
  });

  test('keeps what is preserved between registry and client out of its tags, and its time to live', () => {
    const metadata = {
      version: 'v1',
      'preserved.register.source': 'SPRING_CLOUD',
      'preserved.heart.beat.interval': '5000',
      'preserved.heart.beat.timeout': '20000',
    };
    expect(mapped({ metadata }).instance).toMatchObject({ registeredBy: 'SPRING_CLOUD', ttlMs: 20_000, tags: [] });
    expect(mapped({ metadata, isEphemeral: false }).instance.ttlMs).toBeNull();
    expect(mapped({ metadata: { ...metadata, 'preserved.heart.beat.timeout': 'soon' } }).instance.ttlMs).toBe(15_000);
  });

  test('has a name of its own in another cluster, or with an address of IPv6', () => {
    expect(mapped({ cluster: 'zone-b' }).instance.instanceId).toBe('orders:10.0.0.1:8080:zone-b');
    expect(mapped({ ip: '2001:db8::1' }).instance).toMatchObject({
      address: '[2001:db8::1]:8080',
      instanceId: 'orders:2001:db8::1:8080',
    });
    const odd = mapped({ cluster: 'zone b/ü' }).instance.instanceId;
    expect(odd).toMatch(/^orders:[0-9a-f]{24}$/);
    expect(mapped({ cluster: 'zone b/ö' }).instance.instanceId).not.toBe(odd);
  });

  test.each([
    ['a service name that is none here', { serviceName: 'providers:com.example.Orders::' }],
    ['a port that cannot be', { port: 70_000 }],
    ['a port that is no number', { port: Number.NaN }],
    ['an address that cannot be', { ip: 'no address' }],
    ['a version that is none', { metadata: { version: 'v 1' } }],
    ['a weight that is none', { weight: -1 }],
  ])('is rejected with a reason for %s', (_, changes) => {
    expect(reasonFor(changes, { baselineVersion: 'v0' })).toBeDefined();
  });

  test('loses only what cannot be kept, with a note', () => {
    const metadata = { version: 'v1', region: 'süd', tags: `ok,not ok,${'x'.repeat(65)}` };
    const { instance, notes } = mapped({ metadata });
    expect(instance).toMatchObject({ tags: ['ok'] });
    expect(instance).not.toHaveProperty('region');
    expect(notes).toHaveLength(3);
  });

  test('takes its region from the zone when it names none', () => {
    expect(mapped({ metadata: { version: 'v1', zone: 'z1' } }).instance.region).toBe('z1');
  });
});

describe('weights', () => {
  const weightsOf = (...weights: number[]) => {
    const instances = weights.map((weight) => sourceInstance({ weight }));
    const weightUnit = weightUnitOf(instances);
    return instances.map((instance) => mapped(instance, { weightUnit }).instance.weight);
  };

  test('of 1 are our 100', () => expect(weightsOf(1, 0.5, 2)).toEqual([100, 50, 200]));
  test('keep their ratio when they are large', () => expect(weightsOf(10_000, 1_000, 1)).toEqual([10_000, 1_000, 1]));
  test('of 0 take no traffic, and nothing else becomes 0', () => {
    expect(weightsOf(0, 0.001, 10_000)).toEqual([0, 1, 10_000]);
  });
});
