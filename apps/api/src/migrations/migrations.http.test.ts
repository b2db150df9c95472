import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { migrationSetSchema } from '@grey/contracts';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { runGrey } from '../../test/run-grey.ts';
import { type Answer, startTestApi, type TestApi } from '../../test/start-test-api.ts';
import { parseMasterKeys } from '../infra/secrets/master-keys.ts';

const server = new URL(inject('template').serverUrl);
const database = `grey_migrations_${randomBytes(6).toString('hex')}`;
const folder = mkdtempSync(path.join(tmpdir(), 'grey-migrations-'));
let api: TestApi;
/** Of the test that runs. */
let pay = '';
let serviceCount = 0;

beforeAll(async () => {
  await onServer('postgres', `CREATE DATABASE ${database}`);
  await onServer(
    database,
    'CREATE TABLE accounts (id int PRIMARY KEY, name text)',
    "INSERT INTO accounts SELECT n, 'account ' || n FROM generate_series(1, 1000) n",
    'ANALYZE accounts',
  );
  api = await startTestApi({
    GREY_MASTER_KEY: parseMasterKeys(`k1:${'01'.repeat(32)}`),
    GREY_DATA_SOURCE_ALLOW: ['127.0.0.1'],
  });
  await api.ask('POST', '/api/tenants', { id: 'acorn', name: 'Acorn' });
});
afterAll(async () => {
  await api?.close();
  await onServer('postgres', `DROP DATABASE ${database} WITH (FORCE)`);
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  pay = `pay-${++serviceCount}`;
  await api.ask('POST', '/api/services', { id: pay });
  await api.ask('POST', `/api/services/${pay}/versions`, { version: 'v1.0.0', schemaMin: 1, schemaMax: 1 });
  for (const version of ['v2.0.0', 'v2.1.0']) await api.ask('POST', `/api/services/${pay}/versions`, { version });
});

async function onServer(name: string, ...statements: string[]): Promise<pg.QueryResult | undefined> {
  const connectionString = name.includes('://') ? name : new URL(`/${name}`, server).href;
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    let last: pg.QueryResult | undefined;
    for (const statement of statements) last = await client.query(statement);
    return last;
  } finally {
    await client.end();
  }
}

const up = (name: string, text: string) => ({ path: `V2.0.0/${name}.up.sql`, text });
const down = (name: string, text: string) => ({ path: `V2.0.0/${name}.down.sql`, text });
const note = [
  up('0001_add_note', 'ALTER TABLE accounts ADD COLUMN note text;'),
  down('0001_add_note', 'ALTER TABLE accounts DROP COLUMN note;'),
];
const blocking = [
  up('0001_index', 'CREATE INDEX accounts_name ON accounts (name);'),
  down('0001_index', 'DROP INDEX accounts_name;'),
];
const pathOf = (version = 'v2.0.0') => `/api/services/${pay}/versions/${version}/migrations`;

function put(files: readonly object[], more: object = {}, version = 'v2.0.0', ifMatch?: string): Promise<Answer> {
  const headers = ifMatch === undefined ? {} : { 'if-match': ifMatch };
  return api.ask('PUT', pathOf(version), { engine: 'postgres', files, ...more }, { headers });
}
const codesOf = (answer: Answer) => answer.body.findings.map((one: { code: string }) => one.code);
const renamed = (files: readonly { path: string; text: string }[], folderName: string) =>
  files.map(({ path: name, text }) => ({ path: name.replace('V2.0.0', folderName), text }));

