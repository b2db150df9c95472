import { needsRedis, type RunningRedisSentinel, startRedisSentinel } from '@grey/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PropagationWorld } from './testing/propagation-world.ts';

let sentinel: RunningRedisSentinel;
let world: PropagationWorld;

describe('behind Redis Sentinel', needsRedis(), () => {
  beforeAll(async () => {
    sentinel = await startRedisSentinel();
    world = new PropagationWorld(sentinel.url);
  });
  afterAll(async () => {
    await world?.link.close();
    await sentinel?.stop();
  });
  beforeEach(() => world.begin());
  afterEach(() => world.end());

  it('loses nothing when the master is killed under way', async () => {
    const services = [world.startPublisher(), world.startPublisher()];
    const router = await world.router();
    await world.agrees(router);
    const seen: number[] = [];
    router.onChanged((snapshot) => seen.push(snapshot.position.revision));
    const serverOf = () => world.link.run(async (client) => /tcp_port:(\d+)/.exec(await client.info('server'))?.[1]);
    const before = await serverOf();
    const write = (count: number) => {
      for (let i = 0; i < count; i++) {
        services[i % 2]!.announce(world.log.assign(`t${i % 30}`, `service-${i % 4}`, `v${1 + ((i * 7) % 3)}.0.0`));
      }
    };
    write(100);
    await sentinel.killMaster();
    write(100);
    await world.waitFor(() => expect(router.status.state).toBe('away'));
    write(100);
    await world.agrees(router);
    await world.isProjected();
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(await serverOf()).not.toBe(before);
    await world.waitFor(() => expect(services.map((one) => one.status.state)).toEqual(['in_sync', 'in_sync']));
  });
});
