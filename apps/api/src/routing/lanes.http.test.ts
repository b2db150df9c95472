import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseKeyRing } from '@grey/lanes';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createEdge } from '../../../../packages/lanes/examples/edge.ts';
import { callInLane } from '../../../../packages/lanes/examples/node-http-client.ts';
import { createService } from '../../../../packages/lanes/examples/service.ts';
import { createLaneAgent } from '../../../../packages/lanes/examples/undici-client.ts';
import * as lanes from '../../../../packages/lanes/src/index.ts';
import { startTestApi, type TestApi } from '../../test/start-test-api.ts';

/** The examples of docs/guides/lanes.md, run against the API: an edge, `orders` and `stock`, two versions of each. */
const text = `k:${'s'.repeat(32)}`;
const hosts = ['127.0.0.1'];
const closing: (() => Promise<unknown>)[] = [];
const stockSaw: IncomingMessage['headers'][] = [];
let api: TestApi;
let edge: string;

async function listen(handler: RequestListener): Promise<string> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function done(answer: Promise<{ status: number; body: unknown }>): Promise<void> {
  const { status, body } = await answer;
  expect(status, JSON.stringify(body)).toBeLessThan(300);
}

beforeAll(async () => {
  api = await startTestApi({ GREY_LANE_KEYS: parseKeyRing(text) });
  const make = async (scope: string) =>
    (await api.ask('POST', '/api/api-keys', { name: scope, scopes: [scope] })).body.key as string;
  const [routeKey, gatewayKey] = [await make('route'), await make('gateway')];
  await done(api.ask('POST', '/api/tenants', { id: 'acme', name: 'Acme' }));
  for (const serviceId of ['orders', 'stock']) {
    await done(api.ask('POST', '/api/services', { id: serviceId }));
    for (const version of ['1.0.0', '2.0.0']) {
      await done(api.ask('POST', `/api/services/${serviceId}/versions`, { version }));
      const name = `${serviceId} ${version}`;
      const address = await listen(
        serviceId === 'orders'
          ? createService({ name, router: api.url, apiKey: routeKey, hosts })
          : (req, res) => {
              stockSaw.push(req.headers);
              res.end(JSON.stringify([name]));
            },
      );
      const instance = { serviceId, instanceId: `${serviceId}-${version}`, version, address, ttlMs: 300_000 };
      await done(api.ask('POST', '/api/registry/instances', instance));
    }
    const body = { defaultVersions: [{ version: '1.0.0', weight: 10_000 }] };
    await done(api.ask('PATCH', `/api/services/${serviceId}`, body));
  }
  const versions = ['orders', 'stock'].map((serviceId) => ({ serviceId, version: '2.0.0' }));
  const entry = { when: { op: 'equals', operand: { from: 'user' }, value: 'ann' } };
  await done(api.ask('PUT', '/api/lanes/beta', { mode: 'permissive', versions, entry }));
  edge = `http://${await listen(createEdge({ router: api.url, apiKey: gatewayKey, hosts, keys: lanes.parseKeyRing(text) }))}`;
});
afterAll(async () => {
  for (const close of closing) await close();
  await api.close();
});

const get = async (user: string, headers: Record<string, string> = {}) =>
  (await fetch(`${edge}/orders`, { headers: { 'x-tenant': 'acme', 'x-user': user, ...headers } })).json();

describe('a lane through the whole product', () => {
  it('takes who enters it at the edge to its versions of every service behind', async () => {
    await vi.waitFor(async () => expect(await get('ann')).toEqual(['orders 2.0.0', 'stock 2.0.0']), {
      timeout: 20_000,
    });
    expect(await get('bob')).toEqual(['orders 1.0.0', 'stock 1.0.0']);
  });

  it('is not entered by a tag that a client brings along', async () => {
    const forged = { 'x-grey-tag': 'beta', baggage: 'grey-tag=beta' };
    expect(await get('bob', forged)).toEqual(['orders 1.0.0', 'stock 1.0.0']);
    expect(JSON.stringify(stockSaw.at(-1))).not.toContain('beta');
  });

  it('travels signed, with the position that the edge decided at', async () => {
    await get('ann');
    const { lane, loss } = lanes.readLane(stockSaw.at(-1)!);
    expect(loss).toBeNull();
    expect([lane.tag, lanes.verifyLane(lane, lanes.parseKeyRing(text))]).toEqual(['beta', 'valid']);
    const { body } = await api.ask('POST', '/api/grey-router/route', { tenantId: 'acme', serviceName: 'orders' });
    expect(lane.position).toBe(`${body.epoch}-${body.revision}`);
  });

  it('keeps requests of different users apart', async () => {
    const users = Array.from({ length: 40 }, (_, i) => (i % 3 === 0 ? 'ann' : 'bob'));
    const answers = await Promise.all(users.map((user) => get(user)));
    const versions = users.map((user) => (user === 'ann' ? '2.0.0' : '1.0.0'));
    expect(answers).toEqual(versions.map((version) => [`orders ${version}`, `stock ${version}`]));
  });

  it('is known to the other clients of the guide', async () => {
    const lane = lanes.makeLane({ tag: 'beta' });
    const target = await listen((req, res) => void res.end(JSON.stringify(lanes.readLane(req.headers))));
    const agent = createLaneAgent(hosts);
    closing.push(() => agent.close());
    const viaAgent = await lanes.runInLane(lane, () => fetchBy(agent, `http://${target}`));
    expect(viaAgent).toEqual({ lane, loss: null });
    const viaHttp = await lanes.runInLane(
      lane,
      () =>
        new Promise<string>((resolve) => {
          callInLane(new URL(`http://${target}`))
            .on('response', async (res) => resolve(Buffer.concat(await res.toArray()).toString()))
            .end();
        }),
    );
    expect(JSON.parse(viaHttp)).toEqual({ lane, loss: null });
  });
});

async function fetchBy(agent: ReturnType<typeof createLaneAgent>, url: string): Promise<unknown> {
  const { body } = await agent.request({ origin: url, path: '/', method: 'GET' });
  return body.json();
}
