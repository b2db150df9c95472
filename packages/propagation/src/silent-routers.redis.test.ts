import { redisKeys } from '@grey/contracts';
import { needsRedis, type RunningRedis, startRedis } from '@grey/testkit';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { RedisLink } from './redis-link.ts';
import { parseRedisUrl } from './redis-settings.ts';
import { RouterPresence } from './router-presence.ts';

const patience = { timeout: 20_000, interval: 20 };
const logger = { info: () => {}, warn: () => {}, error: () => {} };

describe('routers that know each other', needsRedis(), () => {
  let redis: RunningRedis;
  let client: Redis;
  let link: RedisLink;
  let revision: number;
  let first: RouterPresence;
  let second: RouterPresence;

  const makePresence = (id: string, expireMs: number) =>
    new RouterPresence({
      link,
      logger,
      self: { id, kind: 'api', region: null, host: 'here', startedAt: 0 },
      current: () => ({ position: { epoch: 'a', revision: id === 'first' ? 9 : revision }, digest: '00' }),
      reportMs: 60_000,
      expireMs,
    });
  const idsKnownTo = async (presence: RouterPresence) => (await presence.list()).map(({ id }) => id);

  beforeAll(async () => {
    redis = await startRedis();
    client = new Redis(redis.url);
    client.on('error', () => undefined);
    link = new RedisLink(parseRedisUrl(redis.url));
    await link.open();
  });
  afterAll(async () => {
    client.disconnect();
    await link.close();
    await redis.stop();
  });
  beforeEach(async () => {
    await client.flushall();
    revision = 1;
    first = makePresence('first', 30_000);
    second = makePresence('second', 30_000);
    await first.start();
    await second.start();
  });
  afterEach(() => Promise.all([first.stop(), second.stop()]));

  it('wait for the one that is behind, and name it when the time is over', async () => {
    const behind = await first.waitConverged({ epoch: 'a', revision: 2 }, 50);
    expect(behind).toMatchObject({ total: 2, applied: 1, missing: ['second'] });
    const waiting = first.waitConverged({ epoch: 'a', revision: 2 }, 20_000);
    revision = 2;
    second.applied();
    expect(await waiting).toMatchObject({ total: 2, applied: 2, missing: [] });
  });

  it('are not forgotten when Redis is emptied', async () => {
    expect(await idsKnownTo(first)).toEqual(['first', 'second']);
    await client.flushall();
    expect(await idsKnownTo(first)).toEqual(['first', 'second']);
    expect(await first.waitConverged({ epoch: 'a', revision: 2 }, 20)).toMatchObject({ total: 2, missing: ['second'] });
  });

  it('are waited for while Redis is away, and again when it is back', async () => {
    await first.list();
    await redis.kill();
    expect(await first.waitConverged({ epoch: 'a', revision: 2 }, 20)).toMatchObject({ total: 2, missing: ['second'] });
    await redis.restart();
    await vi.waitFor(async () => expect(await idsKnownTo(first)).toEqual(['first', 'second']), patience);
  });

  it('take leave at once', async () => {
    expect(await idsKnownTo(first)).toEqual(['first', 'second']);
    await second.stop();
    expect(await idsKnownTo(first)).toEqual(['first']);
    await second.start();
    expect(await idsKnownTo(first)).toEqual(['first', 'second']);
  });

  it('drop one that fell silent', async () => {
    const impatient = makePresence('impatient', 300);
    await impatient.start();
    expect(await idsKnownTo(impatient)).toContain('second');
    await vi.waitFor(async () => {
      await client.zadd(redisKeys.routersSeen, Date.now(), 'impatient');
      expect(await idsKnownTo(impatient)).not.toContain('second');
    }, patience);
    await impatient.stop();
  });
});
