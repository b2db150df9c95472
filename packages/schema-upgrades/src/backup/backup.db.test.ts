import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import {
  findSystemPostgres,
  needsMariadb,
  needsSystemPostgres,
  type RunningPostgres,
  startPostgres,
} from '@grey/testkit';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DataSourceAddress } from '../migration.ts';
import { EVERYTHING } from '../testing/everything.ts';
import { makeMigration } from '../testing/make-migration.ts';
import { useMariadbServer } from '../testing/mariadb-server.ts';
import { dump, run } from '../testing/run.ts';
import { addressOf, useTenantServer } from '../testing/tenant-server.ts';
import { backUp } from './back-up.ts';
import { restoreBackup } from './restore-backup.ts';

const folder = mkdtempSync(path.join(realpathSync(tmpdir()), 'grey-backups-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let count = 0;
const fresh = () => path.join(folder, `f${++count}`, 'backup.sql.gz');
const ids = { tenantId: 't', serviceId: 'accounts' };
const back = (address: DataSourceAddress, tables: string[] = [], file = fresh()) =>
  backUp({ address, ...ids, tables, file, signal: new AbortController().signal }).then((done) => ({ ...done, file }));
const restore = (address: DataSourceAddress, { file, checksum }: { file: string; checksum: string }) =>
  restoreBackup({ address, ...ids, file, checksum, by: 'test', signal: new AbortController().signal });

/** Bytes, texts and numbers that are easily lost on the way; partitions, and things that a column needs. */
const AWKWARD = `
  CREATE SEQUENCE tickets START 100;
  CREATE TYPE pair AS (a int, "The b" text COLLATE "C");
  CREATE TYPE span AS RANGE (subtype = int);
  CREATE TABLE kinds (id int PRIMARY KEY, name text UNIQUE);
  CREATE TABLE items (
    id bigint GENERATED ALWAYS AS IDENTITY (START WITH 10 INCREMENT BY 5) PRIMARY KEY,
    number serial, kind int NOT NULL REFERENCES kinds, "Strange ""name" text DEFAULT 'a;b' COLLATE "C",
    bytes bytea, price numeric(30, 10), ratio double precision, at timestamptz, tags text[], doc jsonb, gap interval,
    twice int GENERATED ALWAYS AS (kind * 2) STORED, legacy text, CHECK (kind > 0),
    ticket bigint DEFAULT nextval('tickets'), pair pair DEFAULT (1, 'x'), span span
  );
  COMMENT ON COLUMN items.legacy IS E'to go;\\nCOPY nothing FROM stdin;';
  CREATE INDEX items_kind ON items (kind) WHERE legacy IS NOT NULL;
  CREATE TABLE notes (id int PRIMARY KEY, item bigint REFERENCES items ON DELETE CASCADE);
  CREATE TABLE marks (kind int REFERENCES kinds ON DELETE CASCADE);
  CREATE TABLE events (id bigint GENERATED ALWAYS AS IDENTITY, at date NOT NULL, kind int REFERENCES kinds, note text DEFAULT 'x',
    PRIMARY KEY (id, at, kind), CHECK (id > 0)) PARTITION BY RANGE (at);
  CREATE INDEX ON events (note);
  CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.note := 'touched'; RETURN NEW; END $$;
  CREATE TRIGGER touched BEFORE UPDATE ON events FOR EACH ROW EXECUTE FUNCTION touch();
  CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01') PARTITION BY LIST (kind);
  CREATE TABLE events_2025_1 PARTITION OF events_2025 FOR VALUES IN (1);
  CREATE TABLE "events rest" PARTITION OF events DEFAULT;
  CREATE INDEX only_here ON "events rest" (at);
  CREATE VIEW cheap AS SELECT id, legacy FROM items WHERE price < 10;
  CREATE VIEW cheapest AS SELECT * FROM cheap;
  INSERT INTO kinds VALUES (1, E'one\\t\\\\.\\n'), (2, NULL);
  INSERT INTO items (kind, "Strange ""name", bytes, price, ratio, at, tags, doc, gap, legacy) VALUES
    (1, E'tab\\there\\nline\\\\.\\n\\\\.', '\\x00ff0a5c2e', 12345678901234567890.0123456789, 'NaN', '2026-01-02 03:04:05.678901+07',
     ARRAY['a,b', NULL, '{"'], '{"a": [1, null, "\\u00e4"]}', '1 mon -3 days 00:00:00.5', 'x'),
    (2, '', NULL, NULL, 0.1::float8 + 0.2::float8, 'infinity', '{}', NULL, NULL, NULL);
  INSERT INTO notes VALUES (1, 10);
  INSERT INTO marks VALUES (1);
  INSERT INTO events (at, kind) VALUES ('2025-05-05', 1), ('2026-05-05', 2)`;
const rowsOf = `SELECT (SELECT jsonb_agg(to_jsonb(e) ORDER BY id) FROM $s.events e) AS events, (SELECT jsonb_agg(to_jsonb(k) ORDER BY id) FROM $s.kinds k) AS kinds,
  (SELECT jsonb_agg(to_jsonb(i) ORDER BY id) FROM $s.items i) AS items, (SELECT md5(string_agg(i::text, '|' ORDER BY id)) FROM $s.items i) AS exact`;
/** What a contract does, and what a service writes meanwhile. */
const CONTRACT = [
  makeMigration('0001_more', 'CREATE TABLE extra (id int); ALTER TABLE items ADD COLUMN fresh int DEFAULT 7', null),
  makeMigration(
    '0002_less',
    `DROP VIEW cheapest; DROP VIEW cheap; ALTER TABLE items DROP COLUMN legacy, DROP COLUMN ticket, DROP COLUMN pair, DROP COLUMN span;
     DROP SEQUENCE tickets; DROP TYPE pair; DROP TYPE span; DROP TABLE events_2025; ALTER TABLE kinds DROP CONSTRAINT kinds_pkey CASCADE`,
    null,
    { phase: 'contract' },
  ),
];

function onPostgres(
  address: () => Promise<DataSourceAddress>,
  ask: (sql: string) => Promise<Record<string, unknown>[]>,
  method: string,
) {
  test('what a contract took away is there again, with every byte, and the ledger does not know of it', async () => {
    const there = await address();
    const $s = pg.escapeIdentifier(there.schema ?? '');
    await ask(`SET search_path TO ${$s}; ${AWKWARD}`);
    const catalogue = await dump(there);
    const rows = await ask(rowsOf.replaceAll('$s', $s));
    const made = await back(there, [`${there.schema}.items`, 'kinds', 'extra', 'events']);
    const events = ['events', 'events rest', 'events_2025', 'events_2025_1'];
    expect(made).toMatchObject({ method, tables: [...events, 'items', 'kinds'] });
    expect(await run(there, CONTRACT, { serviceId: 'accounts' })).toMatchObject({ outcome: 'done' });
    await ask(
      `DELETE FROM ${$s}.items; UPDATE ${$s}.kinds SET name = 'other ' || id; INSERT INTO ${$s}.notes VALUES (2, NULL)`,
    );

    // The note whose item had gone with the contract's rows was deleted with it, so nothing stands in the way.
    const report = await restore(there, made);
    expect(report).toMatchObject({
      tables: [
        { table: 'events rest', rowCount: 1 },
        { table: 'events_2025_1', rowCount: 1 },
        { table: 'items', rowCount: 2 },
        { table: 'kinds', rowCount: 2 },
      ],
      dropped: ['extra'],
      notRestored: [],
      difference: { added: [], removed: [], changed: [] },
    });
    expect(await dump(there)).toBe(catalogue);
    expect(await ask(rowsOf.replaceAll('$s', $s))).toEqual(rows);
    const next = await ask(`INSERT INTO ${$s}.items (kind) VALUES (1) RETURNING id::int, number, ticket::int`);
    expect(next).toEqual([{ id: 20, number: 3, ticket: 102 }]);
    // A partition is one again, with its parent's key, trigger and foreign key.
    const wrong = `INSERT INTO ${$s}.events (at, kind) VALUES ('2025-06-06', 9)`;
    await expect(ask(wrong)).rejects.toThrow(/no partition|foreign key/);
    const touched = await ask(`UPDATE ${$s}.events SET kind = 1 WHERE kind = 2 RETURNING id::int, note`);
    expect(touched).toEqual([{ id: 2, note: 'touched' }]);
    expect(await ask(`SELECT name FROM ${$s}.schema_version WHERE name <> '(fence)'`)).toEqual([]);
    expect(await ask(`SELECT id FROM ${$s}.notes ORDER BY id`)).toEqual([{ id: 2 }]);
    // The same migrations go up again: nothing of them is left.
    const again = await run(there, CONTRACT, { serviceId: 'accounts' });
    expect(again, again.sentence).toMatchObject({ outcome: 'done' });
  });

  test('a schema with all kinds of things comes back whole', async () => {
    const there = await address();
    const $s = pg.escapeIdentifier(there.schema ?? '');
    expect(
      await run(there, [makeMigration('0001', EVERYTHING.replaceAll('$s', $s), 'SELECT 1')], { serviceId: 'accounts' }),
    ).toMatchObject({ outcome: 'done' });
    const catalogue = await dump(there);
    const made = await back(there);
    const views = await ask(`SELECT viewname FROM pg_views WHERE schemaname = '${there.schema}'`);
    expect(views.length).toBeGreaterThan(0);
    for (const { viewname } of views) await ask(`DROP VIEW IF EXISTS ${$s}.${viewname} CASCADE`);
    const report = await restore(there, made);
    expect(report.notRestored).toEqual([]);
    expect(await dump(there)).toBe(catalogue);
  });
}

describe('on PostgreSQL without a dump program of its version', () => {
  const server = useTenantServer();
  let at = 0;
  const address = () => server.makeTenant(`tenant ${++at}`);
  onPostgres(address, (sql) => server.query(sql), 'copy');

  test('the file is for its owner alone, and is SQL that psql could load', async () => {
    const there = await address();
    await server.query(`CREATE TABLE "${there.schema}".one (id int); INSERT INTO "${there.schema}".one VALUES (7)`);
    const made = await back(there);
    expect(statSync(made.file).mode & 0o777).toBe(0o600);
    expect(statSync(made.file).size).toBe(made.byteCount);
    expect(readdirSync(path.dirname(made.file))).toEqual(['backup.sql.gz']);
    const text = gunzipSync(readFileSync(made.file)).toString();
    expect(text).toMatch(/^-- grey-backup \{/);
    expect(text).toContain('\nCOPY "tenant 3".one (id) FROM stdin;\n7\n\\.\n');
  });

  test('whatever goes wrong on the way, there is no file and a sentence that says why', async () => {
    const there = await address();
    await server.query(
      `CREATE TABLE "${there.schema}".big AS SELECT md5(n::text) AS x FROM generate_series(1, 50000) n`,
    );
    const fails = async (request: Partial<Parameters<typeof backUp>[0]>) => {
      const file = request.file ?? fresh();
      const signal = new AbortController().signal;
      const error = await backUp({ address: there, ...ids, tables: [], signal, ...request, file }).catch((one) => one);
      expect(
        existsSync(path.dirname(file)) && statSync(path.dirname(file)).isDirectory()
          ? readdirSync(path.dirname(file))
          : [],
      ).toEqual([]);
      return { code: error.code, message: error.message };
    };
    let written = 0;
    /** A disk with room for 64 KiB. */
    const openFile = (async (...place: Parameters<typeof open>) => {
      const handle = await open(...place);
      const write = handle.write.bind(handle) as (chunk: Buffer, at?: number) => ReturnType<typeof handle.write>;
      const limited = (chunk: Buffer, at: number) => {
        written += chunk.length - at;
        if (written > 65_536) throw Object.assign(new Error('write ENOSPC'), { code: 'ENOSPC' });
        return write(chunk, at);
      };
      return Object.assign(handle, { write: limited });
    }) as typeof open;
    expect(await fails({ openFile })).toEqual({
      code: 'BACKUP_FAILED',
      message: 'the disk of the folder for backups is full',
    });
    expect(written).toBeGreaterThan(65_536);
    writeFileSync(path.join(folder, 'a file'), '');
    expect(await fails({ file: path.join(folder, 'a file', 'x') })).toMatchObject({
      code: 'BACKUP_FAILED',
      message: expect.stringContaining('no folder'),
    });
    expect(await fails({ address: { ...there, port: 1 } })).toMatchObject({ code: 'UNREACHABLE' });
    expect(await fails({ address: { ...there, schema: 'nowhere' } })).toMatchObject({ code: 'SCHEMA_MISSING' });
    expect(await fails({ signal: AbortSignal.abort() })).toMatchObject({ code: 'CANCELLED' });
    const role = `poor_${process.pid}`;
    await server.query(`CREATE ROLE ${role} LOGIN PASSWORD 'x'; GRANT USAGE ON SCHEMA "${there.schema}" TO ${role}`);
    expect(await fails({ address: { ...there, user: role, password: 'x' } })).toMatchObject({
      code: 'PERMISSION_DENIED',
    });
  });

  test('what is not the file that was written, or of another tenant, is not loaded, and a load that fails changes nothing', async () => {
    const there = await address();
    const $s = `"${there.schema}"`;
    await server.query(`CREATE TABLE ${$s}.one (id int PRIMARY KEY); INSERT INTO ${$s}.one VALUES (1)`);
    const made = await back(there);
    await server.query(
      `INSERT INTO ${$s}.one VALUES (2); CREATE TABLE ${$s}.two (one int REFERENCES ${$s}.one); INSERT INTO ${$s}.two VALUES (2)`,
    );
    const rows = () => server.query(`SELECT id FROM ${$s}.one ORDER BY id`);
    const other = { ...made, checksum: '0'.repeat(64) };
    await expect(restore(there, other)).rejects.toMatchObject({
      code: 'BACKUP_UNUSABLE',
      message: expect.stringContaining('checksum'),
    });
    await expect(restore(there, { ...made, file: `${made.file}.gone` })).rejects.toMatchObject({
      code: 'BACKUP_UNUSABLE',
    });
    const signal = new AbortController().signal;
    const wrong = { address: there, ...ids, tenantId: 'somebody', ...made, by: 'test', signal };
    await expect(restoreBackup(wrong)).rejects.toMatchObject({
      code: 'BACKUP_UNUSABLE',
      message: expect.stringContaining('is of t'),
    });
    // A backup of one table: the row that the other table leads to was not in it.
    const part = await back(there, ['one']);
    await server.query(`INSERT INTO ${$s}.one VALUES (3); INSERT INTO ${$s}.two VALUES (3)`);
    await expect(restore(there, part)).rejects.toMatchObject({
      code: 'STATEMENT_FAILED',
      message: expect.stringContaining('foreign key'),
    });
    expect(await rows()).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }]);
    // The whole schema goes back: the other table was not there, nor was the function.
    await server.query(`CREATE FUNCTION ${$s}.late() RETURNS int LANGUAGE sql AS 'SELECT 1'`);
    expect(await restore(there, made)).toMatchObject({
      dropped: ['two'],
      tables: [{ table: 'one', rowCount: 1 }],
      difference: { added: [], removed: [], changed: [] },
    });
    expect(await rows()).toEqual([{ id: 1 }]);
  });

  test('what a partition in another schema holds is not left out in silence', async () => {
    const there = await address();
    const other = (await address()).schema;
    await server.query(`CREATE TABLE "${there.schema}".p (id int) PARTITION BY RANGE (id);
      CREATE TABLE "${other}".p1 PARTITION OF "${there.schema}".p FOR VALUES FROM (0) TO (10)`);
    const message = expect.stringContaining(`"${other}".p1 is part of a table`);
    await expect(back(there, ['p'])).rejects.toMatchObject({ code: 'BACKUP_FAILED', message });
  });

  test('limits that a role has for its daily work do not end what takes longer', async () => {
    const there = await address();
    // An index that takes longer than that to build, for this role alone.
    await server.query(
      `CREATE ROLE hasty LOGIN SUPERUSER; ALTER ROLE hasty SET statement_timeout = '500ms'; ALTER ROLE hasty SET test.nap = '0.6'`,
    );
    await server.query(`SET search_path = "${there.schema}"; CREATE TABLE t AS SELECT 1 AS id;
      CREATE FUNCTION slow(int) RETURNS int LANGUAGE sql IMMUTABLE
        AS $$ SELECT $1 FROM pg_sleep(coalesce(nullif(current_setting('test.nap', true), ''), '0')::float8) $$;
      CREATE INDEX ON t ("${there.schema}".slow(id)); RESET search_path`);
    const hasty = { ...there, user: 'hasty' };
    expect(await restore(hasty, await back(hasty, ['t']))).toMatchObject({ tables: [{ table: 't', rowCount: 1 }] });
  });

  test('a backup of some tables does not lead back over a migration that changed others', async () => {
    const there = await address();
    await server.query(`CREATE TABLE "${there.schema}".one (id int)`);
    const made = await back(there, ['one']);
    const both = makeMigration('0001_both', 'ALTER TABLE one ADD COLUMN x int; CREATE TABLE three (id int)', null);
    expect(await run(there, [both], { serviceId: 'accounts' })).toMatchObject({ outcome: 'done' });
    const before = await dump(there);
    const message = expect.stringContaining('0001_both came since, and of what they did table three would stay');
    await expect(restore(there, made)).rejects.toMatchObject({ code: 'BACKUP_UNUSABLE', message });
    expect(await dump(there)).toBe(before);
  });
});