describe('a set', () => {
  test('is read, judged, kept with its files, and makes its version ask for its schema', async () => {
    const { status, body, headers } = await put(note, { reason: 'release 2.0' });
    expect(status).toBe(200);
    expect(migrationSetSchema.parse(body)).toMatchObject({
      ...{ version: 'v2.0.0', engine: 'postgres', schemaVersion: 2, isAllowed: true, isReversible: true },
      ...{ migrationCount: 1, byPhase: { expand: 1, migrate: 0, contract: 0 }, blocks: 'reads-and-writes' },
      migrations: [{ name: '0001_add_note', up: note[0]?.text, down: note[1]?.text, upPath: note[0]?.path }],
    });
    expect(body.migrations[0].statements).toMatchObject([{ line: 1, locks: [{ name: 'accounts' }] }]);
    expect(codesOf({ body } as Answer)).toContain('SCHEMA_MIN_DECLARED');
    expect(headers.get('etag')).toBe(body.etag);
    const read = await api.ask('GET', pathOf());
    expect(codesOf(read)).not.toContain('SCHEMA_MIN_DECLARED');
    const { items } = (await api.ask('GET', `/api/services/${pay}/migrations`)).body;
    expect(items).toMatchObject([{ version: 'v2.0.0', schemaVersion: 2, refusalCount: 0, etag: body.etag }]);
    expect((await api.ask('GET', `/api/services/${pay}/versions/v2.0.0`)).body.schemaMin).toBe(2);
    const [change] = (await api.ask('GET', '/api/changes?limit=1')).body.items;
    expect(change).toMatchObject({ kind: 'migrations.put', reason: 'release 2.0', itemCount: 2 });
    expect(change.items.map((one: { entity: string }) => one.entity)).toEqual(['migration_set', 'version']);
    const sum = `expand ${body.migrations[0].checksum.slice(0, 16)}`;
    expect(change.items[0]).toMatchObject({ before: null, after: { schemaVersion: 2, '0001_add_note': sum } });
    expect(JSON.stringify(change)).not.toContain('ALTER TABLE');
  });

  test('put again is no change; other files replace it while nobody has it; gone, it is unknown', async () => {
    const first = (await put(note)).body;
    expect((await put(note)).body.etag).toBe(first.etag);
    const more = [
      ...note,
      up('0002_add_tag', 'ALTER TABLE accounts ADD COLUMN tag text;'),
      down('0002_add_tag', 'ALTER TABLE accounts DROP COLUMN tag;'),
    ];
    expect((await put(more, {}, 'v2.0.0', '"1"')).body.code).toBe('PRECONDITION_FAILED');
    const second = await put(more, {}, 'v2.0.0', first.etag);
    expect(second.body).toMatchObject({ schemaVersion: 2, migrationCount: 2 });
    expect((await api.ask('DELETE', pathOf())).status).toBe(204);
    expect((await api.ask('GET', pathOf())).body.code).toBe('MIGRATIONS_UNKNOWN');
    expect((await api.ask('GET', `${pathOf()}?engine=mysql`)).body.code).toBe('MIGRATIONS_UNKNOWN');
    expect((await api.ask('GET', `/api/services/${pay}/migrations`)).body.items).toEqual([]);
  });

  test('is numbered within what its version takes, and no number is given twice', async () => {
    expect((await put(note, { schemaVersion: 7 })).body).toMatchObject({ schemaVersion: 7 });
    const next = renamed(note, 'V2.1.0').map((file) => ({ ...file, path: file.path.replace('0001', '0002') }));
    const taken = await put(next, { schemaVersion: 7 }, 'v2.1.0');
    expect(taken.body).toMatchObject({ code: 'VALIDATION_FAILED', errors: [{ path: 'body.schemaVersion' }] });
    expect((await put(next, {}, 'v2.1.0')).body.schemaVersion).toBe(8);
    expect((await put(next, { engine: 'mysql' }, 'v2.1.0')).body).toMatchObject({ engine: 'mysql', schemaVersion: 8 });
    expect((await put(next, { schemaVersion: 3 }, 'v2.1.0')).body.errors[0].message).toContain('at least schema 8');
    expect((await put(renamed(blocking, 'V1.0.0'), { schemaVersion: 2 }, 'v1.0.0')).body.errors[0].message).toContain(
      'at most schema 1',
    );
  });

  test('keeps its version from giving up the schema that it leads to', async () => {
    await put(note);
    const patch = (range: object) => api.ask('PATCH', `/api/services/${pay}/versions/v2.0.0`, range);
    expect((await patch({ schemaMin: 3 })).body.errors[0].message).toContain('lead to schema 2');
    expect((await patch({ schemaMin: 1, schemaMax: 1 })).body.code).toBe('VALIDATION_FAILED');
    expect((await patch({ schemaMin: 1, schemaMax: 3 })).body).toMatchObject({ schemaMin: 1, schemaMax: 3 });
  });

  test('brings names of its own, in the folder of its own version', async () => {
    await put(note);
    const same = await put(renamed(note, 'V2.1.0'), {}, 'v2.1.0');
    expect([same.status, same.body.code, codesOf(same)]).toEqual([
      400,
      'MIGRATIONS_INVALID',
      expect.arrayContaining(['NAME_REUSED']),
    ]);
    const elsewhere = await put(note, {}, 'v2.1.0');
    expect([elsewhere.body.code, codesOf(elsewhere)[0]]).toEqual(['MIGRATIONS_INVALID', 'VERSION_FOLDER_MISMATCH']);
  });

  test('in the names of Flyway is read too', async () => {
    const { body } = await put([
      { path: 'V2_0_1__add_note.sql', text: 'ALTER TABLE accounts ADD COLUMN note text;' },
      { path: 'U2_0_1__add_note.sql', text: 'ALTER TABLE accounts DROP COLUMN note;' },
    ]);
    expect(body.migrations).toMatchObject([{ name: '2.0.1_add_note', down: expect.any(String) }]);
  });

  test('of a version that is unknown or retired is refused', async () => {
    expect((await put(note, {}, 'v9')).body.code).toBe('VERSION_UNKNOWN');
    expect(
      (await api.ask('PUT', '/api/services/none/versions/v1/migrations', { engine: 'postgres', files: note })).body
        .code,
    ).toBe('SERVICE_UNKNOWN');
    await api.ask('PATCH', `/api/services/${pay}/versions/v2.0.0`, { status: 'retired' });
    expect((await put(note)).body.code).toBe('VERSION_RETIRED');
  });
});

