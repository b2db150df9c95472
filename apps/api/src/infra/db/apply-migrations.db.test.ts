import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createTestDatabase, type TestDatabase } from '@grey/testkit';
import pg from 'pg';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { applyMigrations } from './apply-migrations.ts';

let database: TestDatabase;
let folder: string;
beforeEach(async () => {
  const { serverUrl } = inject('template');
  database = await createTestDatabase({ serverUrl, templateName: 'template0' });
  folder = mkdtempSync(path.join(tmpdir(), 'grey-migrations-'));
  write('1_first', 'CREATE TABLE one (id int);');
});
afterEach(async () => {
  await database.drop();
  rmSync(folder, { recursive: true });
});

const write = (name: string, sql: string) => {
  mkdirSync(path.join(folder, name), { recursive: true });
  writeFileSync(path.join(folder, name, 'migration.sql'), sql);
};
const migrate = () => applyMigrations(database.connectionString, folder);
async function query(sql: string) {
  const client = new pg.Client({ connectionString: database.connectionString });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

test('each migration is applied once, in order, also when replicas start together', async () => {
  write('2_second', 'ALTER TABLE one ADD COLUMN name text;');
  const applied = await Promise.all([migrate(), migrate(), migrate()]);
  expect(applied.flat()).toEqual(['1_first', '2_second']);
  expect(await migrate()).toEqual([]);
  const rows = await query('SELECT migration_name, applied_steps_count FROM _prisma_migrations ORDER BY started_at');
  expect(rows).toEqual([
    { migration_name: '1_first', applied_steps_count: 1 },
    { migration_name: '2_second', applied_steps_count: 1 },
  ]);
});

test('a migration that fails leaves nothing behind and can be repaired', async () => {
  write('2_second', 'CREATE TABLE two (id int); SELECT nonsense;');
  await expect(migrate()).rejects.toThrow('2_second');
  expect(await query("SELECT 1 FROM pg_tables WHERE tablename = 'two'")).toEqual([]);
  write('2_second', 'CREATE TABLE two (id int);');
  expect(await migrate()).toEqual(['2_second']);
});

test('a migration that was edited after it had been applied stops the start', async () => {
  await migrate();
  write('1_first', 'CREATE TABLE one (id bigint);');
  await expect(migrate()).rejects.toThrow('edited');
});