describe("on the distribution's PostgreSQL, with its pg_dump", needsSystemPostgres(), () => {
  const data = path.join(folder, 'postgres');
  let server: RunningPostgres | undefined;
  let pool: pg.Pool;
  let at = 0;
  beforeAll(async () => {
    const found = findSystemPostgres();
    if ('reason' in found) return;
    server = await startPostgres({ dataDir: data, isDurable: false, programFolder: found.programFolder });
    pool = new pg.Pool({ connectionString: server.url(), max: 1 });
    pool.on('error', () => undefined);
  });
  afterAll(async () => {
    await pool?.end();
    await server?.stop();
  });
  const address = async () => {
    const schema = `tenant ${++at}`;
    await pool.query(`CREATE SCHEMA "${schema}"`);
    return addressOf(server?.url() ?? '', schema);
  };
  const ask = async (sql: string) => {
    const result = (await pool.query(sql)) as unknown as pg.QueryResult | pg.QueryResult[];
    return (Array.isArray(result) ? result.at(-1) : result)?.rows ?? [];
  };
  onPostgres(address, ask, 'pg_dump');
});

describe('on MariaDB', needsMariadb(), () => {
  // As on Windows and macOS: `Items` is `items`.
  const server = useMariadbServer({ settings: ['--lower-case-table-names=1'] });
  const MAKE = [
    'CREATE TABLE $s.kinds (id int PRIMARY KEY, name varchar(100) CHARACTER SET latin1 UNIQUE)',
    `CREATE TABLE $s.items (id bigint AUTO_INCREMENT PRIMARY KEY, kind int NOT NULL, name text, bytes longblob, flags bit(12),
       price decimal(30,10), ratio double, at timestamp(6) NULL, day date, doc json, mood enum('sad','it''s'), twice int AS (kind * 2) STORED,
       legacy text COMMENT 'to go;\n', place point, CONSTRAINT of_kind FOREIGN KEY (kind) REFERENCES $s.kinds (id), CHECK (kind > 0))`,
    'CREATE TABLE $s.notes (id int PRIMARY KEY, item bigint, CONSTRAINT of_item FOREIGN KEY (item) REFERENCES $s.items (id))',
    'CREATE TRIGGER $s.stamp BEFORE INSERT ON $s.items FOR EACH ROW SET NEW.name = CONCAT(NEW.name, ";")',
    'CREATE VIEW $s.cheap AS SELECT id, legacy FROM $s.items WHERE price < 10',
    "INSERT INTO $s.kinds VALUES (1, 'é;\n'), (2, NULL)",
    `INSERT INTO $s.items (kind, name, bytes, flags, price, ratio, at, day, doc, mood, legacy, place) VALUES
       (1, 'tab\there\nand \\'\0 😀', 0x00ff0a5c2e, b'101010101010', 12345678901234567890.0123456789, 0.1e0 + 0.2e0,
        '2026-01-02 03:04:05.678901', '0001-01-01', '{"a": [1, null, "ä"]}', 'it''s', 'x', POINT(1.5, -2)),
       (2, '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)`,
    'INSERT INTO $s.notes VALUES (1, 1)',
  ];
  const all = async (name: string) => [
    await server.query(`SELECT *, HEX(name) AS exact FROM ${name}.kinds ORDER BY id`),
    await server.query(`SELECT *, HEX(name) AS exact, HEX(place) AS place FROM ${name}.items ORDER BY id`),
  ];

  test.each(['copy', 'mysqldump'] as const)(
    'by %s what a contract took away is there again, and the ledger does not know of it',
    async (method) => {
      const name = `by_${method}`;
      const address = await server.makeTenant(name);
      const makes =
        method === 'copy' ? [...MAKE, 'ALTER TABLE $s.kinds ADD COLUMN short float NOT NULL DEFAULT 0.1234567'] : MAKE;
      for (const sql of makes) await server.query(sql.replaceAll('$s', name));
      const catalogue = await dump(address);
      const rows = await all(name);
      const made = await back(address, ['Items', 'kinds', 'extra']);
      expect(made).toMatchObject({ method, tables: ['items', 'kinds'] });
      const contract = [
        makeMigration('0001_more', 'CREATE TABLE extra (id int)', null),
        makeMigration('0002_less', 'DROP VIEW cheap; ALTER TABLE items DROP COLUMN legacy', null, {
          phase: 'contract',
        }),
      ];
      expect(await run(address, contract, { serviceId: 'accounts' })).toMatchObject({ outcome: 'done' });
      await server.query(`DELETE FROM ${name}.notes`);
      await server.query(`DELETE FROM ${name}.items`);

      expect(await restore(address, made)).toMatchObject({
        tables: [
          { table: 'items', rowCount: 2 },
          { table: 'kinds', rowCount: 2 },
        ],
        dropped: ['extra'],
        notRestored: [],
        difference: { added: [], removed: [], changed: [] },
      });
      expect(await dump(address)).toBe(catalogue);
      expect(await all(name)).toEqual(rows);
      expect(await server.query(`SELECT name FROM ${name}.schema_version WHERE name <> '(fence)'`)).toEqual([]);
      await expect(server.query(`INSERT INTO ${name}.notes VALUES (9, 99)`)).rejects.toThrow(/foreign key/i);
      // What changed another table too is not led back over; that is found out before anything is touched.
      const wide = [makeMigration('0001_wide', 'ALTER TABLE notes ADD COLUMN x int', null)];
      expect(await run(address, wide, { serviceId: 'accounts' })).toMatchObject({ outcome: 'done' });
      const message = expect.stringContaining('table notes would stay');
      await expect(restore(address, made)).rejects.toMatchObject({ code: 'BACKUP_UNUSABLE', message });
      expect(await all(name)).toEqual(rows);
      await server.query(`DELETE FROM ${name}.schema_version WHERE name = '0001_wide'`);
      expect(await run(address, contract, { serviceId: 'accounts' })).toMatchObject({ outcome: 'done' });
      // What could not be written back is no backup.
      await server.query(`UPDATE ${name}.items SET bytes = REPEAT('x', 600000)`);
      await server.query('SET GLOBAL max_allowed_packet = 1048576');
      const tooLong = expect.stringMatching(/statement of 12\d{5} bytes, and the server takes less than 1048576/);
      await expect(back(address, ['items'])).rejects.toMatchObject({ code: 'BACKUP_FAILED', message: tooLong });
      await server.query('SET GLOBAL max_allowed_packet = DEFAULT');
      await server.query(`CREATE TABLE ${name}.past (id int) WITH SYSTEM VERSIONING`);
      expect(await dump(address)).toMatch(/^table past: column 1 id int/m);
      const history = expect.stringContaining('table past keeps its history');
      await expect(back(address)).rejects.toMatchObject({ code: 'BACKUP_FAILED', message: history });
    },
  );
});
