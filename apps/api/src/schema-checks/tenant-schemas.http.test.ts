import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { backupRestoreSchema, backupSchema, tenantSchemaPageSchema, tenantSchemaSchema } from '@grey/contracts';
import pg from 'pg';
import { afterAll, beforeAll, expect, inject, onTestFinished, test, vi } from 'vitest';
import { startTestApi, type TestApi } from '../../test/start-test-api.ts';
import { BackupRetention } from '../backups/backup-retention.ts';
import { restoreLockOf } from '../backups/restore-lock.ts';
import { ChangesService } from '../changes/changes.service.ts';
import { AdvisoryLock } from '../infra/db/advisory-lock.ts';
import { parseMasterKeys } from '../infra/secrets/master-keys.ts';
import { MigrationSets } from '../migrations/migration-sets.ts';
import { TenantSchemas } from '../tenant-schemas/tenant-schemas.service.ts';
import { CheckSchedule } from './check-schedule.ts';
import { SchemaChecksStore } from './schema-checks.store.ts';
import { SchemaChecks } from './schema-checks.ts';
import { SchemaMovesStore } from './schema-moves.store.ts';
import { TenantAccess } from './tenant-access.ts';

// biome-ignore lint/suspicious/noExplicitAny: a test reads fields and compares them
type Loose = any;
const name = `grey_checks_${randomBytes(6).toString('hex')}`;
const server = new URL(inject('template').serverUrl);
let api: TestApi;
let tenant: pg.Client;

beforeAll(async () => {
  await onServer(`CREATE DATABASE ${name}`);
  tenant = new pg.Client({ connectionString: new URL(`/${name}`, server).href });
  await tenant.connect();
  api = await startTestApi({
    GREY_MASTER_KEY: parseMasterKeys(`k1:${'01'.repeat(32)}`),
    GREY_DATA_SOURCE_ALLOW: ['127.0.0.1'],
  });
  await send('POST', '/api/services', { id: 'pay' });
  const endOfLifeAt = new Date(Date.now() + 86_400_000).toISOString();
  await send('POST', '/api/services/pay/versions', { version: 'v1', schemaMin: 1, schemaMax: 1, endOfLifeAt });
  await send('POST', '/api/services/pay/versions', { version: 'v2', schemaMin: 2 });
  await send('PUT', '/api/services/pay/versions/v2/migrations', {
    engine: 'postgres',
    schemaVersion: 2,
    files: [
      { path: 'V2/0001_more.up.sql', text: 'ALTER TABLE orders ADD COLUMN more text;' },
      { path: 'V2/0001_more.down.sql', text: 'ALTER TABLE orders DROP COLUMN more;' },
      {
        path: 'V2/0002_less.up.sql',
        text: '-- grey: phase contract\n-- grey: irreversible nobody keeps what is dropped\n-- grey: accept DATA_LOSS it was moved\nALTER TABLE orders DROP COLUMN legacy;',
      },
    ],
  });
});
afterAll(async () => {
  await tenant?.end();
  await api?.close();
  await onServer(`DROP DATABASE ${name} WITH (FORCE)`);
});

