import { changeEntryFields, redisKeys } from '@grey/contracts';
import type { HoldRecord } from '@grey/route-core';
import { makeSnapshotSource, needsRedis, type RunningRedis, startRedis } from '@grey/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ChangePublisher } from './change-publisher.ts';
import { readPosition } from './redis-position.ts';
import { PropagationWorld, smallSource } from './testing/propagation-world.ts';

let redis: RunningRedis;
let world: PropagationWorld;

/** Everything in Redis, to be put back later: a Redis that comes back older. */
async function dump(): Promise<() => Promise<void>> {
  const { link } = world;
  const keys = await link.run((client) => client.keys('*'));
  const values = await link.run((client) => Promise.all(keys.map((key) => client.dumpBuffer(key))));
  const commands = [['flushall'], ...keys.map((key, index) => ['restore', key, 0, values[index]!])];
  return async () => {
    await link.run((client) => client.multi(commands as string[][]).exec());
  };
}

describe('healing', needsRedis(), () => {
  beforeAll(async () => {
    redis = await startRedis({ args: ['--appendonly', 'yes', '--appendfsync', 'always'] });
    world = new PropagationWorld(redis.url);
  });
  afterAll(async () => {
    await world?.link.close();
    await redis?.stop();
  });
  beforeEach(() => world.begin());
  afterEach(() => world.end());

  it('brings everything back after a flush, and no router ever answers from less than it had', async () => {
    const services = [world.startPublisher(), world.startPublisher()];
    const router = await world.router();
    await world.agrees(router);
    const seen: number[] = [];
    router.onChanged((snapshot) => seen.push(snapshot.position.revision));
    for (let round = 0; round < 5; round++) {
      await world.link.run((client) => client.flushall());
      for (let i = 0; i < 5; i++)
        services[i % 2]!.announce(world.log.assign(`t${i}`, 'service-1', `v${1 + (round % 3)}.0.0`));
      await world.agrees(router);
      await world.isProjected();
    }
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(world.log.loadCount).toBeLessThan(30);
  });

  it('rebuilds once, however many replicas find Redis empty', async () => {
    const services = [0, 1, 2, 3, 4].map(() => world.publisher());
    await Promise.all(services.map((service) => service.tick()));
    await world.isProjected();
    expect(services.reduce((sum, one) => sum + one.status.rebuildCount, 0)).toBe(1);
  });

  it('corrects lost, wrong and foreign keys by itself', async () => {
    const service = world.startPublisher();
    const hold = {
      id: 'h',
      serviceId: 'service-1',
      fromVersion: 'v3.0.0',
      toVersion: 'v1.0.0',
      scope: { kind: 'all' },
    };
    service.announce(world.log.commit({ holds: { upsert: [hold as HoldRecord] } }));
    await world.isProjected();
    await world.link.run(async (client) => {
      await client.hset(redisKeys.serviceHolds('service-2'), 'all/v1', 'v2 h');
      await client.hset(redisKeys.serviceHolds('service-1'), 'all/v1', 'v2 h');
      await client.del(redisKeys.tenantServices('t5'), redisKeys.activeTenants, redisKeys.systemTenants);
      await client.hset(redisKeys.tenantServices('t6'), 'service-0', 'v9', 'service-9', 'v1');
      await client.hset(redisKeys.tenantServices('stranger'), 'service-0', 'v9');
      await client.hset(redisKeys.tenantDbSchema('t7'), 'service-0', '9');
    });
    await world.isProjected();
    const life = await world.link.run((client) => client.ttl(redisKeys.systemTenants));
    expect(life).toBeGreaterThan(3_000);
    service.announce(world.log.commit({ holds: { remove: ['h'] } }));
    await world.isProjected();
  });

  it.each([
    ['position', [redisKeys.position]],
    ['stream', [redisKeys.changes]],
    ['image', [redisKeys.image]],
    ['image and stream', [redisKeys.image, redisKeys.changes]],
  ])('lets a new router begin after the loss of %s', async (_, keys) => {
    const service = world.startPublisher();
    await world.isProjected();
    for (let i = 0; i < 5; i++) service.announce(world.log.assign(`t${i}`, 'service-1', 'v3.0.0'));
    const router = await world.router();
    await world.agrees(router);
    await world.isProjected();
    await world.link.run((client) => client.del(...keys));
    const fresh = await world.router();
    await world.agrees(fresh);
    service.announce(world.log.assign('t1', 'service-1', 'v1.0.0'));
    await Promise.all([world.agrees(fresh), world.agrees(router)]);
    await world.isProjected();
  });

  it('catches up a Redis that comes back older, and the router stays where it was meanwhile', async () => {
    const service = world.startPublisher();
    const router = await world.router();
    await world.agrees(router);
    service.announce(world.log.assign('t1', 'service-1', 'v2.0.0'));
    await world.isProjected();
    const restore = await dump();
    for (let i = 0; i < 10; i++) service.announce(world.log.assign(`t${i}`, 'service-1', 'v3.0.0'));
    await world.agrees(router);
    await world.isProjected();
    const rebuilds = service.status.rebuildCount;
    await service.stop();
    const seen: number[] = [];
    router.onChanged((snapshot) => seen.push(snapshot.position.revision));
    await restore();
    await world.waitFor(() => expect(router.status.state).toBe('waiting'));
    expect(router.snapshot?.digest).toBe(world.log.snapshot.digest);
    const next = world.startPublisher();
    next.announce(world.log.assign('t1', 'service-2', 'v1.0.0'));
    await world.agrees(router);
    await world.isProjected();
    expect(seen).toEqual([world.log.position.revision]);
    expect([rebuilds, next.status.rebuildCount]).toEqual([1, 0]);
  });

  it('rebuilds an older Redis when the log no longer has what is missing', async () => {
    const service = world.startPublisher();
    const router = await world.router();
    await world.agrees(router);
    const restore = await dump();
    for (let i = 0; i < 10; i++) service.announce(world.log.assign(`t${i}`, 'service-1', 'v3.0.0'));
    await world.agrees(router);
    await world.isProjected();
    world.log.kept = 5;
    await restore();
    await world.waitFor(() => expect(service.status).toMatchObject({ state: 'in_sync', rebuildCount: 2 }));
    await world.isProjected();
    const [old, fresh] = [router, await world.router()];
    service.announce(world.log.assign('t1', 'service-2', 'v1.0.0'));
    await Promise.all([world.agrees(old), world.agrees(fresh)]);
  });

  it('follows a Redis that is killed and comes back', async () => {
    const service = world.startPublisher();
    const router = await world.router();
    await world.agrees(router);
    for (let round = 0; round < 3; round++) {
      service.announce(world.log.assign('t1', 'service-1', `v${round + 1}.0.0`));
      await redis.kill();
      service.announce(world.log.assign('t2', 'service-1', `v${round + 1}.0.0`));
      await world.waitFor(() => expect([router.status.state, service.status.state]).toEqual(['away', 'down']));
      expect(router.snapshot).toBeDefined();
      await redis.restart();
      service.announce(world.log.assign('t3', 'service-1', `v${round + 1}.0.0`));
      await world.agrees(router);
      await world.isProjected();
    }
  });

  it('accepts a log that went back, under a later epoch with a lower revision', async () => {
    const service = world.startPublisher();
    const router = await world.router();
    for (let i = 0; i < 10; i++) service.announce(world.log.assign(`t${i}`, 'service-1', 'v3.0.0'));
    await world.agrees(router);
    const before = router.snapshot!.position;
    const source = makeSnapshotSource({ tenantCount: 20, serviceCount: 3, seed: 5 });
    world.log.restore({ ...source, position: { epoch: `${before.epoch}-later`, revision: 2 } });
    await world.agrees(router);
    await world.isProjected();
    service.announce(world.log.assign('t1', 'service-1', 'v3.0.0'));
    await world.agrees(router);
    expect(router.snapshot!.position).toEqual({ epoch: `${before.epoch}-later`, revision: 3 });
  });

  it('leaves a Redis of a later epoch alone, and says so', async () => {
    const service = world.startPublisher();
    const router = await world.router();
    await world.agrees(router);
    const old = world.log.snapshot.position.epoch;
    world.log.restore({ ...smallSource, position: { epoch: `${old}-later`, revision: 1 } });
    await world.agrees(router);
    world.log.restore(smallSource);
    service.announce(world.log.assign('t1', 'service-1', 'v3.0.0'));
    await world.waitFor(() => expect(service.status.state).toBe('leave'));
    expect(await world.link.run(readPosition)).toMatchObject({ epoch: `${old}-later`, revision: 1 });
    expect(router.snapshot?.position.epoch).toBe(`${old}-later`);
  });

  it('is not misled by a router that knows a later epoch than Redis', async () => {
    const service = world.startPublisher();
    await world.isProjected();
    const { epoch } = world.log.position;
    world.log.restore({ ...smallSource, position: { epoch: `${epoch}-later`, revision: 1 } });
    const { snapshot } = world.log;
    world.log.restore(smallSource);
    const router = await world.router({ initial: snapshot });
    service.announce(world.log.assign('t1', 'service-1', 'v3.0.0'));
    await world.waitFor(() => expect(router.status.state).toBe('waiting'));
    expect(router.snapshot?.position).toEqual(snapshot.position);
  });

  it('goes on from the image where the stream was trimmed', async () => {
    const service = world.startPublisher();
    const slept = await world.router();
    await world.agrees(slept);
    await slept.stop();
    const asleep = slept.snapshot!;
    for (let i = 0; i < 50; i++) service.announce(world.log.assign(`t${i % 30}`, 'service-1', `v${1 + (i % 3)}.0.0`));
    await world.isProjected();
    await world.link.run((client) => client.xtrim(redisKeys.changes, 'MAXLEN', 3));
    const router = await world.router({ initial: asleep });
    await world.agrees(router);
    expect(router.status.resyncCount).toBe(1);
  });

  it('trims old entries, but never beyond the image', async () => {
    world.startPublisher();
    await world.isProjected();
    const publisher = new ChangePublisher(world.link, { keepRevisions: 10 });
    for (let i = 0; i < 600; i++) {
      await publisher.publish([world.log.assign(`t${i % 30}`, 'service-1', `v${1 + (i % 3)}.0.0`)]);
      if (i % 50 !== 0) continue;
      const [image, first] = await world.link.run((client) =>
        Promise.all([client.hget(redisKeys.image, 'revision'), client.xrange(redisKeys.changes, '-', '+', 'COUNT', 1)]),
      );
      expect(Number.parseInt(first[0]![0], 10)).toBeLessThanOrEqual(Number(image) + 1);
    }
    await world.isProjected();
    await world.waitFor(async () => {
      const image = await world.link.run((client) => client.hget(redisKeys.image, 'revision'));
      expect(Number(image)).toBeGreaterThan(world.log.position.revision - 500);
    });
    await publisher.publish([world.log.assign('t1', 'service-1', 'v3.0.0')]);
    expect(await world.link.run((client) => client.xlen(redisKeys.changes))).toBeLessThan(601);
    await world.agrees(await world.router());
  });

  it('keeps the last good snapshot when changes come in a newer format, and says so', async () => {
    const service = world.startPublisher();
    const router = await world.router();
    await world.agrees(router);
    await service.stop();
    const { epoch, revision } = world.log.position;
    const entry = {
      [changeEntryFields.format]: '99',
      epoch,
      id: 'x',
      at: '',
      part: '0',
      parts: '1',
      encoding: 'cbor',
      payload: '?',
    };
    await world.link.run(async (client) => {
      await client.xadd(redisKeys.changes, `${revision + 1}-0`, ...Object.entries(entry).flat());
      await client.hset(redisKeys.position, 'revision', revision + 1);
    });
    await world.waitFor(() => expect(router.status.state).toBe('format_unknown'));
    expect(router.status.error).toContain('format 99');
    expect(router.snapshot?.digest).toBe(world.log.snapshot.digest);
    // The log speaks this program's own format whatever Redis holds.
    const change = world.log.assign('t1', 'service-1', 'v3.0.0');
    const polling = await world.router({ initial: router.snapshot!, poll: async () => [change.delta], pollMs: 50 });
    await world.agrees(polling);
  });
});
