import { redisKeys } from '@grey/contracts';
import { applyDelta, type Position } from '@grey/route-core';
import { needsRedis, type RunningRedis, seededRandom, startRedis } from '@grey/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FollowLink } from './change-follower.ts';
import type { RedisLink } from './redis-link.ts';
import { RouterLease } from './router-lease.ts';
import { PropagationWorld } from './testing/propagation-world.ts';

let redis: RunningRedis;
let world: PropagationWorld;

/** A share of all reads fails, half of them after Redis has answered. */
function faulty(link: RedisLink, share: number, seed: number): FollowLink & { failures: number } {
  const random = seededRandom(seed);
  const state = {
    failures: 0,
    runOnce: <T>(work: Parameters<typeof link.runOnce<T>>[0]) => fail(() => link.runOnce(work)),
    openReader() {
      const reader = link.openReader();
      return {
        read: (...args: Parameters<typeof reader.read>) => fail(() => reader.read(...args)),
        close: () => reader.close(),
      };
    },
  };
  async function fail<T>(work: () => Promise<T>): Promise<T> {
    const dice = random();
    if (dice < share) state.failures++;
    if (dice < share / 2) throw new Error('injected before');
    const answer = await work();
    if (dice < share) throw new Error('injected after');
    return answer;
  }
  return state;
}