async function onServer(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: server.href });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}
async function send(method: string, target: string, body?: unknown): Promise<Loose> {
  const answer = await api.ask(method, target, body);
  if (answer.status >= 300) throw new Error(`${method} ${target}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}
/** A tenant with a schema of its own. */
async function makeTenant(id: string, targetVersion = 'v2'): Promise<string> {
  await tenant.query(`CREATE SCHEMA ${id}; CREATE TABLE ${id}.orders (id int PRIMARY KEY, legacy text)`);
  await tenant.query(`INSERT INTO ${id}.orders SELECT n, 'legacy ' || n FROM generate_series(1, 3) n`);
  await send('POST', '/api/tenants', { id, name: id });
  await send('PUT', `/api/tenants/${id}/services/pay`, { targetVersion });
  const { hostname: host, port, username: user, password } = server;
  const place = { engine: 'postgres', host, port: Number(port), database: name, schema: id, tls: 'off' };
  await send('POST', '/api/data-sources', {
    tenantId: id,
    serviceId: 'pay',
    ...place,
    user,
    password: password || 'x',
  });
  return `/api/tenants/${id}/services/pay`;
}
/** What upgrades do: the schema serves this from now on. */
async function serve(tenantId: string, schemaVersion: number, expandedTo: number): Promise<void> {
  const schemas = api.app.get(TenantSchemas);
  const actor = { kind: 'system', id: 'test', name: 'test' } as const;
  await api.app.get(ChangesService).commit({ kind: 'tenant_schema.seen', actor }, async (tx) => ({
    items: await schemas.write(tx, [{ tenantId, serviceId: 'pay', schemaVersion, expandedTo, isMigrating: false }]),
    answer: () => undefined,
  }));
}
const lastChange = async () => (await send('GET', '/api/changes?limit=1')).items[0];

test('the first look is what should be there; what appears is told once, and is drift until somebody accepts it', async () => {
  const at = await makeTenant('acorn');
  expect((await send('GET', `${at}/schema`)).drift.state).toBe('unknown');
  const first = tenantSchemaSchema.parse(await send('POST', `${at}/schema/check`));
  expect(first).toMatchObject({ drift: { state: 'none' }, ledger: [], state: null, upgradeId: null });
  expect(first.pending.map(({ migration }) => migration)).toEqual(['0001_more', '0002_less']);

  await tenant.query('CREATE TABLE acorn.intruder (id int); ALTER TABLE acorn.orders ADD COLUMN x int');
  const drifted = await send('POST', `${at}/schema/check`);
  expect(drifted.drift).toMatchObject({
    state: 'drifted',
    added: ['table intruder'],
    changed: ['table orders'],
    removed: [],
  });
  const told = await lastChange();
  expect(told).toMatchObject({ kind: 'tenant_schema.drifted', items: [{ entity: 'schema_drift', tenantId: 'acorn' }] });
  await send('POST', `${at}/schema/check`);
  expect((await lastChange()).id).toBe(told.id);
  const listed = tenantSchemaPageSchema.parse(await send('GET', '/api/tenant-schemas?drift=drifted'));
  expect(listed.items).toMatchObject([{ tenantId: 'acorn', serviceId: 'pay', drift: 'drifted' }]);

  const reason = 'an index of the night shift';
  const wrong = await api.ask('POST', `${at}/schema/accept`, { digest: '0'.repeat(64), reason });
  expect(wrong).toMatchObject({ status: 409, body: { code: 'DRIFT_CHANGED' } });
  const accepted = await send('POST', `${at}/schema/accept`, { digest: drifted.drift.digest, reason });
  expect(accepted.drift).toMatchObject({ state: 'accepted', acceptedReason: reason, added: ['table intruder'] });
  expect((await send('POST', `${at}/schema/check`)).drift.state).toBe('accepted');
  await tenant.query('CREATE TABLE acorn.another (id int)');
  expect((await send('POST', `${at}/schema/check`)).drift.state).toBe('drifted');
  await tenant.query('DROP TABLE acorn.another, acorn.intruder; ALTER TABLE acorn.orders DROP COLUMN x');
  expect((await send('POST', `${at}/schema/check`)).drift).toMatchObject({ state: 'none', acceptedBy: null });
  expect(await lastChange()).toMatchObject({
    kind: 'tenant_schema.seen',
    items: [{ entity: 'schema_drift', after: null }],
  });
});

test('the schedule looks at those whose turn it is; a database that is gone is told, and what was known of it stays', async () => {
  const at = await makeTenant('birch');
  const schedule = api.app.get(CheckSchedule);
  expect(await schedule.run(new Date(0))).toBe(1);
  expect((await send('GET', `${at}/schema`)).drift.state).toBe('none');
  await tenant.query('ALTER SCHEMA birch RENAME TO elsewhere');
  await schedule.run(new Date(Date.now() + 60_000));
  const gone = await send('GET', `${at}/schema`);
  expect(gone.drift).toMatchObject({ state: 'unreachable', error: expect.stringContaining('does not exist') });
  expect(gone.drift.checkedAt).not.toBeNull();
});

test('a look that an upgrade has overtaken says nothing', async () => {
  const at = await makeTenant('gorse');
  const { drift } = await send('POST', `${at}/schema/check`);
  const checks = api.app.get(SchemaChecks);
  const overtaken: Pick<TenantAccess, 'session'> = {
    session: async (_tenant, _service, _signal, work) => {
      const seen = await work({
        listLedger: async () => [],
        listTableSizes: async () => [],
        dumpCatalogue: async () => ({ digest: 'from before', objects: {}, text: '' }),
      } as never);
      await checks.baseline('gorse', 'pay', { digest: drift.digest, objects: {} });
      return seen;
    },
  };
  const slow = new SchemaChecks(
    api.app.get(SchemaChecksStore),
    api.app.get(SchemaMovesStore),
    overtaken as TenantAccess,
    api.app.get(MigrationSets),
    api.app.get(ChangesService),
  );
  expect(await slow.look('gorse', 'pay')).toMatchObject({ state: 'none' });
  expect(await slow.look('gorse', 'pay')).toMatchObject({ state: 'none' });
  await send('DELETE', '/api/tenants/gorse');
});

test('what an upgrade makes of a schema is no drift to another service of the tenant in it', async () => {
  const at = await makeTenant('hazel');
  const bill = at.replace('/pay', '/bill');
  await send('POST', '/api/services', { id: 'bill' });
  const { items } = await send('GET', '/api/data-sources?tenantId=hazel');
  const { engine, host, port, database, schema, tls } = items[0];
  const place = { engine, host, port, database, schema, tls, user: server.username, password: server.password || 'x' };
  await send('POST', '/api/data-sources', { tenantId: 'hazel', serviceId: 'bill', ...place });
  for (const one of [at, bill]) expect((await send('POST', `${one}/schema/check`)).drift.state).toBe('none');
  await tenant.query('CREATE TABLE hazel.more (id int)');
  const signal = AbortSignal.timeout(30_000);
  const access = api.app.get(TenantAccess);
  const catalogue = await access.session('hazel', 'pay', signal, (session) => session.dumpCatalogue());
  await api.app.get(SchemaChecks).baseline('hazel', 'pay', catalogue);
  for (const one of [at, bill]) expect((await send('POST', `${one}/schema/check`)).drift.state).toBe('none');
  await tenant.query('CREATE TABLE hazel.intruder (id int)');
  expect((await send('POST', `${bill}/schema/check`)).drift).toMatchObject({ added: ['table intruder'] });
  await send('DELETE', '/api/tenants/hazel');
});

test('whose server is too slow loses the turn, and takes nobody else theirs', async () => {
  const cells = (host: string) =>
    Array.from({ length: 5 }, (_, at) => ({ tenantId: `${host}${at}`, serviceId: 'pay', host, port: 1 }));
  const passed: string[] = [];
  const looked: string[] = [];
  const quick = () => looked.filter((one) => one.startsWith('quick'));
  const { promise: others, resolve: goOn } = Promise.withResolvers<void>();
  const begin = performance.now();
  const clock = vi.spyOn(performance, 'now').mockReturnValue(begin);
  onTestFinished(() => clock.mockRestore());
  const look = async (tenantId: string) => {
    looked.push(tenantId);
    if (quick().length === 5) goOn();
    if (tenantId.startsWith('quick')) return;
    await others;
    clock.mockReturnValue(begin + 60_000);
  };
  const passOver = async (late: { tenantId: string }[]) => passed.push(...late.map((one) => one.tenantId));
  const schedule = new CheckSchedule(
    { passOver, dropUnused: async () => 0 } as never,
    { countSources: async () => 10, listDue: async () => [...cells('slow'), ...cells('quick')] } as never,
    { look } as never,
    { tryRun: async () => undefined } as never,
    60_000,
  );
  await schedule.run(new Date());
  expect(quick()).toHaveLength(5);
  expect(passed).toHaveLength(3);
  expect(passed.every((one) => one.startsWith('slow') && !looked.includes(one))).toBe(true);
});

test('after a contract a backup leads back: to the tables, the ledger and what routers know of the schema', async () => {
  const at = await makeTenant('cedar');
  await serve('cedar', 1, 1);
  await send('POST', `${at}/schema/check`);
  expect((await send('GET', `${at}/horizon`)).versions).toMatchObject([{ version: 'v1', needs: 'nothing' }]);
  const backup = backupSchema.parse(await send('POST', `${at}/backups`, { tables: ['orders'], reason: 'before' }));
  expect(backup).toMatchObject({ state: 'done', method: 'copy', tables: ['orders'], schemaVersion: 1 });
  const file = path.join(api.config.GREY_DATA_DIR, 'backups', backup.place ?? '');
  expect(statSync(file).mode & 0o777).toBe(0o600);

  await tenant.query(`ALTER TABLE cedar.orders DROP COLUMN legacy; INSERT INTO cedar.orders VALUES (4)`);
  await serve('cedar', 2, 2);
  expect((await send('POST', `${at}/schema/check`)).drift.state).toBe('drifted');
  const horizon = await send('GET', `${at}/horizon`);
  expect(horizon).toMatchObject({
    currentVersion: 'v2',
    oldestVersion: null,
    versions: [{ version: 'v1', needs: 'restore', isReachable: false, backupId: backup.id }],
  });
  expect(horizon.closes.map(({ kind }: Loose) => kind)).toEqual(['version-retired', 'backup-expires']);

  const back = `/api/backups/${backup.id}/restore`;
  const wrong = await api.ask('POST', back, { confirm: 'acorn', reason: 'typo' });
  expect(wrong).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED' } });
  const restored = backupRestoreSchema.parse(await send('POST', back, { confirm: 'cedar', reason: 'v2 is broken' }));
  expect(restored).toMatchObject({
    tables: [{ table: 'orders', rowCount: 3 }],
    state: { schemaVersion: 1, expandedTo: 1, isMigrating: false },
  });
  const { rows } = await tenant.query('SELECT * FROM cedar.orders ORDER BY id');
  expect(rows).toEqual([1, 2, 3].map((id) => ({ id, legacy: `legacy ${id}` })));
  const after = await send('GET', `${at}/schema`);
  expect(after).toMatchObject({ drift: { state: 'none' }, state: { schemaVersion: 1, isMigrating: false } });
  const [last, begun] = (await send('GET', '/api/changes?limit=2')).items;
  expect(last).toMatchObject({ kind: 'backup.restored', reason: 'v2 is broken' });
  // Meanwhile neither v1, which the database did not serve yet, nor v2, which it was about to serve no more.
  const nobody = { entity: 'tenant_schema', after: { schemaVersion: 0, expandedTo: 0, isMigrating: true } };
  expect(begun).toMatchObject({ kind: 'backup.restoring', items: [nobody] });
  expect((await send('GET', '/api/backups?tenantId=cedar')).items[0].restoredAt).not.toBeNull();

  const cell = { tenantId: 'cedar', serviceId: 'pay' };
  await new AdvisoryLock(api.config.GREY_DATABASE_URL).tryRun(restoreLockOf(cell), async () => {
    const again = await api.ask('POST', back, { confirm: 'cedar', reason: 'twice' });
    expect(again).toMatchObject({ status: 409, body: { code: 'UPGRADE_RUNNING' } });
    const upgrade = await api.ask('POST', `${at}/upgrade`, { toVersion: 'v2' });
    const detail = 'A backup of it is being written back.';
    expect(upgrade).toMatchObject({ status: 409, body: { code: 'UPGRADE_RUNNING', detail } });
  });
});

test('the backup that an upgrade makes before contract leads back to a schema that serves both versions', async () => {
  for (const version of ['v1', 'v2'])
    await send('POST', '/api/registry/instances', {
      ...{ serviceId: 'pay', instanceId: `pay-${version}`, version, address: '127.0.0.1:9', ttlMs: 300_000 },
    });
  const at = await makeTenant('fir', 'v1');
  const started = await send('POST', `${at}/upgrade`, { toVersion: 'v2', options: { soakSeconds: 0 } });
  const reaches = (want: object): Promise<Loose> =>
    vi.waitFor(
      async () => {
        const upgrade = await send('GET', `/api/upgrades/${started.upgradeId}`);
        expect(upgrade, upgrade.sentence).toMatchObject(want);
        return upgrade;
      },
      { timeout: 60_000, interval: 50 },
    );
  await reaches({ state: 'waiting', awaits: 'confirmation' });
  const window = await send('GET', `${at}/horizon`);
  expect(window).toMatchObject({ currentVersion: 'v2', oldestVersion: 'v1', versions: [{ needs: 'nothing' }] });
  expect(window.closes).toContainEqual(expect.objectContaining({ kind: 'contract', losesVersion: 'v1' }));
  await send('POST', `/api/upgrades/${started.upgradeId}/confirm`, { reason: 'looks good' });
  const { backupIds } = await reaches({ state: 'done' });
  expect(await send('POST', `${at}/schema/check`)).toMatchObject({
    drift: { state: 'none' },
    state: { schemaVersion: 2, expandedTo: 2 },
    horizon: { oldestVersion: null, versions: [{ version: 'v1', needs: 'restore', backupId: backupIds[0] }] },
  });

  const restored = await send('POST', `/api/backups/${backupIds[0]}/restore`, { confirm: 'fir', reason: 'too early' });
  expect(restored.state).toMatchObject({ schemaVersion: 1, expandedTo: 2, isMigrating: false });
  expect((await tenant.query('SELECT * FROM fir.orders ORDER BY id')).rows[0]).toEqual({
    ...{ id: 1, legacy: 'legacy 1', more: null },
  });
  const after = await send('GET', `${at}/schema`);
  expect(after).toMatchObject({ drift: { state: 'none' }, horizon: { versions: [{ needs: 'nothing' }] } });
  expect(after.ledger.map((row: Loose) => [row.name, row.version])).toEqual([['0001_more', 'v2']]);
});

test('a file that is not what was written is not restored, and nothing has changed', async () => {
  const at = await makeTenant('dogwood');
  await serve('dogwood', 1, 1);
  const backup = await send('POST', `${at}/backups`, {});
  const file = path.join(api.config.GREY_DATA_DIR, 'backups', backup.place);
  const bytes = readFileSync(file);
  bytes[bytes.length - 20] = (bytes[bytes.length - 20] ?? 0) ^ 1;
  writeFileSync(file, bytes);
  await serve('dogwood', 2, 2);
  const answer = await api.ask('POST', `/api/backups/${backup.id}/restore`, { confirm: 'dogwood', reason: 'back' });
  expect(answer).toMatchObject({
    status: 409,
    body: { code: 'BACKUP_NOT_USABLE', detail: expect.stringContaining('checksum') },
  });
  expect((await send('GET', `${at}/schema`)).state).toMatchObject({ schemaVersion: 2, isMigrating: false });
});

test('a backup that fails leaves no file and says why; one that has expired takes its file with it', async () => {
  const at = await makeTenant('elm');
  await tenant.query('CREATE TABLE elm.kinds (id int); CREATE TABLE elm.parts () INHERITS (elm.kinds)');
  const failed = await api.ask('POST', `${at}/backups`, {});
  expect(failed).toMatchObject({
    status: 502,
    body: { code: 'BACKUP_FAILED', detail: expect.stringContaining('inherits') },
  });
  const [row] = (await send('GET', '/api/backups?tenantId=elm')).items;
  expect(row).toMatchObject({ state: 'failed', place: null, error: expect.stringContaining('inherits') });

  const backup = await send('POST', `${at}/backups`, { tables: ['orders'] });
  const file = path.join(api.config.GREY_DATA_DIR, 'backups', backup.place);
  const own = new pg.Client({ connectionString: api.config.GREY_DATABASE_URL });
  await own.connect();
  await own.query('UPDATE backups SET expires_at = now() WHERE id = $1', [backup.id]);
  await own.end();
  expect(await api.app.get(BackupRetention).expire()).toBe(1);
  expect(existsSync(file)).toBe(false);
  const answer = await api.ask('POST', `/api/backups/${backup.id}/restore`, { confirm: 'elm', reason: 'back' });
  expect(answer).toMatchObject({ status: 409, body: { code: 'BACKUP_NOT_USABLE' } });
});

test('who acts for some tenants only sees theirs, and restores nothing', async () => {
  const password = 'long enough to pass 1';
  await send('POST', '/api/users', {
    username: 'mia',
    name: 'Mia',
    role: 'TENANT_MANAGER',
    tenantIds: ['acorn'],
    password,
  });
  const first = await api.login('mia', password);
  const next = { currentPassword: password, newPassword: 'long enough to pass 2' };
  const token = (await api.ask('PUT', '/api/auth/password', next, { token: first })).body.accessToken;
  const list = await api.ask('GET', '/api/tenant-schemas', undefined, { token });
  expect(list.body.items.map(({ tenantId }: Loose) => tenantId)).toEqual(['acorn']);
  expect((await api.ask('GET', '/api/backups', undefined, { token })).body.items).toEqual([]);
  expect((await api.ask('GET', '/api/tenants/cedar/services/pay/horizon', undefined, { token })).status).toBe(403);
  const id = (await send('GET', '/api/backups?tenantId=cedar')).items[0].id;
  const answer = await api.ask('POST', `/api/backups/${id}/restore`, { confirm: 'cedar', reason: 'mine' }, { token });
  expect(answer).toMatchObject({ status: 403, body: { code: 'PERMISSION_DENIED' } });
});
