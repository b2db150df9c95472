import { redisKeys } from '@grey/contracts';
import { needsRedis, type RunningRedis, seededRandom, startRedis } from '@grey/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ChangePublisher } from './change-publisher.ts';
import { createProjectionWriter } from './projection-writer.ts';
import { readPosition } from './redis-position.ts';
import { PropagationWorld } from './testing/propagation-world.ts';

let redis: RunningRedis;
let world: PropagationWorld;

describe('publication', needsRedis(), () => {
  beforeAll(async () => {
    redis = await startRedis();
    world = new PropagationWorld(redis.url);
  });
  afterAll(async () => {
    await world?.link.close();
    await redis?.stop();
  });
  beforeEach(() => world.begin());
  afterEach(() => world.end());

  it('fills an empty Redis and carries every kind of change to routers and projection', async () => {
    const service = world.startPublisher();
    const router = await world.router();
    await world.agrees(router);
    const { log } = world;
    for (let i = 0; i < 20; i++) service.announce(log.assign(`t${i}`, 'service-1', 'v3.0.0'));
    const cells = [0, 1, 2, 3].map((n) => ({ tenantId: 't3', serviceId: `service-${n}` }));
    service.announce(log.commit({ tenants: { remove: ['t3'] }, assignments: { remove: cells } }));
    service.announce(
      log.commit({
        tenants: {
          upsert: [
            { id: 'new', status: 'suspended' },
            { id: 't4', status: 'active' },
          ],
        },
      }),
    );
    const schema = { tenantId: 't1', serviceId: 'service-1' };
    service.announce(
      log.commit({
        schemas: {
          upsert: [
            { ...schema, schemaVersion: 7 },
            { ...schema, tenantId: 't2', schemaVersion: 8 },
          ],
        },
      }),
    );
    service.announce(
      log.commit({
        schemas: { remove: [schema] },
        holds: {
          upsert: [
            { id: 'h', serviceId: 'service-1', fromVersion: 'v3.0.0', toVersion: 'v1.0.0', scope: { kind: 'all' } },
          ],
        },
      }),
    );
    await world.agrees(router);
    await world.isProjected();
    expect(service.status).toMatchObject({ rebuildCount: 1, log: { epoch: log.position.epoch } });
    expect(router.status).toMatchObject({ state: 'following', resyncCount: 1 });
  });

  it('takes a change once, whoever publishes it again, and none before its turn', async () => {
    const service = world.publisher();
    await service.tick();
    const publisher = new ChangePublisher(world.link);
    const [first, second, third] = ['t1', 't2', 't3'].map((id) => world.log.assign(id, 'service-1', 'v3.0.0'));
    expect(await publisher.publish([second!])).toBe('gap');
    expect(await publisher.publish([first!])).toBe('published');
    expect(await publisher.publish([first!])).toBe('already');
    expect(await publisher.publish([first!, second!, third!])).toBe('published');
    const { epoch } = world.log.position;
    const of = (name: string) => ({ ...third!, delta: { ...third!.delta, epoch: name, revision: 9 } });
    expect(await publisher.publish([of(`${epoch}0`)])).toBe('new_epoch');
    expect(await publisher.publish([of('0')])).toBe('stale_epoch');
    expect(await world.link.run((client) => client.xlen(redisKeys.changes))).toBe(3);
    await world.link.run((client) => client.del(redisKeys.position));
    expect(await publisher.publish([third!])).toBe('empty');
  });

  it('announces each position on the channel', async () => {
    const service = world.startPublisher();
    await world.isProjected();
    const heard: string[] = [];
    const { Redis } = await import('ioredis');
    const subscriber = new Redis(redis.url);
    subscriber.on('message', (_, message) => heard.push(message));
    await subscriber.subscribe('grey:changes');
    service.announce(world.log.assign('t1', 'service-1', 'v3.0.0'));
    const { epoch, revision } = world.log.position;
    await world.waitFor(() => expect(heard).toEqual([`${epoch} ${revision}`]));
    subscriber.disconnect();
  });

  it('keeps the order when several replicas publish at once, each knowing only its own changes', async () => {
    const services = [0, 1, 2, 3].map(() => world.startPublisher());
    const router = await world.router();
    const seen: number[] = [];
    await world.agrees(router);
    router.onChanged((snapshot) => seen.push(snapshot.position.revision));
    for (let i = 0; i < 400; i++) {
      const change = world.log.assign(`t${i % 30}`, `service-${i % 4}`, `v${1 + ((i * 7) % 3)}.0.0`);
      // later ones often arrive first, and some replicas never announce
      if (i % 9 !== 0) setTimeout(() => services[i % 4]!.announce(change), (i * 13) % 17);
    }
    await world.agrees(router);
    await world.isProjected();
    expect(seen).toEqual(Array.from({ length: 400 }, (_, index) => index + 2));
    expect(services.reduce((sum, one) => sum + one.status.rebuildCount, 0)).toBe(1);
    const ids = await world.link.run((client) => client.xrange(redisKeys.changes, '-', '+'));
    expect(ids.map(([id]) => id)).toEqual(Array.from({ length: 400 }, (_, index) => `${index + 2}-0`));
  });

  it('cuts a large change into parts that take effect together', async () => {
    const service = world.startPublisher();
    const router = await world.router();
    await world.agrees(router);
    const random = seededRandom(7);
    const ids = Array.from(
      { length: 30_000 },
      (_, i) => `x${Math.floor(random() * 2 ** 32).toString(36)}${random().toString(36).slice(2)}-${i}`,
    );
    const tenants = { upsert: ids.map((id) => ({ id, status: 'active' as const })) };
    const upsert = ids.flatMap((tenantId) =>
      [0, 1].map((n) => ({ tenantId, serviceId: `service-${n}`, version: 'v2.0.0', isPinned: false })),
    );
    service.announce(world.log.commit({ tenants, assignments: { upsert } }));
    await world.agrees(router);
    const last = await world.link.run((client) => client.xrevrange(redisKeys.changes, '+', '-', 'COUNT', 1));
    expect(last[0]?.[0]).toMatch(/^2-[1-9]/);
    await world.waitFor(async () => expect(await world.link.run(readPosition)).toMatchObject({ projected: 2 }));
    const key = redisKeys.tenantServices(ids[17_777]!);
    const cells = { 'service-0': 'v2.0.0', 'service-1': 'v2.0.0' };
    expect(await world.link.run((client) => client.hgetall(key))).toEqual(cells);
  });

  it('projects changes of several replicas in turn, without waiting for anybody to take over', async () => {
    const services = [0, 1, 2].map(() => world.startPublisher({ takeOverMs: 3_600_000, tickMs: 3_600_000 }));
    await world.isProjected();
    for (let i = 0; i < 60; i++) {
      const change = world.log.assign(`t${i % 30}`, 'service-1', `v${1 + (i % 3)}.0.0`);
      // each hears of all changes, as replicas do that follow one another
      for (const offset of [0, 1, 2]) services[(i + offset) % 3]!.announce(change);
    }
    await world.isProjected();
  });

  it('writes what another replica published and did not live to project', async () => {
    world.startPublisher();
    await world.isProjected();
    const dying = new ChangePublisher(world.link);
    expect(await dying.publish([world.log.assign('t1', 'service-1', 'v3.0.0')])).toBe('published');
    await world.isProjected();
  });

  it('refuses what a replica writes late into the projection', async () => {
    const service = world.startPublisher();
    await world.isProjected();
    const late = world.log.assign('t1', 'service-1', 'v2.0.0');
    service.announce(late);
    service.announce(world.log.assign('t1', 'service-1', 'v3.0.0'));
    await world.isProjected();
    await service.stop();
    const writer = createProjectionWriter(world.link);
    expect(await writer.writeChange(late)).toBe(false);
    const old = { ...world.log.position, revision: late.delta.revision };
    const key = redisKeys.tenantServices('t1');
    const op = { command: 'HSET', key, args: ['service-1', 'v2.0.0'] } as const;
    expect(await writer.repair(old, [op], ['t1'])).toBe(false);
    // half of a change is written: a correction now would take it back
    await world.link.run((client) => client.hset(redisKeys.position, 'projecting', world.log.position.revision + 1));
    expect(await writer.repair(world.log.position, [op], ['t1'])).toBe(false);
    await world.link.run((client) => client.hdel(redisKeys.position, 'projecting'));
    await world.isProjected();
  });
});
