import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type NacosProxy, type ProxyAction, startNacosProxy } from '../../../test/nacos-proxy.ts';
import { NacosHttp } from './nacos-http.ts';
import { NacosLogin } from './nacos-login.ts';
import { completeNacosSettings, type NacosSourceSettings } from './nacos-settings.ts';

const PATH = '/v1/ns/service/list';
const OK: ProxyAction = { status: 200, body: '{"count":0,"doms":[]}' };

describe('The way to Nacos', () => {
  let server: NacosProxy;
  let log: string[];
  const opened: NacosHttp[] = [];
  const logger = { log: (text: string) => void log.push(text), warn: (text: string) => void log.push(text) };

  beforeEach(async () => {
    server = await startNacosProxy();
    server.act = () => OK;
    log = [];
  });
  afterEach(async () => {
    for (const http of opened.splice(0)) http.close();
    await server.close();
  });

  function open(changes: Partial<NacosSourceSettings> = {}, now?: () => number): NacosHttp {
    const settings = completeNacosSettings({ urls: [server.url], retryDelayMs: 10, ...changes });
    const login = settings.credentials && new NacosLogin(settings.credentials, '/v1/auth/login', now);
    const http = new NacosHttp(settings, login, logger);
    opened.push(http);
    return http;
  }

  /** Answers with the actions one after the other, then with the last one for ever. */
  function answer(...actions: ProxyAction[]): void {
    server.act = () => (actions.length > 1 ? actions.shift() : actions[0]) as ProxyAction;
  }

  test('a second and a third attempt are made, each after a longer wait', async () => {
    answer({ status: 500, body: '' }, { status: 502, body: '' }, OK);
    expect(await open({ retryDelayMs: 40 }).get(PATH, {})).toMatchObject({ isFound: true });
    const [first, second, third] = server.seen.map((one) => one.at) as [number, number, number];
    expect(second - first).toBeGreaterThanOrEqual(39);
    expect(third - second).toBeGreaterThanOrEqual(79);
    expect(server.seen).toHaveLength(3);
  });

  test('a poll asks once', async () => {
    answer({ status: 500, body: '' });
    await expect(open().poll(PATH, {})).rejects.toMatchObject({ failure: 'UNREACHABLE' });
    expect(server.seen).toHaveLength(1);
  });

  test.each([
    ['an empty answer', '', 'GARBAGE'],
    ['half an answer', '{"count":1,"doms":["or', 'GARBAGE'],
    ['a page for humans', '<html>Welcome</html>', 'GARBAGE'],
  ])('%s is no answer, though its status is 200', async (_, body, failure) => {
    answer({ status: 200, body });
    await expect(open().get(PATH, {})).rejects.toMatchObject({ failure });
    expect(server.seen).toHaveLength(3);
  });

  test('an answer without end is cut off', async () => {
    answer({ status: 200, body: ' '.repeat(33 * 1024 * 1024) });
    await expect(open().poll(PATH, {})).rejects.toMatchObject({ failure: 'GARBAGE' });
  });

  test('a server that does not answer is not waited for', async () => {
    answer('hang');
    await expect(open({ timeoutMs: 50 }).get(PATH, {})).rejects.toThrow('no answer within 50 ms');
    expect(server.seen).toHaveLength(3);
  });

  test.each([
    [403, '', 'REFUSED'],
    [404, '{"status":404}', 'UNSUPPORTED'],
    [410, '{"status":410}', 'UNSUPPORTED'],
    [302, '', 'REFUSED'],
  ])('status %i is not tried again', async (status, body, failure) => {
    answer({ status, body });
    await expect(open().get(PATH, {})).rejects.toMatchObject({ failure });
    expect(server.seen).toHaveLength(1);
  });

  test('a 404 in the words of the API means that the thing is not there', async () => {
    answer({ status: 404, body: '{"code":21008,"message":"service not exist"}' });
    expect(await open().get(PATH, {})).toMatchObject({ isFound: false });
  });

  test('a server that failed five times is left alone for a while, and asked again after that', async () => {
    const http = open({ breakMs: 1_000 });
    await http.poll(PATH, {});
    answer({ status: 500, body: '' });
    for (let i = 0; i < 20; i++) await expect(http.poll(PATH, {})).rejects.toMatchObject({ failure: 'UNREACHABLE' });
    expect(server.seen).toHaveLength(1 + 5);
    answer(OK);
    await vi.waitFor(() => http.poll(PATH, {}), { timeout: 10_000, interval: 20 });
    expect(log).toEqual([expect.stringContaining('cannot be read'), expect.stringContaining('again')]);
  });

  test('a server that refuses is not left alone: it answers', async () => {
    answer({ status: 403, body: '' });
    const http = open();
    for (let i = 0; i < 8; i++) await expect(http.poll(PATH, {})).rejects.toMatchObject({ failure: 'REFUSED' });
    expect(server.seen).toHaveLength(8);
  });

  test('another server of the cluster is asked when one fails, and kept', async () => {
    const second = await startNacosProxy();
    second.act = () => OK;
    answer({ status: 500, body: '' });
    const http = open({ urls: [server.url, second.url] });
    await http.poll(PATH, {});
    await http.poll(PATH, {});
    expect([server.seen.length, second.seen.length]).toEqual([1, 2]);
    await second.close();
  });

  test('what is under way when it closes ends at once', async () => {
    answer('hang');
    const http = open();
    const asking = http.get(PATH, {});
    const refused = expect(asking).rejects.toMatchObject({ failure: 'CLOSED' });
    await vi.waitFor(() => expect(server.seen).toHaveLength(1));
    http.close();
    await refused;
  });

  describe('with credentials', () => {
    const credentials = { username: 'sync', password: 'pass-of-sync' };
    let issued: number;
    let isTokenGood: (token: string) => boolean;

    beforeEach(() => {
      issued = 0;
      isTokenGood = () => true;
      server.act = ({ target, headers }) => {
        if (target.endsWith('/v1/auth/login')) {
          issued += 1;
          return { status: 200, body: JSON.stringify({ accessToken: `token-${issued}`, tokenTtl: 100 }) };
        }
        return isTokenGood(headers.authorization ?? '') ? OK : { status: 403, body: '' };
      };
    });

    test('one login serves all, and neither password nor token is in a URL or a log', async () => {
      const http = open(credentials);
      await Promise.all([http.get(PATH, {}), http.get(PATH, {}), http.get(PATH, {})]);
      expect(issued).toBe(1);
      expect(server.seen.at(-1)?.headers.authorization).toBe('Bearer token-1');
      server.act = () => ({ status: 500, body: 'pass-of-sync' });
      await expect(http.get(PATH, {})).rejects.not.toThrow(/pass-of-sync|token-1/);
      expect(`${server.seen.map((one) => one.target)} ${log}`).not.toMatch(/pass-of-sync|token-1/);
    });

    test('the token is renewed before it ends', async () => {
      let now = 0;
      const http = open(credentials, () => now);
      await http.get(PATH, {});
      now = 79_000;
      await http.get(PATH, {});
      expect(issued).toBe(1);
      now = 81_000;
      await http.get(PATH, {});
      expect(issued).toBe(2);
    });

    test('a token that the server does not know any more is replaced on the spot', async () => {
      let now = 0;
      const http = open(credentials, () => now);
      await http.get(PATH, {});
      isTokenGood = (header) => header === 'Bearer token-2';
      now = 10_000;
      expect(await http.get(PATH, {})).toMatchObject({ isFound: true });
      expect(issued).toBe(2);
    });

    test('a refusal of a fresh token is a lack of rights, not a reason to log in again', async () => {
      isTokenGood = () => false;
      await expect(open(credentials).get(PATH, {})).rejects.toMatchObject({ failure: 'REFUSED' });
      expect(issued).toBe(1);
    });

    test('the status 0 by which 2.3 answers a wrong password is a refusal', async () => {
      const odd = createServer((socket) => {
        socket.on('error', () => undefined);
        socket.once('data', () => socket.end('HTTP/1.1 0 \r\nDate: Sat, 21 Nov 2026 17:01:13 GMT\r\n\r\n'));
      });
      await new Promise<void>((resolve) => void odd.listen(0, '127.0.0.1', resolve));
      const { port } = odd.address() as { port: number };
      const http = open({ ...credentials, urls: [`http://127.0.0.1:${port}`] });
      await expect(http.get(PATH, {})).rejects.toMatchObject({ failure: 'REFUSED' });
      odd.close();
    });
  });
});

test.each([
  ['no URL', { urls: [] }],
  ['something that is no URL', { urls: ['nacos:8848'] }],
  ['credentials in the URL', { urls: ['http://u:p@nacos:8848'] }],
  ['a user without a password', { urls: ['http://nacos:8848'], username: 'u' }],
])('%s is refused before anything is asked', (_, settings) => {
  expect(() => completeNacosSettings(settings)).toThrow(TypeError);
});