test('what a tenant has is neither changed nor taken away, and what is checked says so before', async () => {
  const { migrations } = (await put(note)).body;
  const ledger = [{ name: '0001_add_note', checksum: migrations[0].checksum, state: 'applied' }];
  const write = (rows: object[]) =>
    onServer(
      api.config.GREY_DATABASE_URL,
      `INSERT INTO schema_checks (tenant_id, service_id, ledger) VALUES ('acorn', '${pay}', '${JSON.stringify(rows)}')
       ON CONFLICT (tenant_id, service_id) DO UPDATE SET ledger = EXCLUDED.ledger`,
    );
  await write(ledger);
  const other = note.map((file) => ({ ...file, text: file.text.replace('note', 'remark') }));
  const changed = await put(other);
  expect([changed.status, changed.body.code]).toEqual([409, 'MIGRATIONS_APPLIED']);
  expect(changed.body.detail).toContain('One tenant has 0001_add_note with other text');
  const check = await api.ask('POST', `/api/services/${pay}/migrations/check`, { engine: 'postgres', files: other });
  expect([check.body.isAllowed, codesOf(check)]).toEqual([false, expect.arrayContaining(['MIGRATION_CHANGED'])]);
  expect((await put([up('0002_x', 'SELECT 1;'), down('0002_x', 'SELECT 1;')])).body.code).toBe('MIGRATIONS_APPLIED');
  expect((await put(note, { schemaVersion: 5 })).body.code).toBe('MIGRATIONS_APPLIED');
  expect((await api.ask('DELETE', pathOf())).body.code).toBe('MIGRATIONS_APPLIED');
  expect((await put(note)).status).toBe(200);
  await write([{ ...ledger[0], state: 'reverted' }]);
  expect((await put(other)).status).toBe(200);
});

