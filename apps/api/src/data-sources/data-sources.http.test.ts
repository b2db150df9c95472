import { randomBytes } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import { connectionTestSchema, dataSourceSchema } from '@grey/contracts';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest';
import { startTestApi, type TestApi } from '../../test/start-test-api.ts';
import { parseMasterKeys } from '../infra/secrets/master-keys.ts';
import { DataSourceAccess } from './data-source-access.ts';
import { selfSigned } from './testing/self-signed.ts';

// biome-ignore lint/suspicious/noExplicitAny: a test reads fields and compares them
type Loose = any;
const name = `grey_probe_${randomBytes(6).toString('hex')}`;
const poor = `${name}_poor`;
const server = new URL(inject('template').serverUrl);
const port = Number(server.port);
const patience = { timeout: 20_000, interval: 50 };
const credentials = { user: name, password: 'a password of the tests' };
let api: TestApi;
let manager = '';

beforeAll(async () => {
  await onServer(
    'postgres',
    `CREATE ROLE ${name} LOGIN PASSWORD '${credentials.password}'`,
    `CREATE DATABASE ${name} OWNER ${name}`,
  );
  await onServer(
    name,
    `CREATE ROLE ${poor} LOGIN PASSWORD '${credentials.password}'`,
    'CREATE SCHEMA t1',
    'CREATE TABLE t1.orders (id int)',
    `GRANT USAGE ON SCHEMA t1 TO ${poor}`,
    `CREATE SCHEMA mine AUTHORIZATION ${name}`,
  );
  api = await startTestApi({
    GREY_MASTER_KEY: parseMasterKeys(`k1:${'01'.repeat(32)}`),
    GREY_DATA_SOURCE_ALLOW: ['127.0.0.1', 'localhost', 'nobody.invalid'],
    GREY_DATA_SOURCE_TIMEOUT_MS: 3_000,
    GREY_DATA_SOURCE_CONNECTIONS: 1,
  });
  for (const id of ['ta', 'tb', 'tc']) await send('POST', '/api/tenants', { id, name: id });
  for (const id of ['shop', 'pay']) await send('POST', '/api/services', { id });
  const password = 'long enough to pass 1';
  await send('POST', '/api/users', {
    username: 'max',
    name: 'Max',
    role: 'TENANT_MANAGER',
    tenantIds: ['ta'],
    password,
  });
  const first = await api.login('max', password);
  const next = { currentPassword: password, newPassword: 'long enough to pass 2' };
  manager = (await api.ask('PUT', '/api/auth/password', next, { token: first })).body.accessToken;
});
afterAll(async () => {
  await api?.close();
  await onServer('postgres', `DROP DATABASE ${name} WITH (FORCE)`, `DROP ROLE ${name}`, `DROP ROLE ${poor}`);
});

