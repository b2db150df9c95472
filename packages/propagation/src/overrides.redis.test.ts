import { redisKeys } from '@grey/contracts';
import { type HoldRecord, readHolds } from '@grey/route-core';
import { needsRedis, type RunningRedis, startRedis } from '@grey/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FollowedSnapshot } from './followed-snapshot.ts';
import { PropagationWorld } from './testing/propagation-world.ts';

let redis: RunningRedis;
let world: PropagationWorld;
const hold = (id: string): HoldRecord => {
  return { id, serviceId: 'service-1', fromVersion: 'v2.0.0', toVersion: 'v1.0.0', scope: { kind: 'all' } };
};
const tell = (id: string, entry: object | string) =>
  world.link.runOnce((client) =>
    client.hset(redisKeys.overrides, id, typeof entry === 'string' ? entry : JSON.stringify(entry)),
  );
const idsOf = (router: FollowedSnapshot) => router.snapshot && readHolds(router.snapshot).map(({ id }) => id);

describe('an emergency rollback that the log does not have yet', needsRedis(), () => {
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

  it('is in force at every router, also when Redis is emptied, and ends when the log has brought and lifted it', async () => {
    const service = world.startPublisher();
    await world.isProjected();
    const router = await world.router({ overridesMs: 10 });
    await world.agrees(router);
    await tell('broken', 'not even JSON');
    await tell('h1', { kind: 'pending', override: { hold: hold('h1'), reason: 'of no concern here' } });
    await world.waitFor(() => expect(idsOf(router)).toEqual(['h1']));
    expect(router.snapshot?.position).toEqual(world.log.position);
    expect(router.base?.digest).toBe(world.log.snapshot.digest);
    await world.flush();
    await world.isProjected();
    service.announce(world.log.assign('t1', 'service-1', 'v2.0.0'));
    await world.waitFor(() => expect(router.base?.digest).toBe(world.log.snapshot.digest));
    expect(idsOf(router)).toEqual(['h1']);

    service.announce(world.log.commit({ holds: { upsert: [hold('h1')] } }));
    await world.agrees(router);
    service.announce(world.log.commit({ holds: { remove: ['h1'] } }));
    await world.agrees(router);
    expect(idsOf(router)).toEqual([]);
  });

  it('counts from the first snapshot on, and stays until the router is as far as the log was', async () => {
    const service = world.startPublisher();
    await world.isProjected();
    await tell('h1', { kind: 'pending', override: { hold: hold('h1') } });
    const seen: unknown[] = [];
    const router = await world.router({ overridesMs: 10 });
    router.onChanged(() => seen.push(idsOf(router)));
    await world.waitFor(() => expect(router.snapshot).toBeDefined());
    seen.push(idsOf(router));
    const { epoch, revision } = world.log.position;
    // Brought and lifted while this router was not looking: it only hears from where on the log decides.
    await tell('h1', { kind: 'settled', at: 0, position: { epoch, revision: revision + 1 } });
    await tell('h2', { kind: 'pending', override: { hold: hold('h2') } });
    await world.waitFor(() => expect(idsOf(router)).toEqual(['h1', 'h2']));
    expect(seen.every((ids) => JSON.stringify(ids).includes('"h1"'))).toBe(true);
    service.announce(world.log.assign('t1', 'service-1', 'v2.0.0'));
    await world.waitFor(() => expect(idsOf(router)).toEqual(['h2']));
    // A replica that was away tells of it again.
    await tell('h1', { kind: 'pending', override: { hold: hold('h1') } });
    await tell('h3', { kind: 'pending', override: { hold: hold('h3') } });
    await world.waitFor(() => expect(idsOf(router)).toEqual(['h2', 'h3']));
  });
});
