import { createHmac } from 'node:crypto';
import { deliveryPageSchema, notificationSchema } from '@grey/contracts';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { startTestApi, type TestApi } from '../../test/start-test-api.ts';
import { Database } from '../infra/db/database.ts';
import { READER_LOCK } from './log-reader.store.ts';
import { type HttpReceiver, startHttpReceiver } from './testing/http-receiver.ts';
import { type MailReceiver, startMailReceiver } from './testing/mail-receiver.ts';

const TIMEOUT_MS = 400;
const ATTEMPTS = 3;
const SECRET = 'signing-secret-16';
const within = { timeout: 20_000, interval: 20 };
const channels = '/api/notifications/channels';

let api: TestApi;
let http: HttpReceiver;
let mail: MailReceiver;
beforeAll(async () => {
  [http, mail] = await Promise.all([startHttpReceiver(), startMailReceiver()]);
  api = await startTestApi({
    GREY_SECRETS_KEY: Buffer.alloc(32, 7),
    GREY_WEBHOOK_ALLOW: ['127.0.0.1'],
    GREY_NOTIFY_TIMEOUT_MS: TIMEOUT_MS,
    GREY_NOTIFY_ATTEMPTS: ATTEMPTS,
    GREY_NOTIFY_BACK_OFF_MS: 20,
  });
  for (const id of ['pay', 'shop']) {
    await api.ask('POST', '/api/services', { id });
    for (const version of ['v1', 'v2']) await api.ask('POST', `/api/services/${id}/versions`, { version });
  }
  await api.ask('POST', '/api/tenants', { id: 'acme', name: 'Acme', tags: ['beta'] });
  await api.ask('POST', '/api/tenants', { id: 'plain', name: 'Plain' });
});
afterAll(async () => {
  await api.close();
  await Promise.all([http.close(), mail.close()]);
});
afterEach(async () => {
  for (const { id } of (await api.ask('GET', channels)).body.items) await api.ask('DELETE', `${channels}/${id}`);
  http.answer = (response) => response.writeHead(204).end();
  http.received.length = 0;
});

const kinds = (...names: string[]) => [{ kinds: names }];
async function listen(path: string, subscriptions: unknown, settings = {}): Promise<string> {
  const signingKeys = [
    { id: 'old', secret: SECRET },
    { id: 'new', secret: 'another-secret-16' },
  ];
  const body = {
    name: path,
    settings: { kind: 'webhook', url: `${http.url}/${path}`, signingKeys, ...settings },
    subscriptions,
  };
  const made = await api.ask('POST', channels, body);
  expect(made.status).toBe(201);
  return made.body.id;
}
const rename = (name: string) => api.ask('PATCH', '/api/tenants/acme', { name });
const got = (path: string) => http.received.filter((one) => one.path === `/${path}`);
const deliveries = async (query: string) =>
  deliveryPageSchema.parse((await api.ask('GET', `/api/notifications/deliveries?${query}`)).body).items;

test('a change comes as a signed CloudEvent with the id of the change', async () => {
  await listen('ce', kinds('tenant.updated'));
  await rename('Acme 1');
  await vi.waitFor(() => expect(got('ce')).toHaveLength(1), within);
  const { body: changes } = await api.ask('GET', '/api/changes?limit=1');
  const [event] = got('ce');
  expect(event?.headers['content-type']).toBe('application/cloudevents+json; charset=utf-8');
  expect(event?.json).toMatchObject({
    specversion: '1.0',
    id: changes.items[0].id,
    source: '/grey-router/changes',
    type: 'grey.router.tenant.updated',
    time: changes.items[0].at,
  });
  expect(notificationSchema.parse(event?.json.data)).toMatchObject({
    kind: 'tenant.updated',
    group: 'tenants',
    actor: { kind: 'user', name: 'admin' },
    itemCount: 1,
    sample: [{ entity: 'tenant', key: 'acme', action: 'updated' }],
  });
  const signatures = String(event?.headers['grey-signature']).split(', ');
  const [, seconds, kid, hex] = /^t=(\d+);kid=(\w+);v1=([0-9a-f]{64})$/.exec(signatures[0] ?? '') ?? [];
  expect([kid, hex]).toEqual(['old', createHmac('sha256', SECRET).update(`${seconds}.${event?.body}`).digest('hex')]);
  expect(signatures[1]).toContain('kid=new;');
});

