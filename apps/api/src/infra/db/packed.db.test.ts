import { createTestDatabase } from '@grey/testkit';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { Prisma } from '../../../generated/client.ts';
import { Database } from './database.ts';
import { packed, packRows, unpackRows } from './packed.ts';

let created: Awaited<ReturnType<typeof createTestDatabase>>;
let database: Database;
beforeAll(async () => {
  created = await createTestDatabase(inject('template'));
  database = new Database(created.connectionString, 1);
});
afterAll(async () => {
  await database.close();
  await created.drop();
});

const read = (values: readonly (string | null)[]) =>
  database.run((client) => client.$queryRaw<{ values: unknown }[]>`SELECT ${packed(values)} AS values`);

test('a column arrives as it was, whatever is in its texts', async () => {
  const values = ['a,b', null, "it's", '{"x":"\\u001e \\\\ \\""}', 'ü 版本', null, ' '];
  expect((await read(values))[0]?.values).toEqual(values);
  expect((await read([]))[0]?.values).toEqual([]);
  expect((await read([null]))[0]?.values).toEqual([null]);
});

test('what would be torn apart is refused', () => {
  expect(() => packed(['a\u001fb'])).toThrow('control character');
  expect(() => packed([''])).toThrow('empty');
});

test('rows come back field by field, and none as none', async () => {
  const rows = (from: Prisma.Sql) =>
    database.run(async (client) =>
      unpackRows(await client.$queryRaw`${packRows([Prisma.sql`a`, Prisma.sql`b::text`], from)}`),
    );
  expect(await rows(Prisma.sql`(VALUES ('x', 1), ('', 2)) AS t (a, b)`)).toEqual([
    ['x', '1'],
    ['', '2'],
  ]);
  expect(await rows(Prisma.sql`(SELECT 'x' AS a, 1 AS b WHERE FALSE) AS t`)).toEqual([]);
});
