import { createDecipheriv } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Writable } from 'node:stream';
import { keyRotationSchema, redisKeys } from '@grey/contracts';
import { needsRedis, type RunningRedis, startRedis } from '@grey/testkit';
import { Redis } from 'ioredis';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { startTestApi, type TestApi } from '../../test/start-test-api.ts';
import { MasterKeys } from '../infra/secrets/master-keys.ts';
import { createLogger, NestLogger } from '../infra/telemetry/logger.ts';
import { ConfigProjection } from './config-projection.ts';
import { DataSourceAccess } from './data-source-access.ts';
import { KeyRotationService } from './key-rotation.service.ts';
import { TenantVault } from './tenant-vault.ts';

// biome-ignore lint/suspicious/noExplicitAny: a test reads fields and compares them
type Loose = any;
const keys = { k1: Buffer.alloc(32, 1), k2: Buffer.alloc(32, 2), k3: Buffer.alloc(32, 3) };
const lineOf = (id: keyof typeof keys) => `${id}:${keys[id].toString('hex')}\n`;
const canaries = ['canaryuser4711', 'canarypass0815', 'canaryother2342'] as const;
const folder = mkdtempSync(path.join(tmpdir(), 'grey-keys-'));
const file = path.join(folder, 'keys');
const patience = { timeout: 20_000, interval: 50 };
const source = (tenantId: string) => ({
  ...{ tenantId, serviceId: 'shop', engine: 'postgres', host: '127.0.0.1', port: 1, database: 'd', tls: 'off' },
  ...{ user: canaries[0], password: canaries[1] },
});

