import { redisKeys } from '@grey/contracts';
import { needsRedis, type RunningRedis, startRedis } from '@grey/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { RedisLink } from './redis-link.ts';
import { parseRedisUrl } from './redis-settings.ts';
import { RouterLease } from './router-lease.ts';
import { RouterPresence, type RouterPresenceOptions } from './router-presence.ts';
import { quiet } from './testing/propagation-world.ts';

let redis: RunningRedis;
let link: RedisLink;
const running: RouterPresence[] = [];
const at = (revision: number, epoch = 'e') => ({ epoch, revision });

/** A router whose position is set from outside. */
function router(id: string, options: Partial<RouterPresenceOptions> = {}) {
  const state = { position: at(1), digest: `digest-${id}` };
  const self = { id, kind: 'gateway', region: 'eu', host: 'here', startedAt: 1 } as const;
  const presence = new RouterPresence({ link, logger: quiet, self, current: () => state, ...options });
  running.push(presence);
  return { presence, state };
}

describe('the presence of routers', needsRedis(), () => {
  beforeAll(async () => {
    redis = await startRedis();
    link = new RedisLink(parseRedisUrl(redis.url));
    await link.open();
  });
  afterAll(async () => {
    await link?.close();
    await redis?.stop();
  });
  beforeEach(() => link.run((client) => client.flushall()));
  afterEach(async () => {
    for (const one of running.splice(0)) await one.stop();
  });

  it('lists who reported, with what it has applied, until it says goodbye', async () => {
    const [a, b] = [router('a'), router('b')];
    await Promise.all([a.presence.start(), b.presence.start()]);
    const listed = await a.presence.list();
    expect(listed.map(({ id, digest, position, region }) => [id, digest, position, region])).toEqual([
      ['a', 'digest-a', at(1), 'eu'],
      ['b', 'digest-b', at(1), 'eu'],
    ]);
    await b.presence.stop();
    expect((await a.presence.list()).map(({ id }) => id)).toEqual(['a']);
  });

  it('forgets a router that falls silent, by the clock of Redis', async () => {
    const a = router('a', { expireMs: 200, reportMs: 20 });
    await a.presence.start();
    await router('b', { expireMs: 200, reportMs: 100_000 }).presence.start();
    expect(await a.presence.list()).toHaveLength(2);
    await vi.waitFor(async () => expect((await a.presence.list()).map(({ id }) => id)).toEqual(['a']), 10_000);
    await vi.waitFor(
      async () => expect(await link.run((client) => client.hkeys(redisKeys.routers))).toEqual(['a']),
      10_000,
    );
  });

  it('reports soon after a change, and a burst of changes once', async () => {
    const [a, b] = [router('a'), router('b', { reportMs: 100_000 })];
    await Promise.all([a.presence.start(), b.presence.start()]);
    const counted = await link.run((client) => client.info('commandstats'));
    const evals = (text: string) => Number(/cmdstat_eval:calls=(\d+)/.exec(text)?.[1] ?? 0);
    for (let revision = 2; revision <= 500; revision++) {
      b.state.position = at(revision);
      b.presence.applied();
    }
    await vi.waitFor(async () => {
      const [, report] = await a.presence.list();
      expect(report?.position).toEqual(at(500));
    }, 10_000);
    expect(evals(await link.run((client) => client.info('commandstats'))) - evals(counted)).toBeLessThan(100);
  });

  it('waits until all have applied a position, and names those that have not', async () => {
    const [a, b, c] = [router('a'), router('b'), router('c')];
    await Promise.all([a, b, c].map(({ presence }) => presence.start()));
    const move = (one: typeof a, position: typeof a.state.position) => {
      one.state.position = position;
      one.presence.applied();
    };
    move(a, at(2));
    move(b, at(1, 'later'));
    expect(await a.presence.waitConverged(at(2), 100)).toMatchObject({ total: 3, applied: 2, missing: ['c'] });
    const waiting = a.presence.waitConverged(at(2), 30_000);
    move(c, at(3));
    expect(await waiting).toMatchObject({ total: 3, applied: 3, missing: [] });
  });

  it('says what it knows of itself and last knew of others while Redis is away', async () => {
    const [a, b] = [router('a'), router('b')];
    await Promise.all([a.presence.start(), b.presence.start()]);
    await a.presence.list();
    a.state.position = at(2);
    await redis.kill();
    expect(await a.presence.waitConverged(at(2), 50)).toMatchObject({ total: 2, applied: 1, missing: ['b'] });
    await redis.restart();
    await vi.waitFor(() => a.presence.list(), 10_000);
  });

  it('remembers for a day who was there, silent or gone, with its last word', async () => {
    const a = router('a', { expireMs: 50, reportMs: 20 });
    await a.presence.start();
    const silent = router('silent', { reportMs: 100_000 });
    await silent.presence.start();
    const leaver = router('leaver');
    await leaver.presence.start();
    await leaver.presence.stop();
    await vi.waitFor(async () => expect((await a.presence.list()).map(({ id }) => id)).toEqual(['a']), 10_000);
    const { since, sinceMs, routers } = await a.presence.listKnown();
    const told = routers.map(({ report, isGone }) => [report.id, report.position, isGone]).sort();
    expect(told).toEqual([
      ['a', at(1), false],
      ['leaver', at(1), true],
      ['silent', at(1), false],
    ]);
    expect(Number(since)).toBeGreaterThan(0);
    expect(sinceMs).toBeGreaterThan(0);
    const life = await link.run((client) => client.pttl(redisKeys.routersKnown));
    expect(life).toBeGreaterThan(24 * 3_600_000);
  });

  it('says since when it remembers, and otherwise after it was emptied', async () => {
    const a = router('a', { reportMs: 20 });
    expect(await a.presence.listKnown()).toEqual({ since: '', sinceMs: 0, routers: [] });
    await a.presence.start();
    const before = await a.presence.listKnown();
    await link.run((client) => client.hset(redisKeys.routersKnown, 'old', `1 ${JSON.stringify(a.presence.report())}`));
    expect((await a.presence.listKnown()).since).toBe(before.since);
    expect(await link.run((client) => client.hkeys(redisKeys.routersKnown))).not.toContain('old');
    await link.run((client) => client.flushall());
    await vi.waitFor(async () => {
      const after = await a.presence.listKnown();
      expect(after.routers).toHaveLength(1);
      expect(after.since).not.toBe(before.since);
    }, 10_000);
  });

  it('renews a lease by each report that Redis took, and by no other', async () => {
    const lease = new RouterLease({ leaseMs: 60_000 });
    const a = router('a', { lease, reportMs: 20 });
    await a.presence.start();
    expect(a.presence.report().leaseMs).toBe(60_000);
    lease.caughtUp(lease.now());
    expect(lease.isHeld()).toBe(true);
    const told: number[] = [];
    vi.spyOn(lease, 'reported').mockImplementation((askedAt) => void told.push(askedAt));
    await redis.kill();
    // What was under way when it died may have been answered.
    await vi.waitFor(() => expect(link.status.isUp).toBe(false), 10_000);
    told.length = 0;
    await vi.waitFor(() => expect(a.presence.list()).rejects.toThrow(), 10_000);
    expect(told).toEqual([]);
    await redis.restart();
    await vi.waitFor(() => expect(told.length).toBeGreaterThan(1), 20_000);
    expect(told.every((askedAt) => askedAt <= lease.now())).toBe(true);
    await a.presence.stop();
    expect(lease.isHeld()).toBe(false);
  });

  it('survives a report that it cannot read', async () => {
    const a = router('a');
    await a.presence.start();
    await link.run(async (client) => {
      await client.hset(
        redisKeys.routers,
        'odd',
        '{',
        'newer',
        JSON.stringify({ ...a.presence.report(), id: 'newer', more: 1 }),
      );
      await client.zadd(redisKeys.routersSeen, Date.now(), 'odd', Date.now(), 'newer');
    });
    expect((await a.presence.list()).map(({ id }) => id)).toEqual(['a', 'newer']);
  });
});
