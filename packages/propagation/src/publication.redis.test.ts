import { redisKeys } from '@grey/contracts';
import { makeSnapshotSource, type RunningRedis, startRedis } from '@grey/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { FollowedSnapshot } from './followed-snapshot.ts';
import type { PropagationLogger } from './publication.ts';
import { PublicationService, type PublicationServiceOptions } from './publication-service.ts';
import { RedisLink } from './redis-link.ts';
import { readPosition } from './redis-position.ts';
import { parseRedisUrl } from './redis-settings.ts';
import { MemoryLog } from './testing/memory-log.ts';
import { expectedProjection, readProjection } from './testing/read-projection.ts';

const quiet: PropagationLogger = { info: () => {}, warn: () => {}, error: () => {} };
const source = makeSnapshotSource({ tenantCount: 30, serviceCount: 4 });

let redis: RunningRedis;
let link: RedisLink;
let log: MemoryLog;
const running: { stop(): Promise<void> }[] = [];

beforeAll(async () => {
  redis = await startRedis();
  link = new RedisLink(parseRedisUrl(redis.url), { retryDelayMs: 20 });
  await link.open();
});
afterAll(async () => {
  await link.close();
  await redis.stop();
});
beforeEach(async () => {
  await link.run((client) => client.flushall());
  log = new MemoryLog(source);
});
afterEach(async () => {
  for (const one of running.splice(0)) await one.stop();
});

function publisher(options: Partial<PublicationServiceOptions> = {}): PublicationService {
  const service = new PublicationService({ link, source: log, logger: quiet, tickMs: 50, takeOverMs: 100, ...options });
  running.push(service);
  return service;
}

async function router(): Promise<FollowedSnapshot> {
  const followed = new FollowedSnapshot({ link, logger: quiet, blockMs: 100 });
  running.push(followed);
  await followed.start();
  return followed;
}

const waitFor = (check: () => Promise<void> | void) => vi.waitFor(check, { timeout: 20_000, interval: 20 });
const agree = (followed: FollowedSnapshot) =>
  waitFor(() => {
    expect(followed.snapshot?.position).toEqual(log.position);
    expect(followed.snapshot?.digest).toBe(log.snapshot.digest);
  });
const projected = () =>
  waitFor(async () => {
    const whole = await link.run((client) => readProjection(client));
    expect(whole).toEqual(expectedProjection(log.snapshot, log.profiles.values()));
  });

describe('publication', () => {
  it('fills an empty Redis and carries every change to routers and projection', async () => {
    const service = publisher();
    service.start();
    const followed = await router();
    await agree(followed);
    for (let i = 0; i < 20; i++) service.announce(log.assign(`t${i}`, 'service-1', 'v3.0.0'));
    service.announce(
      log.commit({
        tenants: { upsert: [{ id: 'new', status: 'suspended' }], remove: ['t3'] },
        assignments: { remove: [0, 1, 2, 3].map((n) => ({ tenantId: 't3', serviceId: `service-${n}` })) },
      }),
    );
    await agree(followed);
    await projected();
    expect(service.status.state).toBe('in_sync');
    expect(service.status.rebuildCount).toBe(1);
  });

  it('heals a flush', async () => {
    const service = publisher();
    service.start();
    const followed = await router();
    await agree(followed);
    await link.run((client) => client.flushall());
    service.announce(log.assign('t1', 'service-1', 'v3.0.0'));
    await agree(followed);
    await projected();
    expect(await link.run(readPosition)).toMatchObject({ ...log.position, projected: log.position.revision });
  });

  it('corrects lost and wrong keys by itself', async () => {
    publisher().start();
    await projected();
    await link.run(async (client) => {
      await client.del(redisKeys.tenantServices('t5'), redisKeys.activeTenants, redisKeys.systemTenants);
      await client.hset(redisKeys.tenantServices('t6'), 'service-0', 'v9');
      await client.hset(redisKeys.tenantServices('stranger'), 'service-0', 'v9');
    });
    await projected();
  });
});
