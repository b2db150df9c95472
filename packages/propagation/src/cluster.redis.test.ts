import { redisKeys } from '@grey/contracts';
import { needsRedis, type RunningRedisCluster, startRedisCluster } from '@grey/testkit';
import type { Cluster } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ChangePublisher } from './change-publisher.ts';
import { createProjectionWriter } from './projection-writer.ts';
import { readPosition } from './redis-position.ts';
import { PropagationWorld } from './testing/propagation-world.ts';

let cluster: RunningRedisCluster;
let world: PropagationWorld;

describe('on a Redis Cluster of three nodes', needsRedis(), () => {
  beforeAll(async () => {
    cluster = await startRedisCluster();
    world = new PropagationWorld(cluster.url);
  });
  afterAll(async () => {
    await world?.link.close();
    await cluster?.stop();
  });
  beforeEach(() => world.begin());
  afterEach(() => world.end());

  it('carries changes of several replicas to routers and to keys on all nodes', async () => {
    const services = [0, 1, 2].map(() => world.startPublisher());
    const router = await world.router();
    await world.agrees(router);
    for (let i = 0; i < 150; i++) {
      services[i % 3]!.announce(world.log.assign(`t${i % 30}`, `service-${i % 4}`, `v${1 + ((i * 7) % 3)}.0.0`));
    }
    services[0]!.announce(world.log.commit({ tenants: { remove: ['t3'], upsert: [{ id: 'new', status: 'active' }] } }));
    await world.agrees(router);
    await world.isProjected();
    const sizes = await world.link.run((client) =>
      Promise.all((client as Cluster).nodes('master').map((node) => node.dbsize())),
    );
    expect(sizes).toHaveLength(3);
    expect(Math.min(...sizes)).toBeGreaterThan(0);
    expect(services.reduce((sum, one) => sum + one.status.rebuildCount, 0)).toBe(1);
  });

  it('heals a flush of all nodes, and of one', async () => {
    const service = world.startPublisher();
    const router = await world.router();
    await world.agrees(router);
    await world.flush();
    service.announce(world.log.assign('t1', 'service-1', 'v3.0.0'));
    await world.agrees(router);
    await world.isProjected();
    for (const index of [0, 1, 2]) {
      await world.link.run((client) => (client as Cluster).nodes('master')[index]!.flushall());
      await world.isProjected();
      await world.agrees(await world.router());
    }
  });

  it('corrects what a replica wrote that slept over the turn of its change', async () => {
    const service = world.publisher();
    await service.tick();
    await service.stop();
    const sleeping = Promise.withResolvers<void>();
    const asleep = Promise.withResolvers<void>();
    let calls = 0;
    // The second call carries the writes, after the condition was asked and before it is asked again.
    const sleepy = {
      isCluster: true,
      run: async <T>(work: Parameters<typeof world.link.run<T>>[0]) => {
        if (++calls === 2) {
          asleep.resolve();
          await sleeping.promise;
        }
        return world.link.run(work);
      },
    };
    const first = world.log.assign('t1', 'service-1', 'v3.0.0');
    await new ChangePublisher(world.link).publish([first]);
    const late = createProjectionWriter(sleepy).writeChange(first);
    await asleep.promise;
    const awake = world.startPublisher();
    awake.announce(world.log.assign('t1', 'service-1', 'v2.0.0'));
    await world.isProjected();
    await awake.stop();
    sleeping.resolve();
    expect(await late).toBe(false);
    const field = () => world.link.run((client) => client.hget(redisKeys.tenantServices('t1'), 'service-1'));
    expect(await field()).toBe('v3.0.0');
    world.startPublisher();
    await world.isProjected();
    expect(await field()).toBe('v2.0.0');
    expect(await world.link.run(readPosition)).toMatchObject({ projected: 3 });
  });
});
