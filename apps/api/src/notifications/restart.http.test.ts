import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pickFreePort, startPostgres } from '@grey/testkit';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startTestApi, type TestApi } from '../../test/start-test-api.ts';
import { bootApi } from '../boot-api.ts';
import type { Config } from '../config/config.schema.ts';
import { Database } from '../infra/db/database.ts';
import { type HttpReceiver, startHttpReceiver } from './testing/http-receiver.ts';

const within = { timeout: 30_000, interval: 25 };
const settings: Partial<Config> = {
  GREY_SECRETS_KEY: Buffer.alloc(32, 7),
  GREY_WEBHOOK_ALLOW: ['127.0.0.0/8'],
  GREY_NOTIFY_TIMEOUT_MS: 300,
  GREY_NOTIFY_ATTEMPTS: 30,
  GREY_NOTIFY_BACK_OFF_MS: 20,
};

let http: HttpReceiver;
beforeEach(async () => {
  http = await startHttpReceiver();
});
afterEach(() => http.close());

async function makeChannel(api: TestApi): Promise<string> {
  const body = {
    name: 'All tenants',
    settings: { kind: 'webhook', url: http.url },
    subscriptions: [{ kinds: ['tenant.created'] }],
  };
  return (await api.ask('POST', '/api/notifications/channels', body)).body.id;
}
const create = (api: TestApi, index: number) =>
  api.ask('POST', '/api/tenants', { id: `t${index}`, name: `T ${index}` });
const keysOf = () => http.received.map(({ json }) => json.data.sample[0].key as string);
const inOrder = (keys: readonly string[]) => [...new Set(keys)];
const wanted = (count: number) => Array.from({ length: count }, (_, index) => `t${index}`);

test('PostgreSQL stops and comes back: every change that was answered is told, in order', async () => {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'grey-notify-'));
  const port = await pickFreePort();
  let postgres = await startPostgres({ dataDir, port, isDurable: true });
  await postgres.ensureDatabase('grey');
  const api = await startTestApi({ ...settings, GREY_DATABASE_URL: postgres.url('grey') });
  await makeChannel(api);
  const made: string[] = [];
  const write = async (index: number) => {
    if ((await create(api, index)).status === 201) made.push(`t${index}`);
  };
  for (let index = 0; index < 5; index += 1) await write(index);
  // What is under way when it stops is sent again: the receiver has had it, the database may not know.
  http.answer = null;
  await vi.waitFor(() => expect(http.received.length).toBeGreaterThan(0), within);
  await postgres.stop();
  await write(5);
  expect(made).not.toContain('t5');
  await vi.waitFor(
    async () => expect((await api.ask('GET', '/health')).body.parts.notifications.status).toBe('down'),
    within,
  );
  http.answer = (response) => response.writeHead(200).end();
  postgres = await startPostgres({ dataDir, port, isDurable: true });
  await vi.waitFor(async () => expect((await create(api, 6)).status).toBe(201), within);
  await vi.waitFor(() => expect(inOrder(keysOf())).toEqual([...made, 't6']), within);
  await vi.waitFor(
    async () => expect((await api.ask('GET', '/health')).body.parts.notifications.status).toBe('up'),
    within,
  );
  await api.close();
  await postgres.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

test('a process ends while a receiver hangs; the next one goes on with the same event, and loses none', async () => {
  const first = await startTestApi(settings);
  await makeChannel(first);
  http.answer = null;
  for (let index = 0; index < 4; index += 1) await create(first, index);
  await vi.waitFor(() => expect(http.received.length).toBeGreaterThan(0), within);
  const { GREY_DATABASE_URL, ...rest } = first.config;
  const second = await bootApi({ ...rest, GREY_DATABASE_URL, GREY_PORT: 0 });
  try {
    // Ends the process alone: the database stays for the other one.
    await first.app.close();
    http.answer = (response) => response.writeHead(200).end();
    await vi.waitFor(() => expect(inOrder(keysOf())).toEqual(wanted(4)), within);
    const ids = http.received.map(({ json }) => json.id as string);
    expect(new Set(ids).size).toBe(4);
  } finally {
    await second.close();
    await first.close().catch(() => undefined);
  }
});

test('a process that died keeps a channel until its lease is over, and no longer', async () => {
  const api = await startTestApi(settings);
  const id = await makeChannel(api);
  const [lease] = await api.app.get(Database).run(
    (client) => client.$queryRaw<{ until: Date }[]>`
      UPDATE notification_channels SET lease_owner = ${randomUUID()}::uuid, lease_until = clock_timestamp() + interval '2 s'
      WHERE id = ${id}::uuid RETURNING lease_until AS until`,
  );
  let receivedAt = 0;
  http.answer = (response) => {
    receivedAt ||= Date.now();
    response.writeHead(200).end();
  };
  await create(api, 0);
  await vi.waitFor(() => expect(keysOf()).toEqual(['t0']), within);
  expect(receivedAt).toBeGreaterThanOrEqual(lease?.until.getTime() ?? Number.POSITIVE_INFINITY);
  await api.close();
});

test('two replicas share the work: each event is sent once', async () => {
  const first = await startTestApi(settings);
  const second = await bootApi({ ...first.config, GREY_PORT: 0 });
  await makeChannel(first);
  for (let index = 0; index < 30; index += 1) await create(first, index);
  await vi.waitFor(() => expect(keysOf().length).toBeGreaterThanOrEqual(30), within);
  // Until both have looked again and found nothing.
  await vi.waitFor(async () => {
    const { body } = await first.ask('GET', '/api/notifications/deliveries?status=delivered');
    expect(body.items).toHaveLength(30);
  }, within);
  expect(keysOf()).toEqual(wanted(30));
  await second.close();
  await first.close();
});

test('a log that began anew is read on, from its first revision', async () => {
  const api = await startTestApi(settings);
  await makeChannel(api);
  await create(api, 0);
  await vi.waitFor(() => expect(keysOf()).toEqual(['t0']), within);
  await api.app
    .get(Database)
    .run((client) => client.$executeRaw`UPDATE log_position SET epoch = epoch || '0', revision = 0 WHERE id = 1`);
  await create(api, 1);
  await create(api, 2);
  await vi.waitFor(() => expect(keysOf()).toEqual(['t0', 't1', 't2']), within);
  expect(http.received.map(({ json }) => Number(json.id.split('-')[1])).slice(1)).toEqual([1, 2]);
  await api.close();
});
