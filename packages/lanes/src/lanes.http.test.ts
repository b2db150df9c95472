import { EventEmitter } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';
import express, { type Express } from 'express';
import { Agent, Client, type Dispatcher, fetch as undiciFetch, request as undiciRequest } from 'undici';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { parseKeyRing } from './key-ring.ts';
import { formatTag, type Lane, makeLane } from './lane.ts';
import { bindLane, currentLane, runInLane } from './lane-context.ts';
import { LaneCounters } from './lane-counters.ts';
import { laneInterceptor } from './lane-interceptor.ts';
import { laneMiddleware } from './lane-middleware.ts';
import { readLane } from './read-lane.ts';
import { type LaneVerdict, signLane } from './signed-lane.ts';
import { withLane } from './with-lane.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function listen(handler: RequestListener): Promise<string> {
  const server: Server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push({
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Answers with what it was told. */
const mirror = () =>
  listen((req, res) => {
    req.resume();
    res.end(JSON.stringify({ method: req.method, headers: req.headers }));
  });

function appWith(mode: 'edge' | 'inside', own: (app: Express) => void, options: object = {}): Promise<string> {
  const app = express();
  app.use(laneMiddleware({ mode, ...options }));
  own(app);
  return listen(app);
}

const headersOf = (lane: Lane) => ({
  'x-grey-tag': formatTag(lane)!,
  baggage: `grey-tag=${formatTag(lane)}${lane.position === null ? '' : `,grey-position=${lane.position}`}`,
  ...(lane.position === null ? {} : { 'x-grey-position': lane.position }),
});

describe('a chain of three services', () => {
  it('never mixes the tags of 200 requests at once, across fetch, undici, timers and streams', async () => {
    const counters = new LaneCounters();
    const hosts = ['127.0.0.1'];
    const agent = new Agent({ connections: 8 }).compose(laneInterceptor({ hosts, counters }));
    open.push(agent);
    const call = withLane(fetch, { hosts, counters });

    const last = await appWith(
      'inside',
      (app) => {
        app.post('/', express.text(), async (req, res) => {
          await wait(Math.random() * 5);
          const upper = new Transform({
            transform(chunk, _encoding, done) {
              setImmediate(() => done(null, `${chunk}|${currentLane()?.tag}`));
            },
          });
          let text = '';
          await pipeline(Readable.from([req.body as string]), upper, async (source) => {
            for await (const chunk of source) text += chunk;
          });
          res.json([text, currentLane()?.tag, currentLane()?.position]);
        });
      },
      { counters },
    );
    const middle = await appWith(
      'inside',
      (app) => {
        app.get('/', async (_req, res) => {
          await nextTurn();
          const answer = await undiciRequest(last, {
            method: 'POST',
            headers: { 'content-type': 'text/plain' },
            body: currentLane()?.tag ?? '',
            dispatcher: agent,
          });
          res.json([currentLane()?.tag, ...((await answer.body.json()) as unknown[])]);
        });
      },
      { counters },
    );
    const first = await appWith(
      'inside',
      (app) => {
        app.get('/', async (_req, res) => {
          await wait(Math.random() * 5);
          const answer = await Promise.all([call(middle), nextTurn()]);
          await wait(Math.random() * 5);
          res.json([currentLane()?.tag, ...((await answer[0].json()) as unknown[])]);
        });
      },
      { counters },
    );

    const tags = Array.from({ length: 200 }, (_, i) => `租户 ${i}; a=b, 100%+"é"`);
    const answers = await Promise.all(
      tags.map(async (tag, i) => {
        const headers = headersOf(makeLane({ tag, position: `e1-${i}` }));
        return (await fetch(first, { headers })).json();
      }),
    );
    expect(answers).toEqual(tags.map((tag, i) => [tag, tag, `${tag}|${tag}`, tag, `e1-${i}`]));
    expect(Object.values(counters.lost)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(counters).toMatchObject({ sent: 400, withheld: 0 });
    await vi.waitFor(() => expect(counters.underWay).toBe(0));
  });
});

describe('the lane of a request', () => {
  const seenBy = async (own: (req: IncomingMessage, note: () => void) => Promise<void> | void) => {
    const seen: unknown[] = [];
    const url = await appWith(
      'inside',
      (app) => {
        app.post('/', async (req, res) => {
          await own(req, () => seen.push(currentLane()?.tag));
          res.end();
        });
      },
      { counters: new LaneCounters() },
    );
    await fetch(url, { method: 'POST', body: 'x'.repeat(200_000), headers: headersOf(makeLane({ tag: 'beta' })) });
    return new Set(seen);
  };
  const only = new Set(['beta']);

  it('is there in listeners on its own body', async () => {
    const seen = await seenBy(
      (req, note) => new Promise((resolve) => req.on('data', note).on('end', note).on('end', resolve)),
    );
    expect(seen).toEqual(only);
  });

  it('is there while its body is iterated', async () => {
    expect(
      await seenBy(async (req, note) => {
        for await (const _ of req) note();
      }),
    ).toEqual(only);
  });

  it('is there in emitters, timers, ticks and microtasks that it starts', async () => {
    expect(
      await seenBy(async (_req, note) => {
        const emitter = new EventEmitter();
        emitter.on('x', note);
        await new Promise<void>((resolve) => {
          setTimeout(() => emitter.emit('x'), 1);
          process.nextTick(note);
          queueMicrotask(note);
          setTimeout(resolve, 3);
        });
      }),
    ).toEqual(only);
  });

  it('is there in the callback of a pool that works in its own context, when bound', async () => {
    const jobs = new EventEmitter();
    const lost: unknown[] = [];
    const pool = setInterval(() => jobs.emit('job'), 1);
    open.push({ close: () => clearInterval(pool) });
    const seen = await seenBy(async (_req, note) => {
      await Promise.all([
        new Promise<void>((resolve) =>
          jobs.once(
            'job',
            bindLane(() => resolve(note())),
          ),
        ),
        new Promise<void>((resolve) => jobs.once('job', () => resolve(void lost.push(currentLane()?.tag)))),
      ]);
    });
    expect([seen, lost]).toEqual([only, [undefined]]);
  });
});

describe('an edge', () => {
  const keys = parseKeyRing(`k:${'s'.repeat(32)}`);
  const lane = makeLane({ tag: 'beta', position: 'e1-7' });

  async function ask(headers: Record<string, string>) {
    const counters = new LaneCounters();
    const stripped: LaneVerdict[] = [];
    const onStripped = (verdict: LaneVerdict) => stripped.push(verdict);
    const url = await appWith(
      'edge',
      (app) => {
        app.get('/', (req, res) => {
          const { headers: left, rawHeaders, headersDistinct } = req;
          res.json({ lane: currentLane(), left, rawHeaders, distinct: Object.keys(headersDistinct) });
        });
      },
      { keys, counters, onStripped },
    );
    const answer = (await (await fetch(url, { headers })).json()) as {
      lane: Lane;
      left: Record<string, string>;
      rawHeaders: string[];
      distinct: string[];
    };
    return { ...answer, counters, stripped };
  }

  it('believes a tag that is signed', async () => {
    const signed = signLane(lane, keys);
    const answer = await ask(headersOf(signed));
    expect(answer.lane).toEqual(signed);
    expect(answer.counters.stripped).toBe(0);
  });

  it.each<[string, Record<string, string>, LaneVerdict]>([
    ['plain', headersOf(lane), 'unsigned'],
    ['only in baggage', { baggage: 'grey-tag=beta' }, 'unsigned'],
    ['only a position', { 'x-grey-position': 'e1-7' }, 'unsigned'],
    ['signed, but with another position', { ...headersOf(signLane(lane, keys)), 'x-grey-position': 'e1-6' }, 'forged'],
    ['expired', headersOf(signLane(lane, keys, { now: () => 0 })), 'expired'],
    ['signed by a stranger', headersOf(signLane(lane, parseKeyRing(`k:${'t'.repeat(32)}`))), 'forged'],
    ['far too long', { 'x-grey-tag': 'x'.repeat(4000) }, 'unsigned'],
  ])('takes out a tag that is %s, without a trace', async (_, headers, verdict) => {
    const answer = await ask({ ...headers, baggage: `own=1,${headers.baggage ?? ''}`, tracestate: 'grey=lane,a=1' });
    expect(answer.lane).toEqual(makeLane({}));
    expect(answer.left).toMatchObject({ baggage: 'own=1', tracestate: 'a=1' });
    expect(JSON.stringify([answer.left, answer.rawHeaders, answer.distinct])).not.toMatch(/grey|beta|xxxx/);
    expect([answer.stripped, answer.counters.stripped]).toEqual([[verdict], 1]);
  });

  it('does not count a stranger without a tag as a lost hop', async () => {
    const answer = await ask({ tracestate: 'grey=lane' });
    expect(Object.values(answer.counters.lost).every((count) => count === 0)).toBe(true);
    expect(answer.left.tracestate).toBeUndefined();
  });
});

describe('a hop that loses the tag', () => {
  it('is counted by the next service, which still knows the tag where one of both came', async () => {
    const counters = new LaneCounters();
    const lost: string[] = [];
    const url = await appWith(
      'inside',
      (app) => app.get('/', (_req, res) => void res.json(currentLane()?.tag ?? null)),
      {
        counters,
        onLostHop: (loss: string) => lost.push(loss),
      },
    );
    const get = async (headers: Record<string, string>) => (await fetch(url, { headers })).json();
    expect(await get({ baggage: 'grey-tag=beta' })).toBe('beta');
    expect(await get({ 'x-grey-tag': 'beta' })).toBe('beta');
    expect(await get({ tracestate: 'grey=lane' })).toBe(null);
    expect(await get({})).toBe(null);
    expect(lost).toEqual(['header_missing', 'baggage_missing', 'both_missing']);
    expect(counters.lost).toMatchObject({ header_missing: 1, baggage_missing: 1, both_missing: 1, conflict: 0 });
  });

  it('does not fail on a header that was sent twice', async () => {
    const url = await appWith('inside', (app) => app.get('/', (_req, res) => void res.json(currentLane())), {
      counters: new LaneCounters(),
    });
    const { port } = new URL(url);
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(Number(port), '127.0.0.1', () => {
        socket.write('GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\nx-grey-tag: a\r\nx-grey-tag: b\r\n');
        socket.write('baggage: own=1\r\nbaggage: grey-tag=c\r\n\r\n');
      });
      let text = '';
      socket.on('data', (data) => {
        text += data;
      });
      socket.on('close', () => resolve(text));
    });
    expect(answer).toContain('"tag":"c"');
  });
});

describe('a client in a lane', () => {
  const lane = makeLane({ tag: 'beta', position: 'e1-7' });
  const told = async (response: { json(): Promise<unknown> }) =>
    (await response.json()) as { method: string; headers: Record<string, string> };

  it.each<[string, (url: string, hosts: string[]) => Promise<{ json(): Promise<unknown> }>]>([
    ['global fetch', (url, hosts) => withLane(fetch, { hosts })(url, { headers: { own: '1' } })],
    ['fetch with a Request', (url, hosts) => withLane(fetch, { hosts })(new Request(url, { headers: { own: '1' } }))],
    [
      'fetch with Headers',
      (url, hosts) => withLane(fetch, { hosts })(new URL(url), { headers: new Headers({ own: '1' }) }),
    ],
    [
      'fetch of undici, wrapped',
      (url, hosts) => withLane(undiciFetch as unknown as typeof fetch, { hosts })(url, { headers: { own: '1' } }),
    ],
    [
      'fetch of undici, intercepted',
      (url, hosts) => undiciFetch(url, { headers: { own: '1' }, dispatcher: makeAgent(hosts) }),
    ],
    [
      'request of undici',
      async (url, hosts) => (await undiciRequest(url, { headers: { own: '1' }, dispatcher: makeAgent(hosts) })).body,
    ],
    [
      'request of undici with a flat list',
      async (url, hosts) =>
        (await undiciRequest(url, { headers: ['own', '1', 'X-Grey-Tag', 'old'], dispatcher: makeAgent(hosts) })).body,
    ],
    [
      'request of undici with pairs',
      async (url, hosts) =>
        (await undiciRequest(url, { headers: new Map([['own', '1']]), dispatcher: makeAgent(hosts) })).body,
    ],
  ])('%s sends the tag to hosts on the list only', async (_, call) => {
    const url = await mirror();
    const inside = await told(await runInLane(lane, () => call(url, ['127.0.0.1'])));
    expect(inside.headers.own).toBe('1');
    expect(readLane(inside.headers)).toEqual({ lane, loss: null });
    const outside = await told(await runInLane(lane, () => call(url, ['elsewhere'])));
    expect(outside.headers.own).toBe('1');
    expect(JSON.stringify(outside)).not.toMatch(/grey|beta|old/);
  });

  it('of undici that leads to one place and does not tell which has to be told', async () => {
    const url = await mirror();
    const ask = async (options: { hosts: string[]; origin?: string }) => {
      // What a Client of undici 6 and 7 hands to its interceptors.
      const withoutOrigin: Dispatcher.DispatcherComposeInterceptor = (dispatch) => (sent, handler) =>
        laneInterceptor(options)(dispatch)({ ...sent, origin: undefined } as unknown as typeof sent, handler);
      const client = new Client(url).compose(withoutOrigin);
      open.push(client);
      const { body } = await runInLane(lane, () => client.request({ path: '/', method: 'GET' }));
      return readLane((await told(body)).headers).lane.tag;
    };
    expect(await ask({ hosts: ['127.0.0.1'], origin: url })).toBe('beta');
    expect(await ask({ hosts: ['127.0.0.1'] })).toBeNull();
    expect(await ask({ hosts: ['*'] })).toBe('beta');
  });

  function makeAgent(hosts: string[]) {
    const agent = new Agent().compose(laneInterceptor({ hosts }));
    open.push(agent);
    return agent;
  }

  it('does not take the tag along when a redirect leads elsewhere, and takes it up again on the way back', async () => {
    const seen: [string, string | undefined, string | undefined][] = [];
    const urls: string[] = [];
    const hop = (name: string, next: () => string | undefined) =>
      listen((req, res) => {
        seen.push([name, req.headers['x-grey-tag'] as string | undefined, req.headers.authorization]);
        const location = next();
        res.writeHead(location === undefined ? 200 : 302, location === undefined ? {} : { location }).end('done');
      });
    urls[0] = await hop('inside', () => urls[1]);
    urls[1] = (await hop('outside', () => urls[2])).replace('127.0.0.1', 'localhost');
    urls[2] = await hop('inside again', () => undefined);
    const call = withLane(fetch, { hosts: ['127.0.0.1'] });
    const response = await runInLane(lane, () => call(urls[0]!, { headers: { authorization: 'secret' } }));
    expect(await response.text()).toBe('done');
    expect(seen).toEqual([
      ['inside', 'beta', 'secret'],
      ['outside', undefined, undefined],
      ['inside again', 'beta', undefined],
    ]);
    seen.length = 0;
    await runInLane(lane, () => undiciFetch(urls[0]!, { dispatcher: makeAgent(['127.0.0.1']) }));
    expect(seen.map(([, tag]) => tag)).toEqual(['beta', undefined, 'beta']);
  });

  it.each([
    [301, 'POST', 'GET', ''],
    [302, 'POST', 'GET', ''],
    [303, 'PUT', 'GET', ''],
    [307, 'POST', 'POST', 'text'],
    [308, 'PUT', 'PUT', 'text'],
    [302, 'PUT', 'PUT', 'text'],
  ])('follows a %i after %s as fetch does', async (status, method, expected, body) => {
    const target = await listen((req, res) => {
      let text = '';
      req.on('data', (chunk) => {
        text += chunk;
      });
      req.on('end', () => res.end(JSON.stringify([req.method, req.headers['content-type'], text])));
    });
    const url = await listen((req, res) => {
      req.resume();
      res.writeHead(status, { location: `${target}/x` }).end();
    });
    const init = { method, body: 'text' };
    const own = await (await withLane(fetch, { hosts: ['127.0.0.1'] })(url, init)).json();
    expect(own).toEqual(await (await fetch(url, init)).json());
    expect(own).toEqual([expected, body === '' ? undefined : 'text/plain;charset=UTF-8', body].map((x) => x ?? null));
  });

  it('gives up where fetch does: endless redirects, another scheme, a stream sent twice', async () => {
    const url: string = await listen((req, res) => {
      req.resume();
      res.writeHead(307, { location: req.url === '/file' ? 'file:///etc/hosts' : url }).end();
    });
    const call = withLane(fetch, { hosts: [] });
    await expect(call(url)).rejects.toThrow(TypeError);
    await expect(call(`${url}/file`)).rejects.toThrow(TypeError);
    const body = Readable.toWeb(Readable.from([Buffer.from('x')])) as ReadableStream;
    await expect(call(url, { method: 'POST', body, duplex: 'half' } as RequestInit)).rejects.toThrow(TypeError);
  });

  it('leaves redirects alone that the caller wants to see', async () => {
    const url = await listen((_req, res) => void res.writeHead(302, { location: '/next' }).end());
    const response = await withLane(fetch, { hosts: [] })(url, { redirect: 'manual' });
    expect([response.status, response.headers.get('location')]).toEqual([302, '/next']);
    await expect(withLane(fetch, { hosts: [] })(url, { redirect: 'error' })).rejects.toThrow(TypeError);
  });

  it('can be called off', async () => {
    const url = await listen(() => {});
    const calling = withLane(fetch, { hosts: [] })(url, { signal: AbortSignal.timeout(20) });
    await expect(calling).rejects.toThrow(/timeout|aborted/i);
  });
});