test('a set that an upgrade runs, or that a tenant is past, takes nothing new', async () => {
  const onOurs = (statement: string) => onServer(api.config.GREY_DATABASE_URL, statement);
  const { migrations } = (await put(note)).body;
  const more = [...note, up('0002_b', 'SELECT 2;'), down('0002_b', 'SELECT 2;')];
  await onOurs(`INSERT INTO upgrades (id, kind, tenant_id, service_id, to_version, schema_from, schema_to, options,
                                      requested_by, steps, state, due_at)
                VALUES (gen_random_uuid(), 'schema', 'acorn', '${pay}', 'v2.0.0', 0, 2, '{}', '{}', '[]', 'waiting', NULL)`);
  expect((await put(more)).body).toMatchObject({
    code: 'MIGRATIONS_APPLIED',
    detail: expect.stringContaining('upgrade(s)'),
  });
  const between = [up('0000_c', 'SELECT 1;'), down('0000_c', 'SELECT 1;')];
  expect((await put(renamed(between, 'V1.0.0'), { schemaVersion: 1 }, 'v1.0.0')).body).toMatchObject({
    code: 'MIGRATIONS_APPLIED',
    detail: expect.stringContaining('on their way through this schema'),
  });
  await onOurs(`DELETE FROM upgrades WHERE service_id = '${pay}'`);
  const ledger = [{ name: '0001_add_note', checksum: migrations[0].checksum, state: 'applied' }];
  await onOurs(
    `INSERT INTO schema_checks (tenant_id, service_id, ledger) VALUES ('acorn', '${pay}', '${JSON.stringify(ledger)}')`,
  );
  await onOurs(
    `INSERT INTO tenant_schemas (tenant_id, service_id, schema_version, expanded_to) VALUES ('acorn', '${pay}', 1, 2)`,
  );
  expect((await put(more)).body).toMatchObject({
    code: 'MIGRATIONS_APPLIED',
    detail: expect.stringContaining('are past this set'),
  });
  const contract = up('0002_c.contract', '-- grey: irreversible nothing to go back to\nSELECT 2;');
  expect((await put([...note, contract])).status).toBe(200);
});

describe('the policy', () => {
  const policy = '/api/migration-policy';
  const asIs = { severities: { error: 'refuse', warning: 'warn', info: 'allow' } };

  test('refuses what blocks writes unless its author answers for it', async () => {
    const refused = await put(blocking);
    expect([refused.status, refused.body.code, codesOf(refused)[0]]).toEqual([
      409,
      'MIGRATIONS_REFUSED',
      'INDEX_NOT_CONCURRENT',
    ]);
    expect(refused.body.detail).toContain('V2.0.0/0001_index.up.sql:1 INDEX_NOT_CONCURRENT');
    expect((await api.ask('GET', pathOf())).body.code).toBe('MIGRATIONS_UNKNOWN');
    const [file, back] = blocking as [{ path: string; text: string }, object];
    const accepted = await put([
      { ...file, text: `-- grey: accept INDEX_NOT_CONCURRENT tables are small\n${file.text}` },
      back,
    ]);
    expect(accepted.body).toMatchObject({ isAllowed: true, warningCount: 1 });
    expect(accepted.body.findings).toContainEqual(
      expect.objectContaining({ ruling: 'warn', accepted: 'tables are small' }),
    );
  });

  test('may be milder or stricter, judges what is kept anew, and goes back with its change', async () => {
    const before = await api.ask('GET', policy);
    expect(before.body).toMatchObject({ ...asIs, honoursAccepts: true, codes: {} });
    const mild = await api.ask(
      'PUT',
      policy,
      { ...asIs, codes: { INDEX_NOT_CONCURRENT: 'allow' }, reason: 'all is small' },
      { headers: { 'if-match': before.body.etag } },
    );
    expect(mild.body.codes).toEqual({ INDEX_NOT_CONCURRENT: 'allow' });
    expect((await put(blocking)).status).toBe(200);
    const [change] = (await api.ask('GET', '/api/changes?limit=1&kind=migration_policy.put')).body.items;
    expect((await api.ask('PUT', policy, asIs, { headers: { 'if-match': before.body.etag } })).body.code).toBe(
      'PRECONDITION_FAILED',
    );
    const { planToken } = (await api.ask('POST', `/api/changes/${change.id}/revert/plan`, {})).body;
    const reverted = await api.ask('POST', `/api/changes/${change.id}/revert`, { planToken, reason: 'not all' });
    expect(reverted.body.counts).toMatchObject({ writeCount: 1 });
    expect((await api.ask('GET', pathOf())).body).toMatchObject({ isAllowed: false, refusalCount: 1 });
  });

  test('rules on codes that there are', async () => {
    const { body } = await api.ask('PUT', policy, { ...asIs, codes: { NO_SUCH_CODE: 'warn' } });
    expect(body).toMatchObject({ code: 'VALIDATION_FAILED', errors: [{ path: 'body.codes.NO_SUCH_CODE' }] });
  });
});