describe('following', needsRedis(), () => {
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

  it('misses nothing while 5 % of the reads fail', async () => {
    const service = world.startPublisher();
    await world.isProjected();
    const links = [1, 2, 3, 4, 5].map((seed) => faulty(world.link, 0.05, seed));
    const routers = await Promise.all(links.map((link) => world.router({ link })));
    const seen = routers.map((router) => {
      const revisions: number[] = [];
      router.onChanged((snapshot, cause) => {
        if (cause.kind === 'changed') revisions.push(snapshot.position.revision);
      });
      return revisions;
    });
    for (const router of routers) await world.agrees(router);
    const first = world.log.position.revision + 1;
    for (let i = 0; i < 600; i++) {
      service.announce(world.log.assign(`t${i % 30}`, `service-${i % 4}`, `v${1 + ((i * 7) % 3)}.0.0`));
      // in turn with the readers, so that there are many reads
      if (i % 2 === 0) await new Promise((resolve) => setImmediate(resolve));
      if (i % 5 === 0) await world.agrees(routers[i % 2]!);
    }
    for (const router of routers) await world.agrees(router);
    const all = Array.from({ length: world.log.position.revision - first + 1 }, (_, index) => first + index);
    for (const revisions of seen) expect(revisions).toEqual(all);
    expect(links.every((link) => link.failures > 0)).toBe(true);
  });

  it('begins with a whole snapshot while changes are being written', async () => {
    const service = world.startPublisher();
    await world.isProjected();
    let isWriting = true;
    const digests = new Map<string, string>();
    const note = ({ epoch, revision }: Position, digest: string) => digests.set(`${epoch}/${revision}`, digest);
    note(world.log.position, world.log.snapshot.digest);
    const writing = (async () => {
      for (let i = 0; isWriting; i++) {
        service.announce(world.log.assign(`t${i % 30}`, `service-${i % 4}`, `v${1 + ((i * 7) % 3)}.0.0`));
        note(world.log.position, world.log.snapshot.digest);
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    })();
    for (let round = 0; round < 15; round++) {
      const router = await world.router();
      await world.waitFor(() => expect(router.snapshot).toBeDefined());
      const { position, digest } = router.snapshot!;
      expect(digest).toBe(digests.get(`${position.epoch}/${position.revision}`));
    }
    isWriting = false;
    await writing;
    await world.agrees(await world.router());
  });

  it('follows the log by polling while Redis is away, from its last good snapshot', async () => {
    world.startPublisher();
    await world.isProjected();
    const deltasAfter = async (after: Position) => {
      const changes = await world.log.loadChanges(after);
      return changes === 'reset' ? changes : changes.map(({ delta }) => delta);
    };
    const router = await world.router({ poll: deltasAfter, load: async () => world.log.snapshot, pollMs: 50 });
    await world.agrees(router);
    await redis.kill();
    world.log.assign('t1', 'service-1', 'v3.0.0');
    await world.agrees(router);
    const begun = await world.router({ poll: deltasAfter, load: async () => world.log.snapshot, pollMs: 50 });
    await world.agrees(begun);
    world.log.kept = 0;
    world.log.assign('t2', 'service-1', 'v3.0.0');
    await world.agrees(router);
    expect(router.status.state).toBe('away');
    world.log.kept = Number.POSITIVE_INFINITY;
    await redis.restart();
    world.log.assign('t3', 'service-1', 'v3.0.0');
    await world.agrees(router);
    await world.waitFor(() => expect(router.status.state).toBe('following'));
  });

  it('takes its own commits at once and the stream’s copy as known', async () => {
    const service = world.startPublisher();
    const router = await world.router();
    await world.agrees(router);
    const seen: number[] = [];
    router.onChanged((snapshot) => seen.push(snapshot.position.revision));
    for (let i = 0; i < 20; i++) {
      const change = world.log.assign(`t${i}`, 'service-1', 'v3.0.0');
      if (i % 2 === 0) router.offer(change.delta);
      service.announce(change);
    }
    await world.agrees(router);
    expect(seen).toEqual(Array.from({ length: 20 }, (_, index) => index + 2));
  });

  it('keeps the instances it knows over a change and over a new snapshot', async () => {
    const service = world.startPublisher();
    const router = await world.router();
    await world.agrees(router);
    const instance = {
      serviceId: 'service-1',
      instanceId: 'i1',
      version: 'v1.0.0',
      address: '127.0.0.1:1',
      weight: 1,
    } as const;
    router.setInstances('service-1', [{ ...instance, health: 'healthy', isEnabled: true }]);
    const ids = () => router.snapshot!.listInstances().map((one) => one.instanceId);
    expect(ids()).toEqual(['i1']);
    service.announce(world.log.assign('t1', 'service-1', 'v3.0.0'));
    await world.agrees(router);
    expect(ids()).toEqual(['i1']);
    world.log.snapshot = applyDelta(world.log.snapshot, {
      ...world.log.position,
      revision: world.log.position.revision + 1,
    });
    world.log.kept = 0;
    await world.link.run((client) => client.flushall());
    await world.agrees(router);
    expect(router.status.resyncCount).toBe(2);
    expect(ids()).toEqual(['i1']);
  });

  it.each([
    ['damaged', { data: 'not an image' }],
    ['of a later format', { format: '99' }],
  ])('begins once an image that is %s has been written anew', async (_, fields) => {
    const service = world.startPublisher();
    await world.isProjected();
    await service.stop();
    await world.link.run((client) => client.hset(redisKeys.image, fields));
    const router = await world.router();
    expect(router.status.state).not.toBe('following');
    const polling = await world.router({ load: async () => world.log.snapshot, pollMs: 50 });
    await world.agrees(polling);
    world.startPublisher();
    await world.agrees(router);
  });

  it('goes past an entry that cannot be read as soon as there is an image beyond it', async () => {
    const service = world.startPublisher();
    const router = await world.router();
    await world.agrees(router);
    await service.stop();
    const before = router.snapshot?.digest;
    const { epoch, revision } = world.log.assign('t1', 'service-1', 'v3.0.0').delta;
    const entry = {
      v: '1',
      epoch,
      id: 'x',
      at: '',
      part: '0',
      parts: '1',
      encoding: 'json',
      payload: '{"assignments":',
    };
    await world.link.run(async (client) => {
      await client.xadd(redisKeys.changes, `${revision}-0`, ...Object.entries(entry).flat());
      await client.hset(redisKeys.position, 'revision', revision);
    });
    await world.waitFor(() => expect(['resyncing', 'away']).toContain(router.status.state));
    expect(router.snapshot?.digest).toBe(before);
    world.startPublisher();
    await world.agrees(router);
    await world.waitFor(() => expect(router.status.state).toBe('following'));
  });

  it('hears of what never reached Redis, while Redis seems well', async () => {
    world.startPublisher();
    const poll = async (after: Position) => {
      const changes = await world.log.loadChanges(after);
      return changes === 'reset' ? changes : changes.map(({ delta }) => delta);
    };
    await world.isProjected();
    await world.end();
    const lonely = await world.router({ poll, pollMs: 50, idlePollMs: 100 });
    await world.agrees(lonely);
    world.log.assign('t1', 'service-1', 'v3.0.0');
    await world.agrees(lonely);
  });

  it('counts as contact when all there is was applied, idle or busy, and not while Redis is empty or away', async () => {
    const lease = new RouterLease({ leaseMs: 60_000 });
    const told = vi.spyOn(lease, 'caughtUp');
    const service = world.startPublisher();
    await world.isProjected();
    const router = await world.router({ lease, blockMs: 20 });
    await world.agrees(router);
    const isToldAgain = async () => {
      const from = lease.now();
      await vi.waitFor(() => expect(told.mock.calls.some(([askedAt]) => askedAt >= from)).toBe(true), 10_000);
    };
    await isToldAgain();
    service.announce(world.log.assign('t1', 'service-1', 'v2.0.0'));
    await world.agrees(router);
    await isToldAgain();
    await service.stop();
    await world.flush();
    await vi.waitFor(() => expect(router.status.state).toBe('waiting'), 10_000);
    told.mockClear();
    const looks = vi.spyOn(world.link, 'runOnce');
    await vi.waitFor(() => expect(looks.mock.calls.length).toBeGreaterThan(5), 10_000);
    looks.mockRestore();
    expect(router.status.state).toBe('waiting');
    expect(told).not.toHaveBeenCalled();
  });
});