test('only what is subscribed to comes: by kind, group, service, tenant and tag', async () => {
  await listen('pay', [{ serviceIds: ['pay'], kinds: ['assignment.set'] }]);
  await listen('beta', [{ tenantTags: ['beta'] }]);
  await listen('plain', [{ tenantIds: ['plain'], groups: ['tenants', 'assignments'] }]);
  await listen('none', []);
  await listen('two', [{ kinds: ['tenant.updated'] }, { groups: ['access'] }]);
  const set = (tenant: string, service: string) =>
    api.ask('PUT', `/api/tenants/${tenant}/services/${service}`, { targetVersion: 'v1' });
  await set('acme', 'pay');
  await set('plain', 'shop');
  await set('plain', 'pay');
  const user = { username: 'nobody', name: 'Nobody', role: 'VIEWER', password: 'a long password 1' };
  expect((await api.ask('POST', '/api/users', user)).status).toBe(201);
  await rename('Acme 2');
  await vi.waitFor(() => expect(got('two')).toHaveLength(2), within);
  const seen = (path: string) => got(path).map(({ json }) => [json.data.kind, json.data.sample[0].key]);
  await vi.waitFor(() => {
    expect(seen('two').map(([kind]) => kind)).toEqual(['user.created', 'tenant.updated']);
    expect(seen('pay')).toHaveLength(2);
    expect(seen('beta').map(([kind]) => kind)).toEqual(['assignment.set', 'tenant.updated']);
    expect(seen('plain').map(([kind]) => kind)).toEqual(['assignment.set', 'assignment.set']);
  }, within);
  expect(got('none')).toEqual([]);
  expect(got('pay')[0]?.json).toMatchObject({
    subject: 'services/pay',
    data: {
      tenantCount: 1,
      serviceIds: ['pay'],
      moves: [{ serviceId: 'pay', fromVersion: null, toVersion: 'v1', count: 1 }],
    },
  });
});