describe('whatever is uploaded', () => {
  const one = (text: string) => [{ path: 'V2.0.0/0001_a.up.sql', text }];
  const large = 'x'.repeat(1_048_576);

  test.each<[string, readonly object[], number, string, string?]>([
    ['too many statements', one('select 1;\n'.repeat(10_000)), 400, 'MIGRATIONS_INVALID', 'STATEMENTS_TOO_MANY'],
    ['brackets without end', one(`select ${'('.repeat(50_000)}`), 409, 'MIGRATIONS_REFUSED', 'STATEMENT_UNPARSABLE'],
    [
      'a sum of fifty thousand',
      one(`select ${'1+'.repeat(50_000)}1;`),
      409,
      'MIGRATIONS_REFUSED',
      'STATEMENT_UNPARSABLE',
    ],
    ['zero bytes', one('select 1;\0'), 400, 'VALIDATION_FAILED'],
    ['half a character', one("select '\ud83d';"), 400, 'VALIDATION_FAILED'],
    ['a name with a zero byte', [{ path: 'a\0b', text: '' }], 400, 'VALIDATION_FAILED'],
    [
      'a quote that never ends',
      one(`select '${large.slice(0, 300_000)}`),
      400,
      'MIGRATIONS_INVALID',
      'SQL_UNTERMINATED',
    ],
    ['nothing', one('-- nothing'), 400, 'MIGRATIONS_INVALID', 'UP_EMPTY'],
    ['a path that leads out', [{ path: '../../etc/passwd', text: 'x' }], 400, 'MIGRATIONS_INVALID'],
    [
      'too many files',
      Array.from({ length: 501 }, (_, at) => ({ path: `${at}_a.up.sql`, text: '' })),
      400,
      'VALIDATION_FAILED',
    ],
    ['a file that is too large', one(`${large}x`), 400, 'VALIDATION_FAILED'],
    [
      'more than a set may have',
      Array.from({ length: 9 }, (_, at) => ({ path: `${at}_a.up.sql`, text: large })),
      400,
      'MIGRATIONS_INVALID',
      'SET_TOO_LARGE',
    ],
    [
      'more than is read',
      Array.from({ length: 13 }, (_, at) => ({ path: `${at}_a.up.sql`, text: large })),
      413,
      'BODY_TOO_LARGE',
    ],
  ])('%s is answered with a code', async (_, files, status, code, finding) => {
    const answer = await put(files);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    if (finding !== undefined) expect(codesOf(answer)).toContain(finding);
    expect(JSON.stringify(answer.body).length).toBeLessThan(400_000);
  });

  test('an excerpt that ends within a character can be kept', async () => {
    const text = `COMMENT ON TABLE accounts IS '${'x'.repeat(168)}${'\u{1f600}'.repeat(10)}';`;
    const excerpts = [0, 1].map((shift) => up(`000${shift}_a`, text.replace("'x", `'${'x'.repeat(shift)}x`)));
    const backs = excerpts.map((file) => ({
      path: file.path.replace('up', 'down'),
      text: 'COMMENT ON TABLE accounts IS NULL;',
    }));
    expect((await put([...excerpts, ...backs])).status).toBe(200);
  });
});