describe('what is sealed', needsRedis(), () => {
  let redis: RunningRedis;
  let client: Redis;
  let api: TestApi;
  let log = '';
  const answers: string[] = [];
  const ids: string[] = [];

  beforeAll(async () => {
    redis = await startRedis();
    client = new Redis(redis.url);
    client.on('error', () => undefined);
    writeFileSync(file, lineOf('k1'));
    api = await startTestApi({
      GREY_REDIS_URL: redis.url,
      GREY_MASTER_KEY_FILE: file,
      GREY_DATA_SOURCE_ALLOW: ['127.0.0.1'],
    });
    const sink = new Writable({
      write: (chunk, _, done) => {
        log += chunk;
        done();
      },
    });
    api.app.useLogger(new NestLogger(createLogger('debug', sink)));
    await ask('POST', '/api/services', { id: 'shop' });
    for (const id of ['ta', 'tb', 'tc']) {
      await ask('POST', '/api/tenants', { id, name: id });
      ids.push((await ask('POST', '/api/data-sources', source(id))).body.id);
    }
  });
  afterAll(async () => {
    await api?.close();
    client?.disconnect();
    await redis?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Keeps what was answered, to be searched in the end. */
  async function ask(method: string, target: string, body?: unknown, headers = {}) {
    const answer = await api.ask(method, target, body, { headers });
    answers.push(JSON.stringify([...answer.headers]), JSON.stringify(answer.body));
    return answer;
  }
  const configOf = (tenantId: string) => client.hgetall(redisKeys.tenantConfig(tenantId));
  const sealedOf = async (tenantId: string) => Object.keys(await configOf(tenantId)).sort();
  const rotation = async () => keyRotationSchema.parse((await ask('GET', '/api/data-sources/rotation')).body);

  it('lies in Redis after the commit, opens there with the master key alone, and is back after a flush', async () => {
    await vi.waitFor(async () => expect(await sealedOf('tc')).toEqual(['@at', '@key', 'shop']), patience);
    const config = await configOf('ta');
    const [keyId, wrapped] = config['@key']?.split(' ') ?? [];
    expect(keyId).toBe('k1');
    const dataKey = open(keys.k1, 'ta/@key/k1', wrapped);
    const { tenantId, serviceId, ...address } = source('ta');
    expect(JSON.parse(open(dataKey, 'ta/shop/config', config['shop']).toString())).toEqual({
      ...address,
      schema: null,
    });
    expect(() => open(dataKey, 'tb/shop/config', config['shop'])).toThrow();
    await ask('PATCH', `/api/data-sources/${ids[0]}`, { database: 'moved' });
    await vi.waitFor(async () => expect((await configOf('ta'))['shop']).not.toBe(config['shop']), patience);
    await ask('DELETE', `/api/data-sources/${ids[2]}`);
    await vi.waitFor(async () => expect(await client.exists(redisKeys.tenantConfig('tc'))).toBe(0), patience);
    const before = await configOf('ta');
    await client.flushall();
    await client.hset(redisKeys.tenantConfig('stranger'), 'shop', 'left by an old copy');
    await vi.waitFor(async () => {
      expect(await configOf('ta')).toMatchObject({ shop: before['shop'], '@key': before['@key'] });
      expect(await client.exists(redisKeys.tenantConfig('stranger'))).toBe(0);
      expect(await client.get(redisKeys.configsWhole)).toBe('whole');
    }, patience);
  });

  it('is not taken back by a writer that is late', async () => {
    const [epoch, revision] = (await configOf('ta'))['@at']?.split(' ') ?? [];
    const later = { '@at': `${epoch} ${Number(revision) + 100}`, shop: 'of a later change' };
    await client.hset(redisKeys.tenantConfig('ta'), later);
    await client.del(redisKeys.tenantConfig('tb'));
    api.app.get(ConfigProjection).refresh(['ta', 'tb']);
    await vi.waitFor(async () => expect(await sealedOf('tb')).toContain('shop'), patience);
    expect(await configOf('ta')).toMatchObject(later);
    await client.hset(redisKeys.tenantConfig('ta'), '@at', `${epoch} 1`);
    api.app.get(ConfigProjection).refresh(['ta']);
    await vi.waitFor(async () => expect((await configOf('ta'))['shop']).not.toBe(later.shop), patience);
  });

  it('is wrapped with another master key while everything goes on, until the old one can go', async () => {
    expect(await rotation()).toMatchObject({
      state: 'idle',
      activeKeyId: 'k1',
      keys: [{ keyId: 'k1', tenantCount: 3 }],
    });
    writeFileSync(file, lineOf('k2') + lineOf('k1'));
    const etag = (await ask('GET', `/api/data-sources/${ids[0]}`)).headers.get('etag');
    expect(await ask('POST', '/api/data-sources/rotate')).toMatchObject({ status: 202, body: { totalCount: 3 } });
    await vi.waitFor(async () => expect((await rotation()).state).toBe('done'), patience);
    expect(await rotation()).toMatchObject({
      ...{ doneCount: 3, totalCount: 3, error: null },
      keys: [
        { keyId: 'k2', tenantCount: 3, isActive: true, isConfigured: true },
        { keyId: 'k1', tenantCount: 0, isActive: false, isConfigured: true },
      ],
    });
    await vi.waitFor(async () => expect((await configOf('ta'))['@key']).toMatch(/^k2 /), patience);
    writeFileSync(file, lineOf('k2'));
    await ask('POST', '/api/data-sources/rotate');
    expect((await rotation()).keys.map(({ keyId }) => keyId)).toEqual(['k2']);
    expect(await api.app.get(DataSourceAccess).find('ta', 'shop')).toMatchObject({
      password: canaries[1],
      database: 'moved',
    });
    expect((await ask('GET', `/api/data-sources/${ids[0]}`)).headers.get('etag')).toBe(etag);
  });

  it('goes on with a round that another replica left in the middle, portion by portion', async () => {
    const old = new MasterKeys(() => [{ id: 'k2', key: keys.k2 }]);
    const next = new MasterKeys(() => [{ id: 'k3', key: keys.k3 }]);
    const many = Array.from({ length: 205 }, (_, at) => {
      const id = `many-${at}`;
      const { dataKey, ...kept } = old.make(id);
      return { id, dataKey, ...(at < 60 ? next.wrap(id, dataKey) : kept) };
    });
    await query(
      "INSERT INTO tenants (id, name, status) SELECT t.id, t.id, 'active' FROM unnest($1::text[]) AS t (id)",
      [many.map(({ id }) => id)],
    );
    await query(
      'INSERT INTO tenant_keys (tenant_id, key_id, wrapped) SELECT * FROM unnest($1::text[], $2::text[], $3::bytea[])',
      [many.map(({ id }) => id), many.map(({ keyId }) => keyId), many.map(({ wrapped }) => wrapped)],
    );
    writeFileSync(file, lineOf('k3') + lineOf('k2'));
    api.app.get(TenantVault).keys.refresh();
    await query("INSERT INTO key_rotations (key_id, total_count) VALUES ('k3', 205)");
    api.app.get(KeyRotationService).wake();
    await vi.waitFor(async () => expect((await rotation()).state).toBe('done'), patience);
    const rows = await query('SELECT tenant_id AS id, key_id AS "keyId", wrapped FROM tenant_keys');
    expect(rows.map(({ keyId }) => keyId)).toEqual(Array.from({ length: 208 }, () => 'k3'));
    for (const { id, dataKey } of many)
      expect(next.unwrap(id, 'k3', rows.find((row) => row.id === id).wrapped)).toEqual(dataKey);
  });

  it('says which key is missing, and wraps the others', async () => {
    await query("UPDATE tenant_keys SET key_id = 'k0' WHERE tenant_id = 'tb'");
    expect((await ask('POST', `/api/data-sources/${ids[1]}/test`)).body).toMatchObject({ code: 'MASTER_KEY_UNKNOWN' });
    await query("INSERT INTO key_rotations (key_id, total_count) VALUES ('k3', 1)");
    api.app.get(KeyRotationService).wake();
    await vi.waitFor(async () => expect((await rotation()).state).toBe('failed'), patience);
    expect(await rotation()).toMatchObject({
      error: expect.stringContaining('keys of 1 tenants'),
      keys: [{ keyId: 'k3' }, { keyId: 'k2' }, { keyId: 'k0', tenantCount: 1, isConfigured: false }],
    });
    await query("UPDATE tenant_keys SET key_id = 'k3' WHERE tenant_id = 'tb'");
  });

  it('shows in no answer, change, event, state, export, metric, log line, Redis key or column', async () => {
    const events = await listen();
    const id = ids[1] as string;
    const path = `/api/data-sources/${id}`;
    await ask('POST', '/api/data-sources', source('tb'));
    await ask('POST', '/api/data-sources', { ...source('tb'), tenantId: 'nobody' });
    await ask('POST', '/api/data-sources', { ...source('tc'), port: 0, host: 'a b' });
    await ask('POST', '/api/data-sources', `{ "password": "${canaries[1]}", `);
    await ask('POST', '/api/data-sources/test', source('ta'));
    await ask('POST', '/api/data-sources/test', { ...source('ta'), engine: 'mysql' });
    await ask('POST', `${path}/test`);
    await ask('PATCH', path, { user: canaries[0], password: canaries[2] });
    await ask('PATCH', path, { user: canaries[0], password: canaries[1] }, { 'If-Match': '"0"' });
    await ask('PATCH', path, { user: canaries[0], password: `${canaries[1]}\0` });
    const change = (await ask('GET', '/api/changes?limit=1')).body.items[0];
    expect(change).toMatchObject({ kind: 'data_source.updated', items: [{ key: id }] });
    await ask('POST', `/api/changes/${change.id}/revert/plan`, {});
    await letServersRefuse(path);
    for (const target of [
      ...['', `/${id}`, '/rotation'].map((one) => `/api/data-sources${one}`),
      ...['/api/changes?limit=100', `/api/changes/${change.id}`, `/api/changes/${change.id}/items`],
      ...['/api/state', '/api/state/entities?limit=1000', `/api/state/diff?from=${change.position.epoch}-1`],
      ...['/api/audit/export', '/api/audit/verify', '/metrics', '/health', '/api/openapi.json'],
    ])
      expect((await ask('GET', target)).status, target).toBe(200);
    await ask('DELETE', path);
    await vi.waitFor(() => expect(events.text()).toContain('data_source.deleted'), patience);
    await vi.waitFor(async () => expect(await client.exists(redisKeys.tenantConfig('tb'))).toBe(0), patience);
    events.stop();
    const everything = {
      answers: answers.join('\n'),
      events: events.text(),
      log,
      redis: await dumpRedis(),
      columns: await dumpTables(),
    };
    expect(everything.answers).toContain(ids[1]);
    expect(everything.log).toContain('master key k2 has ended');
    expect(everything.columns).toContain('\\x01');
    expect(everything.redis).toContain('encrypted:tenant:ta:config');
    for (const [place, text] of Object.entries(everything))
      for (const canary of canaries)
        for (const form of [
          canary,
          Buffer.from(canary).toString('base64').slice(0, 16),
          Buffer.from(canary).toString('hex'),
        ])
          expect(text.includes(form), `${canary} in ${place}`).toBe(false);
  });

  /** A server says whom it does not let in; all that goes to databases of tenants hears it. */
  async function letServersRefuse(path: string): Promise<void> {
    const { hostname: host, port } = new URL(inject('template').serverUrl);
    const place = { host, port: Number(port), database: 'postgres', user: canaries[0], password: canaries[1] };
    expect((await ask('PATCH', path, place)).status).toBe(200);
    await ask('POST', '/api/services/shop/versions', { version: 'v2' });
    const files = [
      { path: 'V2/0001_a.up.sql', text: 'SELECT 1;' },
      { path: 'V2/0001_a.down.sql', text: 'SELECT 1;' },
    ];
    await ask('PUT', '/api/services/shop/versions/v2/migrations', { engine: 'postgres', files });
    const cell = '/api/tenants/tb/services/shop';
    const { body: checked } = await ask('POST', `${cell}/schema/check`);
    expect(checked.drift.error).toContain('refuses the user or the password');
    expect((await ask('POST', `${cell}/backups`, {})).status).toBe(503);
    await ask('GET', '/api/backups');
    await ask('POST', '/api/tenants/tb/schema-upgrade', { version: 'v2', isDryRun: true });
    const { body: started } = await ask('POST', '/api/tenants/tb/schema-upgrade', { version: 'v2' });
    const upgrade = `/api/upgrades/${started.upgradeId}`;
    await vi.waitFor(async () => expect((await ask('GET', upgrade)).body.failure).not.toBeNull(), patience);
    await ask('POST', `${upgrade}/cancel`, {});
    await vi.waitFor(async () => expect((await ask('GET', upgrade)).body.state).toBe('aborted'), patience);
  }

  async function query(sql: string, values: unknown[] = []): Promise<Loose[]> {
    const one = new pg.Client({ connectionString: api.config.GREY_DATABASE_URL });
    await one.connect();
    const { rows } = await one.query(sql, values);
    await one.end();
    return rows;
  }
  async function dumpTables(): Promise<string> {
    const tables = await query("SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public'");
    const texts = await Promise.all(tables.map(({ name }) => query(`SELECT t::text AS row FROM ${name} AS t`)));
    return texts
      .flat()
      .map(({ row }) => row)
      .join('\n');
  }
  async function dumpRedis(): Promise<string> {
    const parts: unknown[] = [];
    for (const key of await client.keys('*')) {
      const kind = await client.type(key);
      if (kind === 'hash') parts.push(key, await client.hgetall(key));
      else if (kind === 'string') parts.push(key, await client.get(key));
      else if (kind === 'set') parts.push(key, await client.smembers(key));
      else if (kind === 'zset') parts.push(key, await client.zrange(key, 0, '-1'));
      else parts.push(key, await client.xrange(key, '-', '+'));
    }
    return JSON.stringify(parts);
  }
  async function listen() {
    const ending = new AbortController();
    const headers = { authorization: `Bearer ${api.adminToken}` };
    const response = await fetch(`${api.url}/api/stream`, { headers, signal: ending.signal });
    let text = '';
    const read = async () => {
      for await (const chunk of response.body as AsyncIterable<Uint8Array>) text += Buffer.from(chunk).toString();
    };
    read().catch(() => undefined);
    return { text: () => text, stop: () => ending.abort() };
  }
});

/** As a reader in another language would: one byte of format, nonce, tag, text. */
function open(key: Buffer, owner: string, code = ''): Buffer {
  const bytes = Buffer.from(code, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(1, 13));
  decipher.setAAD(Buffer.from(owner));
  decipher.setAuthTag(bytes.subarray(13, 29));
  return Buffer.concat([decipher.update(bytes.subarray(29)), decipher.final()]);
}
