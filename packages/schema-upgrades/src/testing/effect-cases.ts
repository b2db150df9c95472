import type { LockMode } from '../lint/lock-mode.ts';

/** The tables that the statements below are run on. */
export const SCHEMA = `
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

/** What may run in a transaction; the linter tells all of its locks. */
export const TOLD: string[] = [
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
export const HIDDEN: [string, Record<string, LockMode>][] = [
  ['reindex index users_plan', { users: 'ShareLock' }],
  ['drop index users_plan', { users: 'AccessExclusiveLock' }],
  ['refresh materialized view concurrently counts', { users: 'AccessShareLock' }],
  ['alter table orders validate constraint of_plan', { plans: 'RowShareLock' }],
  ['alter table orders drop constraint of_plan', { plans: 'AccessExclusiveLock' }],
  ['insert into orders values (1, 1)', { plans: 'RowShareLock' }],
  ['drop table orders', { plans: 'AccessExclusiveLock' }],
  ['lock table parts', { parts_1: 'AccessExclusiveLock' }],
];