async function onServer(database: string, ...statements: string[]): Promise<void> {
  const client = new pg.Client({ connectionString: Object.assign(new URL(server), { pathname: `/${database}` }).href });
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
}
async function send(method: string, target: string, body?: unknown): Promise<Loose> {
  const answer = await api.ask(method, target, body);
  if (answer.status >= 300) throw new Error(`${method} ${target}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}
const source = (tenantId: string, serviceId: string, more: object = {}) => ({
  ...{ tenantId, serviceId, engine: 'postgres', host: '127.0.0.1', port, database: name, tls: 'off' },
  ...credentials,
  ...more,
});
const add = (tenantId: string, serviceId: string, more: object = {}): Promise<Loose> =>
  send('POST', '/api/data-sources', source(tenantId, serviceId, more));
const lastChange = async () => (await send('GET', '/api/changes?limit=1')).items[0];
const faultAt = (path: string) => ({
  status: 400,
  body: { code: 'VALIDATION_FAILED', errors: [expect.objectContaining({ path })] },
});

describe('a data source', () => {
  test('is made, changed by who saw it, and deleted; the log tells what, but neither user nor password', async () => {
    const made = dataSourceSchema.parse(await add('ta', 'shop', { schema: 't1' }));
    expect(await lastChange()).toMatchObject({
      kind: 'data_source.created',
      items: [{ tenantId: 'ta', serviceId: 'shop', before: null }],
    });
    const path = `/api/data-sources/${made.id}`;
    const patch = (body: object, etag = made.etag) => api.ask('PATCH', path, body, { headers: { 'If-Match': etag } });
    const changed = await patch({ schema: 'mine', reason: 'moved' });
    expect(changed.body).toMatchObject({ schema: 'mine', credentials: made.credentials });
    expect((await patch({ schema: 't1' })).status).toBe(412);
    const again = await patch({ ...credentials, schema: 'mine' }, changed.body.etag);
    expect(again.body.etag).toBe(changed.body.etag);
    const secret = await patch({ user: name, password: 'another' }, changed.body.etag);
    expect(secret.body.credentials).not.toBe(made.credentials);
    const change = await lastChange();
    expect(change.items[0].before).toEqual({ ...change.items[0].after, credentials: made.credentials });
    const diff = await send('GET', `/api/state/diff?from=${change.position.epoch}-${change.position.revision - 1}`);
    expect(diff.items[0].text).toBe(
      `data source of ta on shop: credentials ${made.credentials} → ${secret.body.credentials}`,
    );
    expect((await api.ask('DELETE', path, undefined, { headers: { 'If-Match': secret.body.etag } })).status).toBe(204);
    expect((await api.ask('GET', path)).body.code).toBe('DATA_SOURCE_UNKNOWN');
  });

  test('is one for each tenant and service, of both that exist, with an address that makes sense and is listed', async () => {
    const post = (tenantId: string, serviceId: string, more: object = {}) =>
      api.ask('POST', '/api/data-sources', source(tenantId, serviceId, more));
    const { id } = await add('tb', 'shop');
    expect((await post('tb', 'shop')).body.code).toBe('DATA_SOURCE_EXISTS');
    expect((await post('nobody', 'shop')).body.code).toBe('TENANT_UNKNOWN');
    expect((await post('tb', 'nothing')).body.code).toBe('SERVICE_UNKNOWN');
    expect(await post('tb', 'pay', { host: '10.9.9.9' })).toMatchObject(faultAt('body.host'));
    expect(await post('tb', 'pay', { host: '/var/run/postgresql' })).toMatchObject(faultAt('body.host'));
    expect(await post('tb', 'pay', { host: '8.8.8.8' })).toMatchObject(faultAt('body.host'));
    expect(await post('tb', 'pay', { engine: 'mysql', schema: 's' })).toMatchObject(faultAt('body.schema'));
    expect(await post('tb', 'pay', { engine: 'mysql', tls: 'verify' })).toMatchObject(faultAt('body.host'));
    const patch = (body: object) => api.ask('PATCH', `/api/data-sources/${id}`, body);
    // Whoever may change an address must not have the password sent to a server of their own.
    for (const elsewhere of [{ host: 'localhost' }, { port: 1 }])
      expect(await patch(elsewhere)).toMatchObject(faultAt('body.password'));
    expect(await patch({ user: 'alone' })).toMatchObject(faultAt('body.password'));
    expect(await patch({ tls: 'verify' })).toMatchObject({ status: 200 });
    expect(await patch({ tls: 'require' })).toMatchObject(faultAt('body.password'));
    await send('DELETE', `/api/data-sources/${id}`);
  });

  test('is listed by tenant, service, host and engine, page by page, and to each only of their tenants', async () => {
    const ids: string[] = [];
    for (const [tenant, service] of [
      ['ta', 'pay'],
      ['ta', 'shop'],
      ['tb', 'pay'],
      ['tc', 'shop'],
    ] as const)
      ids.push((await add(tenant, service, tenant === 'tc' ? { host: 'localhost', engine: 'mysql' } : {})).id);
    const list = async (query: string, token?: string) =>
      (await api.ask('GET', `/api/data-sources?${query}`, undefined, token ? { token } : {})).body;
    const idsOf = (page: Loose) => page.items.map((one: Loose) => one.id);
    const first = await list('limit=3');
    expect(idsOf(first)).toEqual(ids.slice(0, 3));
    expect(idsOf(await list(`limit=3&cursor=${first.nextCursor}`))).toEqual(ids.slice(3));
    expect((await list(`limit=3&tenantId=ta&cursor=${first.nextCursor}`)).code).toBe('CURSOR_INVALID');
    expect(idsOf(await list('serviceId=shop&tenantId=ta'))).toEqual([ids[1]]);
    expect(idsOf(await list('host=LOCALHOST'))).toEqual([ids[3]]);
    expect(idsOf(await list('engine=mysql'))).toEqual([ids[3]]);
    expect(idsOf(await list('', manager))).toEqual(ids.slice(0, 2));
    expect((await list('tenantId=tb', manager)).code).toBe('TENANT_FORBIDDEN');
    const ask = (method: string, target: string, body?: object) => api.ask(method, target, body, { token: manager });
    for (const [method, suffix, body] of [
      ['GET', ''],
      ['PATCH', '', {}],
      ['DELETE', ''],
      ['POST', '/test'],
    ] as const)
      expect((await ask(method, `/api/data-sources/${ids[2]}${suffix}`, body)).body.code).toBe('DATA_SOURCE_UNKNOWN');
    for (const suffix of ['', '/test'])
      expect((await ask('POST', `/api/data-sources${suffix}`, source('tc', 'pay'))).body.code).toBe('TENANT_FORBIDDEN');
    expect((await ask('PATCH', `/api/data-sources/${ids[0]}`, { database: 'other' })).status).toBe(200);
    const seen = (await ask('GET', '/api/state/entities?entity=data_source')).body.items;
    expect(seen.map((one: Loose) => one.state.tenantId)).toEqual(['ta', 'ta']);
    await send('DELETE', '/api/tenants/tc');
    expect((await api.ask('GET', `/api/data-sources/${ids[3]}`)).body.code).toBe('DATA_SOURCE_UNKNOWN');
    for (const id of ids.slice(0, 3)) await send('DELETE', `/api/data-sources/${id}`);
  });

  test('goes back to an earlier address, and without credentials where that is another server', async () => {
    const revert = async () => {
      const { id } = await lastChange();
      const plan = await send('POST', `/api/changes/${id}/revert/plan`, {});
      if (plan.counts.refusedCount > 0) return plan.refusals[0];
      await send('POST', `/api/changes/${id}/revert`, { planToken: plan.planToken, reason: 'wrong' });
    };
    const { id, credentials: print } = await add('ta', 'shop', { schema: 't1' });
    const get = () => send('GET', `/api/data-sources/${id}`);
    await send('PATCH', `/api/data-sources/${id}`, { schema: 'mine' });
    await revert();
    expect(await get()).toMatchObject({ schema: 't1', credentials: print });
    expect((await send('POST', `/api/data-sources/${id}/test`)).serverVersion).not.toBeNull();
    await send('PATCH', `/api/data-sources/${id}`, { user: name, password: 'another' });
    expect(await revert()).toMatchObject({ code: 'NOT_REVERTIBLE', message: expect.stringContaining('not in it') });
    await send('PATCH', `/api/data-sources/${id}`, { host: 'localhost', ...credentials });
    await revert();
    expect(await get()).toMatchObject({ host: '127.0.0.1', credentials: null });
    expect(await send('POST', `/api/data-sources/${id}/test`)).toMatchObject({ code: 'CREDENTIALS_MISSING' });
    await send('DELETE', `/api/data-sources/${id}`);
    await revert();
    expect(await get()).toMatchObject({ host: '127.0.0.1', schema: 't1', credentials: null });
    await send('PATCH', `/api/data-sources/${id}`, credentials);
    expect(await api.app.get(DataSourceAccess).find('ta', 'shop')).toMatchObject({ database: name, ...credentials });
    await send('DELETE', `/api/data-sources/${id}`);
    await add('ta', 'shop');
    await revert();
    await add('ta', 'shop');
    expect(await api.app.get(DataSourceAccess).find('tb', 'shop')).toBeUndefined();
  });
});

describe('a test of a connection', () => {
  const probe = async (more: object = {}) =>
    connectionTestSchema.parse(await send('POST', '/api/data-sources/test', source('ta', 'pay', more)));

  test('tells version, time, TLS, and what a schema upgrade would lack', async () => {
    expect(await probe({ schema: 'mine' })).toMatchObject({
      ...{
        isOk: true,
        code: 'OK',
        hasSchema: true,
        missingPrivileges: [],
        serverVersion: expect.stringMatching(/^\d+\.\d+/),
      },
      ...{ latencyMs: expect.any(Number), tls: { isEncrypted: false, protocol: null, cipher: null } },
    });
    expect(await probe({ schema: 'nothing' })).toMatchObject({
      isOk: false,
      code: 'SCHEMA_UNKNOWN',
      missingPrivileges: [],
    });
    expect(await probe({ schema: 't1', user: poor })).toMatchObject({
      code: 'PRIVILEGES_MISSING',
      missingPrivileges: ['CREATE on the schema', 'ownership of 1 tables, views or sequences in the schema'],
    });
    expect((await probe({ schema: 'nothing', user: poor })).missingPrivileges).toEqual([
      'CREATE on the database, to make the schema',
    ]);
  });

  test.each([
    ['AUTH_FAILED', { user: 'nobody' }],
    ['DATABASE_UNKNOWN', { database: 'nothing' }],
    ['TLS_FAILED', { tls: 'require' }],
    ['TLS_FAILED', { tls: 'verify' }],
    ['REFUSED', { port: 1 }],
    ['REFUSED', { engine: 'mysql', port: 1 }],
    ['HOST_UNKNOWN', { host: 'nobody.invalid' }],
    ['HOST_NOT_ALLOWED', { host: '169.254.169.254' }],
  ])('says %s for %j, in words of its own', async (code, more) => {
    const found = await probe(more);
    expect(found).toMatchObject({ isOk: false, code, tls: null, serverVersion: null });
    expect(found.message).not.toMatch(/wrong"|nobody|nothing/);
  });

  test('tells a wrong password, where the server asks for one', async () => {
    // The server of the tests trusts everybody; here it does not.
    const rule = `host ${name} all 127.0.0.1/32 scram-sha-256`;
    const file = 'pg_hba.conf';
    await onServer('postgres', `COPY (SELECT 1) TO PROGRAM '{ echo "${rule}"; cat ${file}; } > new && mv new ${file}'`);
    await onServer('postgres', 'SELECT pg_reload_conf()');
    await vi.waitFor(
      async () => expect(await probe({ password: 'wrong' })).toMatchObject({ code: 'AUTH_FAILED' }),
      patience,
    );
    expect((await probe()).code).toBe('OK');
  });

  test('encrypts where it shall, and trusts no certificate that it cannot prove', async () => {
    const put = (lines: string[], file: string) =>
      `COPY (SELECT unnest(ARRAY[${lines.map((line) => `'${line}'`)}])) TO PROGRAM 'umask 077; cat > ${file}'`;
    await onServer('postgres', put(selfSigned.certificate, 'server.crt'), put(selfSigned.key, 'server.key'));
    await onServer('postgres', 'ALTER SYSTEM SET ssl = on', 'SELECT pg_reload_conf()');
    try {
      await vi.waitFor(async () => expect((await probe({ tls: 'require' })).code).toBe('OK'), patience);
      expect((await probe({ tls: 'require' })).tls).toMatchObject({
        isEncrypted: true,
        protocol: expect.stringMatching(/^TLSv1\.[23]$/),
      });
      expect((await probe({ tls: 'verify' })).code).toBe('TLS_FAILED');
    } finally {
      await onServer('postgres', 'ALTER SYSTEM RESET ssl', 'SELECT pg_reload_conf()');
    }
  });

  test('ends in time with a server that says nothing, and where all connections are in use', async () => {
    const first = await listen(createServer(hush));
    const second = await listen(createServer(hush));
    const held = Promise.withResolvers<void>();
    const address = { ...source('ta', 'pay'), schema: null, engine: 'postgres', tls: 'off' } as const;
    const holding = api.app.get(DataSourceAccess).connect(address, new AbortController().signal, () => held.promise);
    const found = await Promise.all([
      probe({ port: portOf(first) }),
      probe({ port: portOf(second), engine: 'mysql' }),
      probe(),
    ]);
    expect(found.map(({ code }) => code)).toEqual(['TIMEOUT', 'TIMEOUT', 'SERVER_BUSY']);
    held.resolve();
    await holding;
    expect((await probe()).code).toBe('OK');
    // What was given up has let go of its server.
    await Promise.all([first, second].map((one) => new Promise((resolve) => one.close(resolve))));
  });

  test('does not wait for more from another kind of server', async () => {
    const chatty = await listen(createServer((socket) => hush(socket).end('220 mail.example ESMTP\r\n')));
    for (const engine of ['postgres', 'mysql'])
      expect(await probe({ port: portOf(chatty), engine })).toMatchObject({ code: 'UNREACHABLE' });
    await new Promise((resolve) => chatty.close(resolve));
  });
});

function hush(socket: Socket): Socket {
  return socket.on('error', () => undefined).resume();
}
function portOf(one: Server): number {
  return (one.address() as { port: number }).port;
}
function listen(one: Server): Promise<Server> {
  return new Promise((resolve) => one.listen(0, '127.0.0.1', () => resolve(one)));
}
