import { needsRedis, type RunningRedis, startRedis } from '@grey/testkit';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RedisError } from './redis-error.ts';
import { type LinkStatus, RedisLink, type RedisLinkOptions } from './redis-link.ts';
import { parseRedisUrl } from './redis-settings.ts';

const SECRET = 'hunter2-very-secret';

let redis: RunningRedis;
let link: RedisLink;
const waitFor = (check: () => unknown) => vi.waitFor(check, { timeout: 20_000, interval: 20 });

async function open(options: RedisLinkOptions = {}, url = redis.url): Promise<RedisLink> {
  link = new RedisLink(parseRedisUrl(url), { retryDelayMs: 10, ...options });
  await link.open();
  return link;
}

describe('the way to Redis', needsRedis(), () => {
  beforeEach(async () => {
    redis = await startRedis();
  });
  afterEach(async () => {
    await link?.close();
    await redis?.stop();
  });

  it('says up, down and up again, and comes back by itself', async () => {
    const told: LinkStatus[] = [];
    await open({ onStatus: (status) => told.push(status) });
    expect(link.status.isUp).toBe(true);
    await redis.kill();
    await waitFor(() => expect(link.status.isUp).toBe(false));
    await expect(link.run((client) => client.get('x'))).rejects.toMatchObject({ code: 'REDIS_UNAVAILABLE' });
    await redis.restart();
    await waitFor(() => expect(link.status.isUp).toBe(true));
    await waitFor(async () => expect(await link.runOnce((client) => client.get('x'))).toBeNull());
    expect(told.map(({ isUp }) => isUp)).toEqual([true, false, true]);
  });

  it('tries three times what went unanswered, and once what Redis refuses', async () => {
    await open();
    let tries = 0;
    const outage = link.run(async () => {
      tries++;
      throw new Error('Connection is closed.');
    });
    await expect(outage).rejects.toThrow('the connection was closed');
    expect(tries).toBe(3);
    tries = 0;
    const refused = link.run((client) => {
      tries++;
      return client.call('INCRBY', 'x', 'not a number');
    });
    await expect(refused).rejects.toMatchObject({ code: 'REDIS_REFUSED' });
    expect(tries).toBe(1);
  });

  it('stops asking after several failures in a row, and asks again a little later', async () => {
    await open();
    let tries = 0;
    const work = async () => {
      tries++;
      throw new Error('Connection is closed.');
    };
    await waitFor(async () => {
      await link.run(work).catch(() => undefined);
      expect(link.isBroken).toBe(true);
    });
    const before = tries;
    await expect(link.runOnce(work)).rejects.toThrow('paused after several failures');
    expect(tries).toBe(before);
    await waitFor(async () => expect(await link.runOnce((client) => client.ping())).toBe('PONG'));
    expect(link.isBroken).toBe(false);
  });

  it('gives up on a server that accepts and does not answer', async () => {
    await open({ commandTimeoutMs: 100 });
    process.kill(redis.pid, 'SIGSTOP');
    const error = await link.run((client) => client.get('x')).catch((caught) => caught);
    process.kill(redis.pid, 'SIGCONT');
    expect(error).toBeInstanceOf(RedisError);
    expect(error.message).toBe('no answer in time');
  });

  it('never repeats a password', async () => {
    await (await open()).run((client) => client.config('SET', 'requirepass', `${SECRET}-other`));
    await link.close();
    const wrong = await open({}, `redis://default:${SECRET}@127.0.0.1:${redis.port}`);
    const error = await wrong.run((client) => client.get('x')).catch((caught) => caught);
    const bad = await wrong.runOnce((client) => client.call('AUTHX', SECRET)).catch((caught) => caught);
    const reading = await wrong
      .openReader()
      .read('x', '0', 10)
      .catch((caught) => caught);
    const texts = [error, bad, reading, wrong.status, wrong.description].map((one) =>
      one instanceof Error ? `${one.stack} ${JSON.stringify(Object.entries(one))} ${one.cause}` : JSON.stringify(one),
    );
    for (const text of texts) expect(text).not.toContain(SECRET);
    expect(wrong.status.isUp).toBe(false);
  });

  it('waits for a server that is not there yet', async () => {
    await redis.kill();
    await open();
    expect(link.status).toMatchObject({ isUp: false });
    const reader = link.openReader();
    await expect(reader.read('x', '0', 10)).rejects.toThrow(RedisError);
    await redis.restart();
    await waitFor(async () => expect(await reader.read('x', '0', 10)).toEqual([]));
    await waitFor(() => expect(link.status.isUp).toBe(true));
  });

  it('lets go of a read that waits when it is closed', async () => {
    await open();
    const reading = link.openReader().read('x', '0', 5_000);
    await link.close();
    await expect(reading).rejects.toMatchObject({ code: 'REDIS_UNAVAILABLE' });
  });
});
