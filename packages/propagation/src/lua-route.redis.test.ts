import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { redisKeys } from '@grey/contracts';
import {
  buildSnapshot,
  createDecisionEnv,
  decide,
  type HoldRecord,
  type InstanceRecord,
  type SnapshotSource,
} from '@grey/route-core';
import { needsRedis, type RunningRedis, startRedis, startRedisCluster } from '@grey/testkit';
import fc from 'fast-check';
import { Cluster, Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { projectHolds } from './project-holds.ts';

const script = readFileSync(
  createRequire(import.meta.url).resolve('@grey/route-core/lua/route_and_balance.lua'),
  'utf8',
);

interface Call {
  readonly tenant?: string;
  readonly service?: string;
  readonly balancer?: string;
  readonly usageSeconds?: number;
  readonly versions?: readonly string[];
}

function call(client: Redis | Cluster, options: Call = {}): Promise<string[]> {
  const { tenant = 't0', service = 's0', balancer = 'round_robin', usageSeconds = 300, versions = ['v0'] } = options;
  const keys = [
    redisKeys.tenantServices(tenant),
    redisKeys.tenantMetadata(tenant),
    redisKeys.serviceHolds(service),
    redisKeys.serviceTurns(service),
    redisKeys.serviceUsage(service),
    ...versions.map((version) => redisKeys.serviceInstances(service, version)),
  ];
  const args = [tenant, service, balancer, usageSeconds, ...versions];
  return client.eval(script, keys.length, ...keys, ...args) as Promise<string[]>;
}

/** As the README tells callers to. */
async function route(client: Redis, options: Call): Promise<string[]> {
  const first = await call(client, { ...options, versions: [] });
  return first[0] === 'VERSION_NOT_DECLARED' ? call(client, { ...options, versions: [first[1]!] }) : first;
}

const TENANTS = ['t0', 't1', 't2', 'ghost'];
const SERVICES = ['s0', 's1'];
const VERSIONS = ['1.0.0', '1.1.0+build', '2.0.0-rc.1', 'v9_x'];
const TAGS = ['gold', 'early/bird', '银'];
const version = fc.constantFrom(...VERSIONS);

const hold: fc.Arbitrary<HoldRecord> = fc.record({
  id: fc.constantFrom('h0', 'h1', 'h10', 'h2', 'H3', 'h_4', 'h.5', 'i'),
  serviceId: fc.constantFrom(...SERVICES),
  fromVersion: version,
  toVersion: version,
  scope: fc.oneof(
    fc.constant({ kind: 'all' } as const),
    fc.record({ kind: fc.constant('tenants' as const), tenantIds: fc.subarray(TENANTS) }),
    fc.record({ kind: fc.constant('tag' as const), tag: fc.constantFrom(...TAGS) }),
  ),
});

const instances: fc.Arbitrary<InstanceRecord[]> = fc
  .uniqueArray(fc.tuple(fc.constantFrom(...SERVICES), version, fc.integer({ min: 1, max: 3 })), {
    selector: (one) => one.join(),
    maxLength: 24,
  })
  .map((list) =>
    list.map(([serviceId, name, n], i) => ({
      serviceId,
      instanceId: `i${i}`,
      version: name,
      address: `10.0.${VERSIONS.indexOf(name)}.${n}:80`,
      weight: 1,
      health: 'healthy',
      isEnabled: true,
    })),
  );

/** What the script knows of: assignments and holds on versions of the catalogue, nothing else that decides. */
const world: fc.Arbitrary<SnapshotSource> = fc.record({
  position: fc.constant({ epoch: 'e', revision: 1 }),
  tenants: fc.tuple(
    ...TENANTS.slice(0, -1).map((id) =>
      fc.record({
        id: fc.constant(id),
        status: fc.constantFrom('active', 'active', 'active', 'suspended'),
        tags: fc.subarray(TAGS),
      }),
    ),
  ),
  services: fc.constant(
    SERVICES.map((id) => ({
      id,
      unknownTenant: 'reject' as const,
      balancer: 'round_robin' as const,
      fallback: 'fail' as const,
      defaults: [],
      versions: VERSIONS.map((name, ordinal) => ({ version: name, ordinal, status: 'active' as const })),
    })),
  ),
  assignments: fc.uniqueArray(
    fc.record({
      tenantId: fc.constantFrom(...TENANTS),
      serviceId: fc.constantFrom(...SERVICES),
      version,
      isPinned: fc.boolean(),
    }),
    { selector: (one) => `${one.tenantId} ${one.serviceId}`, minLength: 4 },
  ),
  schemas: fc.constant([]),
  holds: fc.uniqueArray(hold, { selector: (one) => one.id, maxLength: 8 }),
  instances,
});

/** Writes a world as the projection has it. */
async function write(client: Redis, source: SnapshotSource): Promise<void> {
  const pipeline = client.pipeline().flushall();
  for (const { id, status, tags = [] } of source.tenants) {
    pipeline.hset(redisKeys.tenantMetadata(id), { id, name: id, status, tags: JSON.stringify(tags), metadata: '{}' });
  }
  for (const one of source.assignments) {
    pipeline.hset(redisKeys.tenantServices(one.tenantId), one.serviceId, one.version);
  }
  for (const [id, holds] of Map.groupBy(source.holds, (one) => one.serviceId)) {
    const fields = projectHolds(holds);
    if (fields.size > 0) pipeline.hset(redisKeys.serviceHolds(id), fields);
  }
  for (const one of source.instances) {
    pipeline.sadd(redisKeys.serviceInstances(one.serviceId, one.version), one.address);
  }
  for (const [error] of (await pipeline.exec()) ?? []) if (error) throw error;
}

describe('route_and_balance.lua', needsRedis(), () => {
  let server: RunningRedis;
  let client: Redis;
  beforeAll(async () => {
    server = await startRedis();
    client = new Redis(server.port);
  });
  afterAll(async () => {
    client?.disconnect();
    await server?.stop();
  });

  it('decides as the engine does, for assignments and holds of every kind', async () => {
    const codes = new Set<string>();
    await fc.assert(
      fc.asyncProperty(world, fc.constantFrom('round_robin', 'random'), async (source, balancer) => {
        await write(client, source);
        const snapshot = buildSnapshot(source);
        for (const tenant of TENANTS) {
          for (const service of SERVICES) {
            const decision = decide(snapshot, { tenantId: tenant, serviceName: service }, createDecisionEnv());
            const [code, answered, instance, assigned, ...holds] = await route(client, { tenant, service, balancer });
            codes.add(code!);
            const cell = [...source.assignments].find((one) => one.tenantId === tenant && one.serviceId === service);
            if (decision.ok) {
              expect({ code, version: answered, holds }).toEqual({
                code: 'OK',
                version: decision.version,
                holds: decision.holds,
              });
              expect(assigned).toBe(cell?.version);
              const live = [...source.instances].filter((one) => one.serviceId === service && one.version === answered);
              expect(live.map((one) => one.address)).toContain(instance);
            } else if (decision.code === 'VERSION_UNDEFINED' && cell === undefined) {
              // The engine looks for a default, which the script does not know of.
              expect(code).toBe('NO_ASSIGNMENT');
            } else expect([code, answered]).toEqual([decision.code, decision.version]);
          }
        }
      }),
      { numRuns: 250 },
    );
    const all = ['NO_ASSIGNMENT', 'NO_INSTANCE', 'OK', 'TENANT_INACTIVE', 'TENANT_UNKNOWN', 'VERSION_UNDEFINED'];
    expect([...codes].sort()).toEqual(all);
  });

  it('of several holds the most specific applies, of equally specific ones the lowest id', async () => {
    const base = { serviceId: 's0', fromVersion: 'v0' };
    const holds: HoldRecord[] = [
      { ...base, id: 'a', toVersion: 'all-a', scope: { kind: 'all' } },
      { ...base, id: 'b', toVersion: 'tag-b', scope: { kind: 'tag', tag: 'gold' } },
      { ...base, id: 'B', toVersion: 'tag-B', scope: { kind: 'tag', tag: 'silver' } },
      { ...base, id: 'h2', toVersion: 'own-h2', scope: { kind: 'tenants', tenantIds: ['t9', 't0'] } },
      { ...base, id: 'h10', toVersion: 'own-h10', scope: { kind: 'tenants', tenantIds: ['t0'] } },
    ];
    const answer = async (tags: readonly string[], some: readonly HoldRecord[]) => {
      await client.flushall();
      await client.hset(redisKeys.tenantMetadata('t0'), { status: 'active', tags: JSON.stringify(tags) });
      await client.hset(redisKeys.tenantServices('t0'), 's0', 'v0');
      await client.hset(redisKeys.serviceHolds('s0'), projectHolds(some));
      return (await call(client, { versions: [] }))[1];
    };
    expect(await answer(['gold', 'silver'], holds)).toBe('own-h10');
    expect(await answer(['gold', 'silver'], holds.slice(0, 3))).toBe('tag-B');
    expect(await answer(['silver', 'gold'], holds.slice(0, 3).reverse())).toBe('tag-B');
    expect(await answer(['gold'], holds.slice(0, 3))).toBe('tag-b');
    expect(await answer([], holds.slice(0, 3))).toBe('all-a');
  });

  describe('of a service with three instances', () => {
    const addresses = ['10.0.0.1:80', '10.0.0.2:80', '10.0.0.3:80'];
    beforeEach(async () => {
      await client.flushall();
      await client.hset(redisKeys.tenantMetadata('t0'), { status: 'active', tags: '[]' });
      await client.hset(redisKeys.tenantServices('t0'), 's0', 'v0');
      await client.sadd(redisKeys.serviceInstances('s0', 'v0'), ...addresses);
    });

    async function tally(count: number, options: Call): Promise<Record<string, number>> {
      const counts: Record<string, number> = Object.fromEntries(addresses.map((address) => [address, 0]));
      const answers = await Promise.all(Array.from({ length: count }, () => call(client, options)));
      for (const answer of answers) counts[answer[2]!]! += 1;
      return counts;
    }

    it('round robin gives every instance the same number of turns', async () => {
      expect(Object.values(await tally(300, {}))).toEqual([100, 100, 100]);
    });

    it('round robin takes in an instance that came and leaves one that went', async () => {
      const key = redisKeys.serviceInstances('s0', 'v0');
      await client.srem(key, addresses[1]!);
      expect(Object.values(await tally(100, {}))).toEqual([50, 0, 50]);
      await client.sadd(key, addresses[1]!);
      expect(Object.values(await tally(300, {}))).toEqual([100, 100, 100]);
    });

    it('random gives every instance a fair share', async () => {
      // 3 000 draws of a fair third: 1 000 ± 26. 150 is beyond five sigma, and far below what a stuck one would show.
      for (const count of Object.values(await tally(3_000, { balancer: 'random' }))) {
        expect(Math.abs(count - 1_000)).toBeLessThan(150);
      }
    });

    it('uses are counted by instance', async () => {
      const counts = await tally(31, {});
      const usage = await client.hgetall(redisKeys.serviceUsage('s0'));
      expect(Object.fromEntries(Object.entries(usage).map(([address, n]) => [address, Number(n)]))).toEqual(counts);
    });

    it('the counts expire when their window is over, though used all the time, and begin anew', async () => {
      const key = redisKeys.serviceUsage('s0');
      await call(client, { usageSeconds: 2 });
      let uses = 1;
      await vi.waitFor(
        async () => {
          await call(client, { usageSeconds: 2 });
          uses += 1;
          const counted = (await client.hvals(key)).reduce((sum, one) => sum + Number(one), 0);
          expect(counted).toBeLessThan(uses);
        },
        { timeout: 30_000, interval: 20 },
      );
      // A longer window begins only where the last one is over, and is there to be looked at however slow the machine is.
      await vi.waitFor(
        async () => {
          await call(client, { usageSeconds: 600 });
          expect(await client.pttl(key)).toBeGreaterThan(2_000);
        },
        { timeout: 30_000, interval: 20 },
      );
    });

    it('turns expire as well, a day after the last', async () => {
      await call(client);
      await client.expire(redisKeys.serviceTurns('s0'), 10);
      await call(client);
      expect(await client.ttl(redisKeys.serviceTurns('s0'))).toBeGreaterThan(86_000);
    });

    it('counts no uses when told so', async () => {
      await call(client, { usageSeconds: 0 });
      expect(await client.exists(redisKeys.serviceUsage('s0'))).toBe(0);
    });

    it('a refusal writes nothing', async () => {
      const before = (await client.keys('*')).sort();
      expect(await call(client, { versions: ['v1', 'v2'] })).toEqual(['VERSION_NOT_DECLARED', 'v0']);
      expect(await call(client, { tenant: 'nobody' })).toEqual(['TENANT_UNKNOWN']);
      expect(await call(client, { service: 'other' })).toEqual(['NO_ASSIGNMENT']);
      await client.hset(redisKeys.tenantServices('t0'), 's0', 'v1');
      expect(await call(client, { versions: ['v1'] })).toEqual(['NO_INSTANCE', 'v1']);
      expect((await client.keys('*')).sort()).toEqual(before);
    });

    it('a wrong call is an error, not an answer', async () => {
      for (const wrong of [{ balancer: 'fastest' }, { usageSeconds: -1 }, { usageSeconds: 1.5 }]) {
        await expect(call(client, wrong)).rejects.toThrow(/^BAD_ARGUMENTS/);
      }
      await expect(client.eval(script, 1, 'tenant:t0:services', 't0', 's0', 'random', 300)).rejects.toThrow(
        /^BAD_ARGUMENTS/,
      );
    });

    it('touches no key that was not declared', async () => {
      const own = ['tenantServices', 'tenantMetadata'] as const;
      const keys = [
        ...own.map((name) => redisKeys[name]('t0')),
        redisKeys.serviceHolds('s0'),
        redisKeys.serviceTurns('s0'),
        redisKeys.serviceUsage('s0'),
        redisKeys.serviceInstances('s0', 'v0'),
      ];
      // The server itself refuses anything else to a user who may see these keys alone.
      await client.call('ACL', 'SETUSER', 'caller', 'on', 'nopass', '+@all', ...keys.map((key) => `~${key}`));
      const caller = new Redis(server.port, { username: 'caller', password: 'any' });
      try {
        for (const balancer of ['round_robin', 'random']) {
          expect((await call(caller, { balancer }))[0]).toBe('OK');
        }
        await expect(caller.get('another')).rejects.toThrow(/NOPERM/);
      } finally {
        caller.disconnect();
      }
    });
  });
});

it('a Redis Cluster refuses the call before anything is read or counted', needsRedis(), async () => {
  const cluster = await startRedisCluster();
  const client = new Cluster(cluster.nodes.map(({ port }) => ({ host: '127.0.0.1', port })));
  try {
    await client.hset(redisKeys.tenantMetadata('t0'), { status: 'active', tags: '[]' });
    await expect(call(client)).rejects.toThrow(/CROSSSLOT|same slot/i);
    const node = new Redis(cluster.nodes[0]!.port);
    await expect(call(node)).rejects.toThrow(/CROSSSLOT/);
    node.disconnect();
    expect(await client.exists(redisKeys.serviceUsage('s0'))).toBe(0);
  } finally {
    client.disconnect();
    await cluster.stop();
  }
});
