import { channelListSchema, channelSchema } from '@grey/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../../test/start-test-api.ts';
import { Database } from '../infra/db/database.ts';
import { type HttpReceiver, startHttpReceiver } from './testing/http-receiver.ts';
import { type MailReceiver, startMailReceiver } from './testing/mail-receiver.ts';

let api: TestApi;
let http: HttpReceiver;
let mail: MailReceiver;
beforeAll(async () => {
  [http, mail] = await Promise.all([startHttpReceiver(), startMailReceiver()]);
  api = await startTestApi({
    GREY_SECRETS_KEY: Buffer.alloc(32, 7),
    GREY_WEBHOOK_ALLOW: ['127.0.0.1'],
    GREY_NOTIFY_TIMEOUT_MS: 500,
  });
});
afterAll(async () => {
  await api.close();
  await Promise.all([http.close(), mail.close()]);
});

const channels = '/api/notifications/channels';
const secretsOf = ['address-secret', 'signing-secret-16', 'mail-password', 'second-secret-16'];
const webhook = () => ({
  kind: 'webhook',
  url: `${http.url}/hook?token=address-secret`,
  signingKeys: [{ id: 'a', secret: 'signing-secret-16' }],
});
const email = () => ({
  kind: 'email',
  host: '127.0.0.1',
  port: mail.port,
  security: 'none',
  username: 'grey',
  password: 'mail-password',
  from: 'grey@example.com',
  to: ['night@example.com', 'day@example.com'],
});

test('a channel is made, read, changed and deleted, each a change in the log', async () => {
  const made = await api.ask('POST', channels, { name: 'Ops', settings: webhook() });
  expect([made.status, channelSchema.parse(made.body)]).toMatchObject([
    201,
    {
      name: 'Ops',
      isEnabled: true,
      settings: { kind: 'webhook', format: 'cloudevents', origin: http.url, signingKeyIds: ['a'], language: 'en' },
      subscriptions: [],
      pendingCount: 0,
    },
  ]);
  const target = `${channels}/${made.body.id}`;
  const read = await api.ask('GET', target);
  expect([read.body, read.headers.get('etag')]).toEqual([made.body, made.body.etag]);
  const subscriptions = [{ groups: ['emergency'], serviceIds: ['pay'] }];
  const changed = await api.ask(
    'PATCH',
    target,
    { isEnabled: false, subscriptions },
    { headers: { 'If-Match': made.body.etag } },
  );
  expect(changed.body).toMatchObject({
    isEnabled: false,
    subscriptions: [{ groups: ['emergency'], kinds: [], serviceIds: ['pay'], tenantIds: [], tenantTags: [] }],
    settings: made.body.settings,
  });
  const stale = await api.ask('DELETE', target, undefined, { headers: { 'If-Match': made.body.etag } });
  expect([stale.status, stale.body.current.isEnabled]).toEqual([412, false]);
  expect(channelListSchema.parse((await api.ask('GET', channels)).body).items).toHaveLength(1);
  expect((await api.ask('DELETE', target)).status).toBe(204);
  expect((await api.ask('GET', target)).body.code).toBe('CHANNEL_UNKNOWN');
  const { body } = await api.ask('GET', '/api/changes?limit=3');
  expect(body.items.map((one: { kind: string }) => one.kind)).toEqual([
    'channel.deleted',
    'channel.updated',
    'channel.created',
  ]);
});

test('secrets are in no answer, no change and not readable in the database', async () => {
  const made = [
    await api.ask('POST', channels, { name: 'Hook', settings: webhook() }),
    await api.ask('POST', channels, { name: 'Mail', settings: email() }),
  ];
  await api.ask('PATCH', `${channels}/${made[0]?.body.id}`, {
    settings: { ...webhook(), signingKeys: [{ id: 'a' }, { id: 'b', secret: 'second-secret-16' }] },
  });
  const answers = [...made, await api.ask('GET', channels), await api.ask('GET', '/api/changes?limit=10')];
  const { rows } = await api.app.get(Database).run(async (client) => ({
    rows: await client.$queryRaw<unknown[]>`
      SELECT (SELECT string_agg(c::text || encode(c.secrets, 'escape'), ' ') FROM notification_channels c) AS channels,
             (SELECT string_agg(i::text, ' ') FROM change_items i) AS items,
             (SELECT string_agg(k::text, ' ') FROM idempotency_keys k) AS keys`,
  }));
  const everything = JSON.stringify([answers.map((one) => one.body), rows]);
  expect(everything).toContain('signingKeyIds');
  for (const secret of secretsOf) expect(everything).not.toContain(secret);
  const log = JSON.stringify((await api.ask('GET', '/api/changes?limit=10')).body);
  expect(log).not.toContain('night@example.com');
});

