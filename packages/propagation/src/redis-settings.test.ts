import { describe, expect, it } from 'vitest';
import { describeRedis, parseRedisUrl, RedisUrlError } from './redis-settings.ts';

describe('parseRedisUrl', () => {
  it.each([
    ['redis://localhost', { kind: 'standalone', isTls: false, address: { host: 'localhost', port: 6379 }, db: 0 }],
    ['redis://10.0.0.1:7000/3', { kind: 'standalone', isTls: false, address: { host: '10.0.0.1', port: 7000 }, db: 3 }],
    ['redis://[::1]:7000', { kind: 'standalone', isTls: false, address: { host: '::1', port: 7000 }, db: 0 }],
    [
      'rediss://grey:p%40ss%3A1@r.example',
      {
        kind: 'standalone',
        isTls: true,
        username: 'grey',
        password: 'p@ss:1',
        address: { host: 'r.example', port: 6379 },
        db: 0,
      },
    ],
    [
      'redis+sentinel://:secret@a:1,b/mymaster/2',
      {
        kind: 'sentinel',
        isTls: false,
        password: 'secret',
        sentinels: [
          { host: 'a', port: 1 },
          { host: 'b', port: 26_379 },
        ],
        masterName: 'mymaster',
        db: 2,
      },
    ],
    [
      'redis+cluster://u:p@a:1,b:2',
      {
        kind: 'cluster',
        isTls: false,
        username: 'u',
        password: 'p',
        nodes: [
          { host: 'a', port: 1 },
          { host: 'b', port: 2 },
        ],
      },
    ],
  ])('reads %s', (url, settings) => {
    expect(parseRedisUrl(url)).toEqual(settings);
  });

  it.each([
    ['http://hidden', 'forms'],
    ['hidden', 'forms'],
    ['redis://a,hidden', 'Several hosts'],
    ['redis://hidden:99999', 'port'],
    ['redis://hidden:x', 'host'],
    ['redis://', 'host'],
    ['redis://hidden/x', 'database'],
    ['redis://hidden/1/2', 'database'],
    ['redis://user@hidden', 'password'],
    ['redis://u:%hidden@h', 'percent-encoded'],
    ['redis+sentinel://hidden', 'master'],
    ['redis+sentinel://a/m/1/hidden', 'database'],
    ['redis+cluster://hidden/1', 'database 0'],
  ])('says what is wrong with %s without repeating it', (url, reason) => {
    const error = (() => {
      try {
        return parseRedisUrl(url);
      } catch (caught) {
        return caught;
      }
    })();
    expect(error).toBeInstanceOf(RedisUrlError);
    expect((error as Error).message).toContain(reason);
    expect((error as Error).message).not.toContain('hidden');
  });

  it('describes without secrets', () => {
    for (const url of ['redis://u:secret@h/1', 'redis+sentinel://u:secret@h/m', 'redis+cluster://u:secret@h']) {
      expect(describeRedis(parseRedisUrl(url))).toMatch(/\bh:\d+/);
      expect(describeRedis(parseRedisUrl(url))).not.toContain('secret');
    }
  });
});
