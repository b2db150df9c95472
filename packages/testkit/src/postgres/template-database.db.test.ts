import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, startTemplateDatabase } from './template-database.ts';

let template: Awaited<ReturnType<typeof startTemplateDatabase>>;
let preparedCount = 0;

beforeAll(async () => {
  template = await startTemplateDatabase({
    prepare: async (connectionString) => {
      preparedCount += 1;
      await run(connectionString, "CREATE TABLE things (name text); INSERT INTO things VALUES ('from template')");
    },
  });
}, 60_000);
afterAll(() => template.stop());

test('every test database starts as the template was prepared, which happens once', async () => {
  const [one, two] = await Promise.all([createTestDatabase(template), createTestDatabase(template)]);
  expect(one.connectionString).not.toBe(two.connectionString);
  for (const database of [one, two]) {
    expect(await run(database.connectionString, 'SELECT name FROM things')).toEqual([{ name: 'from template' }]);
  }
  expect(preparedCount).toBe(1);
});

test('what one test writes is not seen by another', async () => {
  const one = await createTestDatabase(template);
  const two = await createTestDatabase(template);
  await run(one.connectionString, "INSERT INTO things VALUES ('mine')");
  expect(await run(two.connectionString, 'SELECT count(*)::int AS n FROM things')).toEqual([{ n: 1 }]);
});

test('a database is dropped even while somebody is connected', async () => {
  const database = await createTestDatabase(template);
  const client = new pg.Client({ connectionString: database.connectionString });
  client.on('error', () => undefined);
  await client.connect();
  await database.drop();
  await expect(run(database.connectionString, 'SELECT 1')).rejects.toThrow('does not exist');
  await client.end().catch(() => undefined);
});

async function run(connectionString: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}