test('keys are changed over: the old secret stays under its id until it is left out', async () => {
  const { body } = await api.ask('POST', channels, { name: 'Turn', settings: webhook() });
  const target = `${channels}/${body.id}`;
  const sign = async (signingKeys: unknown[], extra = {}) =>
    api.ask('PATCH', target, { settings: { kind: 'webhook', signingKeys, ...extra } });
  expect((await sign([{ id: 'a' }, { id: 'b', secret: 'second-secret-16' }])).body.settings.signingKeyIds).toEqual([
    'a',
    'b',
  ]);
  expect((await sign([{ id: 'b' }])).body.settings).toMatchObject({ signingKeyIds: ['b'], origin: http.url });
  const unknown = await sign([{ id: 'a' }]);
  expect([unknown.status, unknown.body.errors]).toMatchObject([400, [{ path: 'body.settings.signingKeys[0].secret' }]]);
});

test.each([
  ['an address with a password', { settings: { kind: 'webhook', url: 'https://u:p@example.com/' } }],
  ['another protocol', { settings: { kind: 'webhook', url: 'file:///etc/passwd' } }],
  ['no address', { settings: { kind: 'webhook' } }],
  [
    'a short secret',
    { settings: { kind: 'webhook', url: 'https://x.example', signingKeys: [{ id: 'a', secret: 'short' }] } },
  ],
  ['no recipient', { settings: { ...email, kind: 'email', host: 'mail', from: 'a@example.com', to: [] } }],
  [
    'a line break in a recipient',
    { settings: { kind: 'email', host: 'mail', from: 'a@example.com', to: ['b@example.com\r\nBcc: c@d.example'] } },
  ],
  [
    'an unknown kind of change',
    { settings: { kind: 'webhook', url: 'https://x.example' }, subscriptions: [{ kinds: ['no.such'] }] },
  ],
])('%s is refused', async (_, body) => {
  const answer = await api.ask('POST', channels, { name: 'No', ...body });
  expect([answer.status, answer.body.code]).toEqual([400, 'VALIDATION_FAILED']);
});

test('a test goes through each kind of channel, also a disabled one, and tells how it ended', async () => {
  const hook = await api.ask('POST', channels, { name: 'T1', isEnabled: false, settings: webhook() });
  const post = await api.ask('POST', `${channels}/${hook.body.id}/test`);
  expect(post.body).toMatchObject({ isDelivered: true, httpStatus: 204, error: null });
  expect(http.received.at(-1)?.json).toMatchObject({ type: 'grey.router.channel.test', data: { isTest: true } });
  const mailing = await api.ask('POST', channels, { name: 'T2', settings: email() });
  const sent = await api.ask('POST', `${channels}/${mailing.body.id}/test`);
  expect(sent.body).toMatchObject({ isDelivered: true, httpStatus: null });
  expect(mail.logins).toEqual(['grey mail-password']);
  expect(mail.mails).toMatchObject([{ from: 'grey@example.com', to: ['night@example.com', 'day@example.com'] }]);
  expect(mail.mails[0]?.data).toMatch(/^Subject: \[Grey\] Test message$/m);
  http.answer = (response) => response.writeHead(302, { Location: 'http://127.0.0.1:1/' }).end();
  const redirected = await api.ask('POST', `${channels}/${hook.body.id}/test`);
  expect(redirected.body).toMatchObject({
    isDelivered: false,
    httpStatus: 302,
    error: expect.stringContaining('redirects'),
  });
  http.answer = (response) => response.writeHead(500).end('no such hook\n');
  const failed = await api.ask('POST', `${channels}/${hook.body.id}/test`);
  expect(failed.body).toMatchObject({ httpStatus: 500, error: 'answered 500', answer: 'no such hook' });
  http.answer = (response) => response.writeHead(204).end();
});