describe('an estimate', () => {
  const estimate = (version = 'v2.0.0') =>
    api.ask('GET', `/api/tenants/acorn/services/${pay}/versions/${version}/migrations/estimate`);
  const source = (more: object = {}) =>
    api.ask('POST', '/api/data-sources', {
      ...{ tenantId: 'acorn', serviceId: pay, engine: 'postgres', host: '127.0.0.1', port: Number(server.port) },
      ...{
        database,
        schema: 'public',
        tls: 'off',
        user: server.username,
        password: server.password || 'none',
        ...more,
      },
    });

  test('tells what the database lacks, with the tables as they are now', async () => {
    const files = [
      ...note,
      up('0002_index', '-- grey: no-transaction\nCREATE INDEX CONCURRENTLY accounts_name ON accounts (name);'),
      down('0002_index', 'DROP INDEX CONCURRENTLY accounts_name;'),
      up(
        '0003_widen.contract',
        '-- grey: accept COLUMN_TYPE_REWRITES a thousand rows\n-- grey: irreversible not needed\nALTER TABLE accounts ALTER id TYPE bigint;',
      ),
    ];
    expect((await estimate()).body.code).toBe('DATA_SOURCE_MISSING');
    await source();
    expect((await estimate()).body.code).toBe('MIGRATIONS_UNKNOWN');
    expect((await put(files)).status).toBe(200);
    const { status, body } = await estimate();
    expect(status).toBe(200);
    const table = { table: 'accounts', rowCount: 1_000, byteCount: expect.any(Number) };
    expect(body.pending).toMatchObject([
      { migration: '0001_add_note', line: 1, blocks: 'reads-and-writes', tables: [table], rewrittenBytes: 0 },
      { migration: '0002_index', blocks: 'schema-changes', rewrittenBytes: 0 },
      { migration: '0003_widen', blocks: 'reads-and-writes', tables: [table] },
    ]);
    expect(body.scannedBytes).toBeGreaterThanOrEqual(body.pending[1].tables[0].byteCount);
    expect(body.rewrittenBytes).toBe(body.pending[2].tables[0].byteCount);
    expect(body.databaseBytes).toBeGreaterThanOrEqual(body.rewrittenBytes);
  });

  test('of a database that does not let us in says so', async () => {
    await put(note);
    await source({ database: 'grey_no_such_database' });
    const { status, body } = await estimate();
    expect([status, body.code]).toEqual([503, 'TENANT_DATABASE_UNAVAILABLE']);
    expect(body.detail).toMatch(/^The database of acorn for pay-\d+: .*grey_no_such_database.*\(DATABASE_MISSING\)\.$/);
  });

  test('of what there is not is refused', async () => {
    expect((await estimate('v9')).body.code).toBe('VERSION_UNKNOWN');
    const elsewhere = await api.ask('GET', `/api/tenants/nobody/services/${pay}/versions/v2.0.0/migrations/estimate`);
    expect(elsewhere.body.code).toBe('TENANT_UNKNOWN');
  });
});

test('the command line checks a folder and puts it, one version after the other', async () => {
  const write = ({ path: name, text }: { path: string; text: string }) => {
    mkdirSync(path.join(folder, pay, path.dirname(name)), { recursive: true });
    writeFileSync(path.join(folder, pay, name), text);
  };
  const grey = (...args: string[]) =>
    runGrey(args, { home: folder, env: { GREY_URL: api.url, GREY_TOKEN: api.adminToken } });
  const home = path.join(folder, pay);
  blocking.forEach(write);
  const refused = await grey('migrations', 'check', home, pay);
  expect([refused.status, refused.out]).toEqual([
    1,
    expect.stringMatching(/^refused V2\.0\.0\/0001_index\.up\.sql:1: .*\(INDEX_NOT_CONCURRENT\)\n/),
  ]);
  const stopped = await grey('migrations', 'put', path.join(home, 'V2.0.0'), pay);
  expect([stopped.status, stopped.err]).toEqual([1, expect.stringContaining('INDEX_NOT_CONCURRENT')]);
  rmSync(home, { recursive: true });
  note.forEach(write);
  expect(await grey('migrations', 'check', path.join(home, 'V2.0.0'), pay, '--json')).toMatchObject({
    status: 0,
    json: { isSound: true, checks: [{ version: 'V2.0.0', schemaVersion: 2 }] },
  });
  renamed(blocking, 'V2.1.0').forEach(write);
  const half = await grey('migrations', 'put', home, pay, '--reason', 'release 2');
  expect([half.status, half.out]).toEqual([7, expect.stringContaining('v2.0.0: Put: 1 migration to schema 2')]);
  const again = await grey('migrations', 'put', home, pay, '--version', 'v2.0.0', '--json');
  expect(again.json).toMatchObject({ sets: [{ version: 'v2.0.0', schemaVersion: 2 }] });
});
