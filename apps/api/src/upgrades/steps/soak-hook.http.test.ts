import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AddressGuard } from '../../infra/net/address-guard.ts';
import type { UpgradeRow } from '../upgrade-row.ts';
import { SoakHook } from './soak-hook.ts';

const soak = { startedAt: new Date(0), now: new Date(30_000), decisionCount: 12, failedCount: 1 };
const upgrade = {
  ...{
    id: 'u',
    tenantId: 't',
    serviceId: 's',
    fromVersion: 'v1',
    toVersion: 'v2',
    schemaTo: 1,
    batchId: null,
    wave: null,
  },
  options: { soakSeconds: 60 },
} as UpgradeRow;
const asked: unknown[] = [];
let server: Server;
let url = '';
let reply: { status: number; body: string } = { status: 200, body: '' };

beforeAll(async () => {
  server = createServer((req, res) => {
    let body = '';
    req.on('data', (chunk) => {
      body += chunk;
    });
    req.on('end', () => {
      asked.push({ type: req.headers['content-type'], ...JSON.parse(body) });
      res.writeHead(reply.status).end(reply.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/gate`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const ask = (before: Parameters<SoakHook['ask']>[3] = null, allowed = ['127.0.0.1']) =>
  new SoakHook(new AddressGuard(allowed)).ask(upgrade, url, soak, before);
const since = (at: string) => ({ askedAt: at, verdict: null, detail: null, silentSince: at });

describe('the hook of a soak', () => {
  test('is asked with a CloudEvent, and its verdict is kept', async () => {
    reply = { status: 200, body: '{ "verdict": "wait", "detail": "p99 104 ms" }' };
    expect(await ask()).toEqual({
      ...{ askedAt: soak.now.toISOString(), verdict: 'wait', detail: 'p99 104 ms', silentSince: null },
    });
    expect(asked.at(-1)).toMatchObject({
      ...{ type: 'grey.router.upgrade.soaking', specversion: '1.0', subject: 'tenants/t/services/s' },
      data: { toVersion: 'v2', decisionCount: 12, failedCount: 1, soakUntil: new Date(60_000).toISOString() },
    });
  });

  test.each([
    ['another status', 500, '{ "verdict": "pass" }'],
    ['no JSON', 200, 'fine'],
    ['no verdict', 200, '{ "verdict": "perhaps" }'],
  ])('is silent with %s, since the first time that it was', async (_, status, body) => {
    reply = { status, body };
    const first = await ask();
    expect(first).toMatchObject({ verdict: null, silentSince: soak.now.toISOString() });
    const earlier = new Date(1).toISOString();
    expect(await ask(since(earlier))).toMatchObject({ verdict: null, silentSince: earlier });
  });

  test('is not asked at an address that nobody has allowed', async () => {
    const count = asked.length;
    const heard = await ask(null, []);
    expect(heard.verdict).toBeNull();
    expect(heard.detail).toContain('GREY_WEBHOOK_ALLOW');
    expect(asked).toHaveLength(count);
  });
});
