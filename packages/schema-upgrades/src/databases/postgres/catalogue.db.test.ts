import { expect, test } from 'vitest';
import { EVERYTHING } from '../../testing/everything.ts';
import { useTenantServer } from '../../testing/tenant-server.ts';
import { compareObjects } from '../catalogue.ts';
import { postgresDatabase } from './postgres-database.ts';

const server = useTenantServer();

test('equal schemas with different names, in different orders of making, have the same text', async () => {
  await make('first', EVERYTHING);
  await make('second', EVERYTHING.replace('CREATE DOMAIN', 'CREATE TABLE z (id int); CREATE DOMAIN'));
  await server.query('DROP TABLE second.z');
  const [first, second] = [await dump('first'), await dump('second')];
  expect(second.text).toBe(first.text);
  expect(second.digest).toBe(first.digest);
  expect(first.text).not.toContain('first.');
  expect(Object.keys(first.objects)).toEqual(
    expect.arrayContaining([
      'enum mood',
      'domain positive',
      'sequence counter',
      'table people',
      'index by_name',
      'view adults',
      'materialized view counted',
      'function double(value integer, more integer)',
      'trigger touched on people',
      'policy own on people',
      'rule quiet on pets',
      'statistics ages',
      'comment on people.age',
      'table part_one',
    ]),
  );
});

test('what happened on the way, and what is in the tables, does not count', async () => {
  await make('plain', 'CREATE TABLE t (a int, b text); CREATE SEQUENCE s');
  const before = await dump('plain');
  await server.query(`ALTER TABLE plain.t ADD COLUMN c int; ALTER TABLE plain.t DROP COLUMN c; INSERT INTO plain.t VALUES (1, 'x');
    SELECT nextval('plain.s'); ANALYZE plain.t`);
  expect((await dump('plain')).text).toBe(before.text);
});

test.each([
  ["ALTER TYPE mood ADD VALUE 'so'", 'enum mood'],
  ['ALTER TABLE people ALTER COLUMN age DROP NOT NULL, ALTER COLUMN n SET DEFAULT 7', 'table people'],
  ['ALTER TABLE people ALTER COLUMN n TYPE bigint', 'table people'],
  ['ALTER SEQUENCE counter INCREMENT 3', 'sequence counter'],
  ['CREATE OR REPLACE VIEW adults AS SELECT p.name FROM people p WHERE p.age > 20', 'view adults'],
  [
    'CREATE OR REPLACE FUNCTION double(value int, more int DEFAULT 1) RETURNS int LANGUAGE sql IMMUTABLE RETURN value * 3',
    'function double(value integer, more integer)',
  ],
  ['CREATE OR REPLACE RULE quiet AS ON DELETE TO pets WHERE owner > 1 DO INSTEAD NOTHING', 'rule quiet on pets'],
  ['ALTER STATISTICS ages SET STATISTICS 50', 'statistics ages'],
  ['ALTER TABLE people DISABLE TRIGGER touched', 'trigger touched on people'],
  [
    'ALTER TABLE pets DROP CONSTRAINT pets_owner_check; ALTER TABLE pets ADD CHECK (owner > 0) NOT VALID',
    'constraint pets_owner_check on pets',
  ],
])('%s is seen', async (change, object) => {
  if ((await server.query(`SELECT to_regnamespace('seen') AS place`))[0]?.place === null)
    await make('seen', EVERYTHING);
  const before = await dump('seen');
  await inSchema('seen', change);
  expect(compareObjects(before.objects, (await dump('seen')).objects)).toEqual({
    added: [],
    removed: [],
    changed: [object],
  });
});

test('sizes come largest first', async () => {
  await make(
    'sized',
    `CREATE TABLE small (id int); CREATE TABLE large AS SELECT repeat('x', 100) AS x FROM generate_series(1, 2000)`,
  );
  await server.query('ANALYZE sized.large');
  const session = await open('sized');
  const sizes = await session.listTableSizes();
  await session.close();
  expect(sizes.map((size) => size.table)).toEqual(['large', 'small']);
  expect(sizes[0]?.rowCount).toBe(2000);
  expect(sizes[0]?.byteCount).toBeGreaterThan(200_000);
});

async function make(schema: string, sql: string): Promise<void> {
  await server.makeTenant(schema);
  await inSchema(schema, sql);
}

async function inSchema(schema: string, sql: string): Promise<void> {
  await server.query(`SET search_path = ${schema}; ${sql.replaceAll('$s', schema)}; RESET search_path`);
}

async function dump(schema: string) {
  const session = await open(schema);
  try {
    return await session.dumpCatalogue();
  } finally {
    await session.close();
  }
}

async function open(schema: string) {
  return postgresDatabase(server.addressOf(schema)).openSession();
}
