import { createTestDatabase, startTemplateDatabase } from '@grey/testkit';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { compareLocks, type LockMode } from '../lock-mode.ts';
import { loadPostgresParser, parseStatement } from './parse-statement.ts';
import { effectsOf } from './statement-effects.ts';

/** Every claim of the linter about locks, rewrites and scans, held against a real server that runs the statement. */
const SCHEMA = `
  create table plans (id int primary key, name text);
  create table users (id int primary key, plan int, name varchar(20), note text, old int not null, at timestamp);
  alter table users add constraint loose check (plan > 0) not valid;
  create table orders (id int primary key, plan int);
  alter table orders add constraint of_plan foreign key (plan) references plans not valid;
  create schema elsewhere;
  create index users_plan on users (plan);
  create unique index users_old on users (old);
  create view names as select name from users;
  create materialized view counts as select plan, count(*) from users group by plan;
  create unique index counts_plan on counts (plan);
  create sequence numbers;
  create function touch() returns trigger language plpgsql as 'begin return new; end';
  create trigger touched before update on users for each row execute function touch();
  create policy own on users using (true);
  create table parts (id int, at date) partition by range (at);
  create table parts_1 partition of parts for values from ('2026-01-01') to ('2026-02-01');
  create table loose_part (id int, at date);
  insert into plans select n, 'p' || n from generate_series(1, 5) n;
  insert into users select n, 1 + n % 5, 'u' || n, 'n', n, now() from generate_series(1, 50) n;
`;

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

const transactional: string[] = [
  'alter table users add column x int',
  "alter table users add column x text not null default 'a'",
  'alter table users add column x timestamptz default now()',
  'alter table users add column x uuid default gen_random_uuid()',
  'alter table users add column x bigserial',
  'alter table users add column x int generated always as identity',
  'alter table users add column x int generated always as (id * 2) stored',
  'alter table users add column x int generated always as (id * 2) virtual',
  'alter table users add column x int check (x > 0)',
  'alter table users add column x int unique',
  'alter table users add column x int references plans',
  'alter table users add column x int default 1 references plans (id)',
  'alter table users drop column note',
  'alter table users alter column plan set default 5',
  'alter table users alter column plan drop default',
  'alter table users alter column plan set not null',
  'alter table users alter column old drop not null',
  'alter table users alter column old type bigint',
  'alter table users alter column note type varchar',
  'alter table users alter column plan set statistics 500',
  'alter table users alter column note set storage external',
  'alter table users alter column plan set (n_distinct = 5)',
  'alter table users set (fillfactor = 70, autovacuum_enabled = false)',
  'alter table users set (user_catalog_table = true)',
  'alter table users add constraint c check (plan > 0)',
  'alter table users add constraint c check (plan > 0) not valid',
  'alter table users add constraint c check (plan > 0) not enforced',
  'alter table users validate constraint loose',
  'alter table users add constraint f foreign key (plan) references plans (id)',
  'alter table users add constraint f foreign key (plan) references plans (id) not valid',
  'alter table users add constraint n not null plan not valid',
  'alter table users add constraint n not null plan',
  'alter table users add constraint u unique (old)',
  'alter table users add constraint u unique using index users_old',
  'alter table users drop constraint loose',
  'alter table users disable trigger touched',
  'alter table users enable row level security',
  'alter table users cluster on users_plan',
  'alter table users set unlogged',
  'alter table users replica identity full',
  'alter table users alter column old add generated always as identity',
  'alter table users rename column note to remark',
  'alter table users rename to people',
  'alter index users_plan rename to users_by_plan',
  'alter table users set schema elsewhere',
  "alter table parts attach partition loose_part for values from ('2026-02-01') to ('2026-03-01')",
  'alter table parts detach partition parts_1',
  'create index i on users (name)',
  'reindex table users',
  'create table new (id int primary key, plan int references plans)',
  'create table new (like users)',
  'create table new () inherits (users)',
  "create table new partition of parts for values from ('2027-01-01') to ('2027-02-01')",
  'create table new as select * from users',
  'create view new as select note from users join plans on plans.id = plan',
  'create trigger new after insert on users for each row execute function touch()',
  'create policy new on users using (true)',
  'alter policy own on users using (false)',
  'create rule new as on insert to users do also nothing',
  'create statistics new on plan, name from users',
  'comment on table users is $$x$$',
  'comment on column users.name is $$x$$',
  'drop trigger touched on users',
  'drop policy own on users',
  'drop table loose_part',
  'drop view names',
  'drop materialized view counts',
  'drop sequence numbers',
  'truncate users',
  'lock table users in share mode',
  'lock table users',
  'cluster users using users_plan',
  'analyze users',
  "insert into plans values (9, 'x')",
  "update users set note = 'x' where plan in (select id from plans)",
  'delete from users where false',
  'select * from users for update',
  'with plans as (select 1 as id), gone as (delete from users where false returning *) select * from plans, gone',
  "merge into plans using users on plans.id = users.id when matched then update set name = 'x'",
];

/** What only the catalogue knows, and a statement's text does not say: told in the documentation of `effectsOf`. */
const hidden: [string, Record<string, LockMode>][] = [
  ['reindex index users_plan', { users: 'ShareLock' }],
  ['drop index users_plan', { users: 'AccessExclusiveLock' }],
  ['refresh materialized view concurrently counts', { users: 'AccessShareLock' }],
  ['alter table orders validate constraint of_plan', { plans: 'RowShareLock' }],
  ['alter table orders drop constraint of_plan', { plans: 'AccessExclusiveLock' }],
  ['insert into orders values (1, 1)', { plans: 'RowShareLock' }],
  ['drop table orders', { plans: 'AccessExclusiveLock' }],
  ['lock table parts', { parts_1: 'AccessExclusiveLock' }],
];

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
  test.each(transactional)('%s', async (sql) => {
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

  test.each(hidden)('%s, and %j which only the catalogue tells', async (sql, beyond) => {
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
