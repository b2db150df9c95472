import { createTestDatabase, startTemplateDatabase } from '@grey/testkit';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { HIDDEN, SCHEMA, TOLD } from '../../testing/effect-cases.ts';
import { compareLocks, type LockMode } from '../lock-mode.ts';
import { loadPostgresParser, parseStatement } from './parse-statement.ts';
import { effectsOf } from './statement-effects.ts';

// Every claim of the linter about locks, rewrites and scans, held against a real server that runs the statement.

let server: Awaited<ReturnType<typeof startTemplateDatabase>>;
let client: pg.Client;
const clients: pg.Client[] = [];

beforeAll(async () => {
  await loadPostgresParser();
  server = await startTemplateDatabase({
    prepare: async (connectionString) => {
      const one = new pg.Client({ connectionString });
      await one.connect();
      await one.query(SCHEMA);
      await one.end();
    },
  });
  const { connectionString } = await createTestDatabase(server);
  for (let index = 0; index < 3; index++) {
    const one = new pg.Client({ connectionString });
    await one.connect();
    clients.push(one);
  }
  client = clients[0]!;
});

afterAll(async () => {
  for (const one of clients) await one.end();
  await server?.stop();
});

interface Seen {
  readonly tables: Record<string, LockMode>;
  readonly indexes: Record<string, LockMode>;
}

/** The strongest lock of a session on each relation of the schema that was there before. */
async function locksOf(pid: number, known: ReadonlyMap<string, string>): Promise<Seen> {
  const watching = clients[2]!;
  const { rows } = await watching.query<{ oid: string; mode: LockMode; relkind: string }>(
    `select relation::text as oid, mode, relkind from pg_locks join pg_class on pg_class.oid = relation
     where pid = $1 and granted and locktype = 'relation' and database = (select oid from pg_database where datname = current_database())`,
    [pid],
  );
  const seen: Seen = { tables: {}, indexes: {} };
  for (const { oid, mode, relkind } of rows) {
    const name = known.get(oid);
    if (name === undefined) continue;
    const into = relkind === 'i' ? seen.indexes : seen.tables;
    if (into[name] === undefined || compareLocks(into[name], mode) < 0) into[name] = mode;
  }
  return seen;
}

async function relations(): Promise<Map<string, string>> {
  const { rows } = await clients[2]!.query<{ oid: string; relname: string }>(
    "select oid::text, relname from pg_class where relnamespace = 'public'::regnamespace",
  );
  return new Map(rows.map((row) => [row.oid, row.relname]));
}

function predicted(sql: string) {
  const parsed = parseStatement(sql);
  if (!parsed.isOk) throw new Error(parsed.message);
  const effects = effectsOf(parsed.node);
  const of = (kind: 'table' | 'index') =>
    Object.fromEntries(effects.locks.filter((one) => one.kind === kind).map((one) => [one.name, one.mode]));
  return { ...effects, tables: of('table'), indexes: of('index') };
}

async function pidOf(one: pg.Client): Promise<number> {
  return (await one.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]!.pid;
}

/** File and sequential scans of every table, as this session sees them inside its transaction. */
async function state(): Promise<Map<string, { file: string; scans: number }>> {
  const { rows } = await client.query<{ name: string; file: string; scans: string }>(
    `select c.relname as name, pg_relation_filenode(c.oid)::text as file, pg_stat_get_xact_numscans(c.oid)::text as scans
     from pg_class c where relnamespace = 'public'::regnamespace and relkind in ('r', 'm')`,
  );
  return new Map(rows.map((row) => [row.name, { file: row.file, scans: Number(row.scans) }]));
}

describe('says before what PostgreSQL does then:', () => {
  test.each(TOLD)('%s', async (sql) => {
    const claim = predicted(sql);
    const known = await relations();
    await client.query('begin');
    try {
      const before = await state();
      await client.query(sql);
      const after = await state();
      const { tables, indexes } = await locksOf(await pidOf(client), known);
      expect(tables).toEqual(claim.tables);
      expect(indexes).toMatchObject(claim.indexes);
      expect(claim.isRefusedInTransaction).toBe(false);
      if (/^(truncate|drop|alter table users (rename|set schema))/.test(sql)) return;
      for (const [table, { file, scans }] of before) {
        const rewrite = claim.rewrites.find((one) => one.table === table)?.certainty;
        const isRewritten = after.get(table)!.file !== file;
        if (rewrite !== 'possible') expect([table, isRewritten]).toEqual([table, rewrite === 'yes']);
        if (rewrite !== undefined || !/^(alter|create index|reindex)/.test(sql)) continue;
        if (table === 'users')
          expect([table, after.get(table)!.scans > scans]).toEqual([table, claim.scans.includes(table)]);
      }
    } finally {
      await client.query('rollback');
    }
  });

  test.each(HIDDEN)('%s, and %j which only the catalogue tells', async (sql, beyond) => {
    const claim = predicted(sql);
    const known = await relations();
    await client.query('begin');
    try {
      await client.query(sql);
      const { tables, indexes } = await locksOf(await pidOf(client), known);
      expect(tables).toEqual({ ...claim.tables, ...beyond });
      expect(indexes).toMatchObject(claim.indexes);
    } finally {
      await client.query('rollback');
    }
  });

  test.each([
    ['create index concurrently i on users (name)'],
    ['drop index concurrently users_plan'],
    ['reindex table concurrently users'],
  ])('%s (outside a transaction, waiting for a writer)', async (sql) => {
    const claim = predicted(sql);
    const known = await relations();
    const builder = clients[1]!;
    const pid = await pidOf(builder);
    await client.query("begin; update users set note = 'held' where id = 1");
    const running = builder.query(sql);
    try {
      await vi.waitFor(async () => {
        const seen = await locksOf(pid, known);
        expect(seen.tables.users).toBe('ShareUpdateExclusiveLock');
        expect(claim.tables.users ?? claim.indexes.users_plan).toBe('ShareUpdateExclusiveLock');
      });
    } finally {
      await client.query('rollback');
      await running;
    }
  });

  test.each([
    'create index concurrently i2 on users (name)',
    'vacuum users',
    'vacuum (full) users',
    'reindex (concurrently) table users',
    'reindex schema public',
    'alter table parts detach partition parts_1 concurrently',
    'create database another',
    'alter system set work_mem = 1000',
  ])('%s is refused inside a transaction', async (sql) => {
    expect(predicted(sql).isRefusedInTransaction).toBe(true);
    await client.query('begin');
    await expect(client.query(sql)).rejects.toMatchObject({ code: '25001' });
    await client.query('rollback');
  });
});