test.each(['starttls', 'tls'])('mail is not sent in the clear where %s is asked for', async (security) => {
  const before = [mail.mails.length, mail.logins.length];
  const { body } = await api.ask('POST', channels, { name: 'Safe', settings: { ...email(), security } });
  const tested = await api.ask('POST', `${channels}/${body.id}/test`);
  expect(tested.body).toMatchObject({ isDelivered: false, error: expect.any(String) });
  expect([mail.mails.length, mail.logins.length]).toEqual(before);
});

test('a password does not follow a channel to another server', async () => {
  const other = await startMailReceiver();
  const { body } = await api.ask('POST', channels, { name: 'Follow', settings: email() });
  const { password: _, ...settings } = email();
  const same = await api.ask('PATCH', `${channels}/${body.id}`, { settings: { ...settings, to: ['new@example.com'] } });
  expect(same.body.settings).toMatchObject({ hasPassword: true, to: ['new@example.com'] });
  const moved = await api.ask('PATCH', `${channels}/${body.id}`, { settings: { ...settings, port: other.port } });
  expect(moved.body.settings.hasPassword).toBe(false);
  await api.ask('POST', `${channels}/${body.id}/test`);
  expect(other.logins.join()).not.toContain('mail-password');
  await other.close();
});

test.each([
  ['https://127.0.0.2/', 'is no public address'],
  ['https://169.254.169.254/latest/meta-data', 'is no public address'],
  ['https://[::ffff:10.0.0.1]/', 'is no public address'],
  ['https://2130706434/', 'is no public address'],
  ['https://0x7f.2/', 'is no public address'],
])('%s is refused where it is entered', async (url, message) => {
  const refusedAt = (path: string) => ({
    code: 'VALIDATION_FAILED',
    errors: [{ path, message: expect.stringContaining(message) }],
  });
  const made = await api.ask('POST', channels, { name: 'Inside', settings: { kind: 'webhook', url } });
  expect(made.body).toMatchObject(refusedAt('body.settings.url'));
  const { body } = await api.ask('POST', channels, { name: 'Outside', settings: webhook() });
  const moved = await api.ask('PATCH', `${channels}/${body.id}`, { settings: { kind: 'webhook', url } });
  expect(moved.body).toMatchObject(refusedAt('body.settings.url'));
  const host = new URL(url).hostname.replace(/^\[(.*)\]$/, '$1');
  const mailing = await api.ask('POST', channels, { name: 'Inside', settings: { ...email(), host } });
  expect(mailing.body).toMatchObject(refusedAt('body.settings.host'));
});

test('a preview shows an example in the words of a template, and sends nothing', async () => {
  const before = http.received.length;
  const preview = (body: object) => api.ask('POST', '/api/notifications/preview', body);
  const chat = await preview({ format: 'feishu', language: 'zh', template: '{{moves}}: {{reason}}' });
  expect(chat.body).toEqual({
    title: '[Grey] 批量版本分配 · payment-service',
    text: '2.0.3 → 2.1.0 (100): Second wave of the release',
  });
  const event = await preview({ format: 'cloudevents' });
  expect([event.body.title, JSON.parse(event.body.text).specversion]).toEqual([null, '1.0']);
  expect(http.received).toHaveLength(before);
});

test('without a key for secrets there are no channels, and the API runs', async () => {
  const bare = await startTestApi();
  const refused = await bare.ask('POST', channels, { name: 'Hook', settings: webhook() });
  expect([refused.status, refused.body.code]).toEqual([409, 'SECRETS_KEY_MISSING']);
  expect((await bare.ask('GET', channels)).body).toEqual({ items: [] });
  expect((await bare.ask('GET', '/health')).body.parts.notifications).toEqual({ status: 'off' });
  await bare.close();
});
