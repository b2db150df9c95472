import { redisKeys } from '@grey/contracts';
import { makeSnapshotSource, needsRedis, type RunningRedis, seededRandom, startRedis } from '@grey/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createProjectionWriter } from './projection-writer.ts';
import { Rebuilder, type RebuildStep } from './rebuilder.ts';
import { MemoryLog } from './testing/memory-log.ts';
import { PropagationWorld, quiet, smallSource } from './testing/propagation-world.ts';

const ROUNDS = 100;
const STEPS: readonly RebuildStep[] = ['locked', 'loaded', 'writing', 'written'];

let redis: RunningRedis;
let world: PropagationWorld;

describe('a rebuild', needsRedis(), () => {
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

  it(`that stands still beyond its lock writes nothing over a later one, in ${ROUNDS} rounds`, async () => {
    const { link } = world;
    const writer = createProjectionWriter(link);
    const random = seededRandom(3);
    const outcomes = new Map<string, number>();
    for (let round = 0; round < ROUNDS; round++) {
      await link.run((client) => client.flushall());
      const old = new MemoryLog(smallSource);
      world.log = new MemoryLog(smallSource);
      for (let i = 0; i < 5; i++) world.log.assign(`t${Math.floor(random() * 30)}`, 'service-1', 'v9.9.9');
      const stopAt = STEPS[round % STEPS.length]!;
      const isStopped = Promise.withResolvers<void>();
      const goOn = Promise.withResolvers<void>();
      const sleeper = new Rebuilder({
        link,
        writer,
        logger: quiet,
        source: { loadAll: async () => ({ snapshot: old.snapshot, tenants: old.profiles.values() }) },
        onStep: async (step) => {
          if (step !== stopAt) return;
          isStopped.resolve();
          await goOn.promise;
        },
      });
      const sleeping = sleeper.rebuild(async () => true);
      await isStopped.promise;
      // what time does to the lock of a stopped process, whose renewals stop with it
      await link.run((client) => client.del(redisKeys.rebuildLock));
      const service = world.publisher();
      await service.tick();
      expect(service.status).toMatchObject({ state: 'in_sync', rebuildCount: 1 });
      goOn.resolve();
      const outcome = await sleeping;
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      await world.isProjected();
      await service.stop();
    }
    expect(outcomes).toEqual(new Map([['lost', ROUNDS]]));
  });

  it('is left to whoever holds the lock, and taken over when the lock runs out', async () => {
    await world.link.run((client) => client.set(redisKeys.rebuildLock, 'somebody', 'PX', 400));
    const service = world.startPublisher();
    await world.waitFor(() => expect(service.status.state).toBe('rebuilding'));
    expect(service.status.rebuildCount).toBe(0);
    await world.waitFor(() => expect(service.status).toMatchObject({ state: 'in_sync', rebuildCount: 1 }));
  });

  it('keeps its lock for as long as it takes', async () => {
    const slow = world.publisher({
      rebuildLockMs: 1_500,
      onRebuildStep: () => new Promise((done) => setTimeout(done, 500)),
    });
    const ticking = slow.tick();
    const rival = world.publisher();
    while ((await Promise.race([ticking.then(() => 'done'), rival.tick()])) !== 'done') {
      expect(rival.status.rebuildCount).toBe(0);
    }
    expect([slow.status.rebuildCount, rival.status.rebuildCount]).toEqual([1, 0]);
    await world.isProjected();
  });

  it('removes what a later epoch no longer has', async () => {
    world.startPublisher();
    await world.isProjected();
    const source = makeSnapshotSource({ tenantCount: 12, serviceCount: 2 });
    world.log.restore({ ...source, position: { epoch: `${world.log.position.epoch}-later`, revision: 1 } });
    await world.isProjected();
    expect(await world.link.run((client) => client.exists(redisKeys.tenantServices('t20')))).toBe(0);
  });
});