test('what came before the channel is not told, nor what came while it was off', async () => {
  // Nobody reads meanwhile: all three are found in the log together.
  const id = await api.app.get(Database).transaction(async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(${READER_LOCK}::int, 1)`;
    await rename('Before');
    const made = await listen('late', kinds('tenant.updated'));
    await rename('First');
    return made;
  });
  await vi.waitFor(() => expect(got('late')).toHaveLength(1), within);
  await api.ask('PATCH', `${channels}/${id}`, { isEnabled: false });
  await rename('Hidden');
  await listen('clock', kinds('tenant.updated'));
  await rename('Hidden too');
  await vi.waitFor(() => expect(got('clock')).toHaveLength(1), within);
  await api.ask('PATCH', `${channels}/${id}`, { isEnabled: true });
  await rename('Last');
  await vi.waitFor(() => expect(got('late')).toHaveLength(2), within);
  const { body } = await api.ask('GET', '/api/changes?limit=1');
  expect(got('late').at(-1)?.json.id).toBe(body.items[0].id);
});

test('a failed delivery is repeated with the same id, and those after it wait: the order stays', async () => {
  let count = 0;
  http.answer = (response) => {
    count += 1;
    response.writeHead(count < 3 ? 503 : 200).end();
  };
  const id = await listen('flaky', kinds('tenant.updated'));
  for (const name of ['One', 'Two', 'Three']) await rename(name);
  await vi.waitFor(() => expect(got('flaky')).toHaveLength(5), within);
  const ids = got('flaky').map(({ json }) => json.id);
  expect(new Set(ids.slice(0, 3)).size).toBe(1);
  const revisions = ids.slice(2).map((one) => Number(one.split('-')[1]));
  expect(revisions).toEqual([...revisions].sort((one, other) => one - other));
  await vi.waitFor(async () => {
    const rows = await deliveries(`channelId=${id}`);
    expect(rows.map(({ status, attemptCount }) => [status, attemptCount])).toEqual([
      ['delivered', 1],
      ['delivered', 1],
      ['delivered', 3],
    ]);
  }, within);
});

test('after the last attempt it is a dead letter, which can be sent again', async () => {
  http.answer = (response) => response.writeHead(500).end();
  const id = await listen('dead', kinds('tenant.updated'));
  await rename('Dead');
  const [dead] = await vi.waitFor(async () => {
    const rows = await deliveries(`channelId=${id}&status=dead`);
    expect(rows).toHaveLength(1);
    return rows;
  }, within);
  expect(dead).toMatchObject({
    attemptCount: ATTEMPTS,
    httpStatus: 500,
    lastError: 'answered 500',
    nextAttemptAt: null,
  });
  expect(got('dead')).toHaveLength(ATTEMPTS);
  expect((await api.ask('GET', `${channels}/${id}`)).body).toMatchObject({ deadCount: 1, pendingCount: 0 });
  expect((await api.ask('GET', '/metrics')).body).toMatch(
    /grey_router_notification_attempts_total\{outcome="dead"\} [1-9]/,
  );
  http.answer = (response) => response.writeHead(200).end();
  const resend = () => api.ask('POST', `/api/notifications/deliveries/${dead?.id}/resend`);
  expect((await resend()).body).toMatchObject({ status: 'pending', eventId: dead?.eventId });
  await vi.waitFor(async () => expect(await deliveries(`channelId=${id}&status=delivered`)).toHaveLength(1), within);
  expect(got('dead').at(-1)?.json.id).toBe(dead?.eventId);
  expect((await resend()).body.code).toBe('DELIVERY_ENDED');
  expect((await api.ask('POST', '/api/notifications/deliveries/999999999/resend')).body.code).toBe('DELIVERY_UNKNOWN');
});

test('all dead letters of a channel can be sent again at once', async () => {
  http.answer = (response) => response.writeHead(422).end();
  const id = await listen('all-dead', kinds('tenant.updated'));
  await rename('First of the dead');
  await rename('Second of the dead');
  await vi.waitFor(async () => expect(await deliveries(`channelId=${id}&status=dead`)).toHaveLength(2), within);
  http.answer = (response) => response.writeHead(200).end();
  const resend = () => api.ask('POST', `${channels}/${id}/resend`);
  expect((await resend()).body).toEqual({ count: 2 });
  await vi.waitFor(async () => expect(await deliveries(`channelId=${id}&status=delivered`)).toHaveLength(2), within);
  expect((await resend()).body).toEqual({ count: 0 });
  expect((await api.ask('POST', `${channels}/no-such/resend`)).body.code).toBe('CHANNEL_UNKNOWN');
});

test('an event that the receiver cannot take is dead at once and holds up none after it', async () => {
  http.answer = (response, { json }) =>
    response.writeHead(json.data.reason === 'poison' || json.data.kind === 'tenant.created' ? 422 : 200).end();
  const id = await listen('poison', kinds('tenant.created', 'tenant.updated'));
  await api.ask('POST', '/api/tenants', { id: 'poisoned', name: 'Poisoned' });
  await rename('After poison');
  await vi.waitFor(async () => {
    const rows = await deliveries(`channelId=${id}`);
    expect(rows.map(({ status, attemptCount }) => [status, attemptCount])).toEqual([
      ['delivered', 1],
      ['dead', 1],
    ]);
  }, within);
});

test('a channel that hangs, redirects, drips or answers garbage holds up neither changes nor other channels', async () => {
  http.answer = (response, { path }) => {
    if (path === '/good') response.writeHead(200).end();
    if (path === '/redirect') response.writeHead(307, { Location: `${http.url}/target` }).end();
    if (path === '/garbage') response.socket?.end('what is this\r\n\r\n');
    if (path === '/drip') {
      response.writeHead(200);
      const timer = setInterval(() => response.write('x'), 20);
      response.on('close', () => clearInterval(timer));
    }
    if (path === '/endless') {
      response.writeHead(200);
      const pour = () => void (response.writable && response.write('x'.repeat(100_000)) && setImmediate(pour));
      response.on('drain', pour);
      pour();
    }
  };
  for (const path of ['hang', 'redirect', 'garbage', 'drip', 'endless']) await listen(path, kinds('tenant.updated'));
  const good = await listen('good', kinds('tenant.updated'));
  for (let index = 0; index < 5; index += 1) expect((await rename(`Held ${index}`)).status).toBe(200);
  await vi.waitFor(async () => expect(await deliveries(`channelId=${good}&status=delivered`)).toHaveLength(5), within);
  // The one that hangs is still at its first event while the good one has had all.
  expect(got('hang').length).toBeLessThan(5 * ATTEMPTS);
  await vi.waitFor(async () => {
    const dead = await deliveries('status=dead');
    const errors = new Set(dead.map((one) => one.lastError));
    expect([...errors].sort()).toEqual(
      expect.arrayContaining([
        'answered 307; redirects are not followed',
        expect.stringMatching(/^could not be reached \(HPE_/),
        `no answer within ${TIMEOUT_MS} ms`,
      ]),
    );
  }, within);
  expect(got('target')).toEqual([]);
  const endless = await deliveries('status=delivered');
  expect(endless.filter((one) => one.channelId !== good).length).toBeGreaterThan(0);
});

test('mail comes with a stable id, and is repeated when the server does not take it', async () => {
  mail.mails.length = 0;
  mail.verdict = '451 later';
  const settings = {
    kind: 'email',
    host: '127.0.0.1',
    port: mail.port,
    security: 'none',
    from: 'grey@example.com',
    to: ['night@example.com'],
    language: 'zh',
  };
  const { body } = await api.ask('POST', channels, { name: 'Mail', settings, subscriptions: kinds('tenant.updated') });
  await rename('Mailed');
  await vi.waitFor(async () => {
    expect((await api.ask('GET', `${channels}/${body.id}`)).body.lastError).toBe('the mail server answered 451');
    mail.verdict = '250 taken';
  }, within);
  await vi.waitFor(() => expect(mail.mails).toHaveLength(1), within);
  const [delivered] = await deliveries(`channelId=${body.id}`);
  expect(mail.mails[0]?.data).toContain(`<${delivered?.eventId}.${body.id}@grey-router>`);
  expect(mail.mails[0]?.data).toMatch(/^Subject: =\?UTF-8\?/m);
  mail.verdict = null;
  const hanging = await api.ask('POST', `${channels}/${body.id}/test`);
  expect(hanging.body).toMatchObject({
    isDelivered: false,
    error: expect.stringMatching(/not taken within|ETIMEDOUT/),
  });
  mail.verdict = '250 taken';
});

test('a chat robot gets its shape, and a refusal in a 200 counts as one', async () => {
  const answers = ['{"errcode":310000,"errmsg":"sign not match"}', '{"errcode":0,"errmsg":"ok"}'];
  http.answer = (response) => response.writeHead(200).end(answers.shift() ?? '{"errcode":0}');
  await listen('ding?access_token=t', kinds('tenant.updated'), { format: 'dingtalk', template: '{{kind}} {{actor}}' });
  await rename('Dinged');
  await vi.waitFor(() => expect(http.received.filter((one) => one.path.startsWith('/ding?'))).toHaveLength(2), within);
  const last = http.received.at(-1);
  expect(last?.json).toMatchObject({
    msgtype: 'text',
    text: { content: '[Grey] Tenant changed\ntenant.updated admin' },
  });
  expect([...new URLSearchParams(last?.path.split('?')[1]).keys()]).toEqual(['access_token', 'timestamp', 'sign']);
});

test('a change of 100 000 cells is one event with counts and a sample, and waits for nobody', async () => {
  await api.app.get(Database).run(async (client) => {
    await client.$executeRaw`
      INSERT INTO tenants (id, name, status, tags)
      SELECT 'mass-' || lpad(n::text, 5, '0'), 'Mass ' || n, 'active', CASE WHEN n <= 100 THEN ARRAY['few'] ELSE ARRAY[]::text[] END
      FROM generate_series(1, 50000) n`;
  });
  // Nobody may be delayed: all receivers hang while the change is made.
  http.answer = null;
  await listen('mass', kinds('assignments.applied'));
  await listen('few', [{ kinds: ['assignments.applied'], tenantTags: ['few'], serviceIds: ['pay'] }]);
  const request = {
    selection: { kind: 'all' },
    targets: ['pay', 'shop'].map((serviceId) => ({ serviceId, targetVersion: 'v2' })),
  };
  const { body: plan } = await api.ask('POST', '/api/assignments/plan', request);
  const applied = await api.ask('POST', '/api/assignments/apply', {
    plan: request,
    planToken: plan.planToken,
    reason: 'mass',
  });
  expect(applied.status).toBe(200);
  const moved: number = applied.body.summary.moveCount;
  expect(moved).toBeGreaterThanOrEqual(100_000);
  http.answer = (response) => response.writeHead(200).end();
  const answeredAt = performance.now();
  await vi.waitFor(() => expect([got('mass').length > 0, got('few').length > 0]).toEqual([true, true]), within);
  console.info(`${moved} cells told ${Math.round(performance.now() - answeredAt)} ms after the answer`);
  const data = notificationSchema.parse(got('mass')[0]?.json.data);
  expect(data).toMatchObject({ itemCount: moved, matchedCount: moved, reason: 'mass', serviceIds: ['pay', 'shop'] });
  expect(data.moves.reduce((sum, move) => sum + move.count, 0)).toBe(moved);
  expect(data.sample).toHaveLength(10);
  expect(got('mass')[0]?.body.length).toBeLessThan(10_000);
  expect(got('few')[0]?.json.data).toMatchObject({
    itemCount: moved,
    matchedCount: 100,
    tenantCount: 100,
    serviceIds: ['pay'],
  });
});

test('the health page counts, and stays up when a receiver is gone', async () => {
  const closed = await startHttpReceiver();
  await closed.close();
  await listen('gone', kinds('tenant.updated'), { url: `${closed.url}/gone` });
  await rename('Gone');
  await vi.waitFor(
    async () => expect((await deliveries('status=dead'))[0]?.lastError).toBe('could not be reached (ECONNREFUSED)'),
    within,
  );
  await vi.waitFor(async () => {
    const { parts } = (await api.ask('GET', '/health')).body;
    expect(parts.notifications).toEqual({ status: 'up', detail: '1 channels, 0 waiting, 1 dead' });
  }, within);
});
