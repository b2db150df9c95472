import { describe, expect, test } from 'vitest';
import type { Phase } from '../../migration.ts';
import { readMigrationSet } from '../../sets/read-migration-set.ts';
import { lintSet } from '../lint-set.ts';
import { tablesNamed } from './tables-named.ts';

async function lint(phase: Phase, up: string, down?: string) {
  const files = [{ path: `1_a.${phase}.up.sql`, text: up }];
  if (down !== undefined) files.push({ path: `1_a.${phase}.down.sql`, text: down });
  const header = { serviceId: 'pay', version: '2.1.0', schemaVersion: 7, engine: 'mysql' } as const;
  const { set, findings } = readMigrationSet(files, header);
  if (set === null) throw new Error(JSON.stringify(findings));
  return lintSet(set);
}

async function codesOf(phase: Phase, sql: string): Promise<string[]> {
  const { findings } = await lint(phase, sql, 'select 1');
  return findings.map((one) => (one.severity === 'warning' ? one.code : `${one.severity} ${one.code}`));
}

type Case = [sql: string, wanted: string[]];

const expand: Case[] = [
  ['alter table t add column x int', []],
  ["alter table `t` add x int not null default 5, add y varchar(20) default 'not null'", []],
  ['create index i on t (x)', []],
  ['alter table t add index i (x), add unique key u (y)', []],
  ['create table t (id int, primary key (id)); insert into t values (1)', []],
  ['create table `t` (id int); update t set id = 2', []],
  ['insert into t values (1, "drop table x")', []],
  ['alter table t add column x int not null', ['COLUMN_NOT_NULL_WITHOUT_DEFAULT']],
  ['alter table t add column x int auto_increment primary key', ['COLUMN_DEFAULT_REWRITES']],
  ['alter table t add x int as (y + 1) stored', ['COLUMN_DEFAULT_REWRITES']],
  ['ALTER TABLE t MODIFY COLUMN x BIGINT', ['COLUMN_TYPE_REWRITES']],
  ['alter table t change x x bigint', ['COLUMN_TYPE_REWRITES']],
  ['alter table t change x y bigint', ['COLUMN_TYPE_REWRITES', 'RENAMED_COLUMN']],
  ['alter table t rename column x to y', ['RENAMED_COLUMN']],
  ['alter table t rename to u', ['RENAMED_TABLE']],
  ['alter table t rename index i to j', []],
  ['rename table t to u', ['RENAMED_TABLE']],
  ['alter table t engine = innodb', ['TABLE_REWRITES']],
  ['alter table t convert to character set utf8mb4', ['TABLE_REWRITES']],
  ['alter table t add primary key (x)', ['TABLE_REWRITES']],
  ['alter table t add constraint f foreign key (x) references u (id)', ['FOREIGN_KEY_SCANS']],
  ['alter table t add constraint c check (x > 0)', ['CONSTRAINT_SCANS']],
  ['create fulltext index i on t (x)', ['INDEX_NOT_CONCURRENT']],
  ['optimize table t', ['TABLE_REWRITES']],
  ['alter table t drop column x', ['DATA_LOSS_OUTSIDE_CONTRACT']],
  ['alter table t drop x', ['DATA_LOSS_OUTSIDE_CONTRACT']],
  ['alter table t drop index x', []],
  ['alter table t drop primary key', ['TABLE_REWRITES']],
  ['drop table if exists t', ['DATA_LOSS_OUTSIDE_CONTRACT']],
  ['/*!50003 drop table t */', ['DATA_LOSS_OUTSIDE_CONTRACT']],
  ['truncate t', ['DATA_LOSS_OUTSIDE_CONTRACT']],
  ['delete from t', ['DATA_LOSS_OUTSIDE_CONTRACT']],
  ['delete from t where x = 1', ['PHASE_FORBIDS']],
  ['update t set x = 1', ['PHASE_FORBIDS', 'UPDATE_WITHOUT_WHERE']],
  ['drop view v', ['PHASE_FORBIDS']],
  ['start transaction', ['TRANSACTION_CONTROL']],
  ['use other', ['SESSION_CHANGED']],
  ['set foreign_key_checks = 0', ['SESSION_CHANGED']],
  ["select get_lock('x', 1)", ['RUNNER_LOCK_TOUCHED']],
  ['lock tables t write', ['EXPLICIT_LOCK']],
  ['grant select on t to x', ['OUTSIDE_TENANT']],
  ["load data infile 'x' into table t", ['CLIENT_DATA']],
  ['call p()', ['OPAQUE_CODE']],
  ['create trigger x before insert on t for each row begin set new.y = 1; end', ['COMPOUND_WITHOUT_DELIMITER']],
  ['delimiter //\ncreate trigger x before insert on t for each row begin set new.y = 1; end//', []],
  ['alter table t add x int; alter table t add y int', ['DDL_COMMITS']],
];

describe('in expand', () => {
  test.each(expand)('%s', async (sql, wanted) => expect(await codesOf('expand', sql)).toEqual(wanted));
});

test('a loss in contract is told, moving data in migrate is not', async () => {
  expect(await codesOf('contract', 'alter table t drop column x')).toEqual(['DATA_LOSS']);
  expect(await codesOf('migrate', 'update t set x = 1 where y')).toEqual([]);
});

test('a missing or empty way back is an error here too', async () => {
  expect((await lint('expand', 'create table t (x int)')).findings).toMatchObject([
    { severity: 'error', code: 'DOWN_MISSING' },
  ]);
  expect((await lint('expand', 'create table t (x int)', '-- x')).findings).toMatchObject([
    { severity: 'error', code: 'DOWN_EMPTY' },
  ]);
});

test('a down may drop what it likes', async () => {
  const { findings, migrations } = await lint('expand', 'create table t (x int)', 'drop table t');
  expect(findings).toEqual([]);
  expect(migrations[0]!.down).toMatchObject([{ line: 1, statement: 'drop table t', locks: [] }]);
});

test.each<[string, string[]]>([
  ['ALTER TABLE users ADD COLUMN orders int', ['users']],
  ['CREATE INDEX by_name ON `users` (name, orders)', ['users']],
  ['DROP TABLE IF EXISTS orders, shop.users /* roles */', ['orders', 'users']],
  ['INSERT INTO roles SELECT u.id FROM users u JOIN orders o ON o.id = u.id', ['roles', 'users', 'orders']],
  ['UPDATE USERS SET orders = (SELECT COUNT(*) FROM orders)', ['users', 'orders']],
  ['CREATE TABLE more (id int, FOREIGN KEY (id) REFERENCES users (id))', ['users']],
  ["DELETE FROM nobody WHERE name = 'FROM orders'", []],
])('%s names %j', (sql, wanted) => {
  expect(tablesNamed(sql, new Set(['users', 'orders', 'roles']))).toEqual(wanted);
});
