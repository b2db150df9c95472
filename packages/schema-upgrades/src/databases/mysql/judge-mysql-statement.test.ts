import { expect, test } from 'vitest';
import type { ObjectDigests } from '../catalogue.ts';
import { isJoinableMysqlStatement, judgeMysqlStatement } from './judge-mysql-statement.ts';

const BEFORE: ObjectDigests = { 'table users': '1', 'index PRIMARY on users': '2', 'table roles': '3' };
const CHANGED: ObjectDigests = { ...BEFORE, 'table users': 'other' };
const judge = (statement: string, now: ObjectDigests, hasAtomicDdl = true) =>
  judgeMysqlStatement(statement, BEFORE, now, hasAtomicDdl).kind;

test('DDL that changed just what it names was carried out, and one that changed nothing was not', () => {
  expect(judge('ALTER TABLE `users` ADD COLUMN a int', CHANGED)).toBe('done');
  expect(judge('ALTER TABLE `users` ADD COLUMN a int', BEFORE)).toBe('not-done');
  expect(judge('CREATE INDEX by_a ON Users (a)', { ...BEFORE, 'index by_a on users': '4' })).toBe('done');
});

test('a change of what it does not name proves nothing, also when the name is part of another', () => {
  expect(judge('ALTER TABLE roles ADD COLUMN a int', CHANGED)).toBe('unknown');
  expect(judge('ALTER TABLE users_old ADD COLUMN a int', CHANGED)).toBe('unknown');
});

test('a drop of several tables is done when all are gone, and done again only where it may be', () => {
  const { 'table roles': _roles, ...withoutRoles } = BEFORE;
  expect(judge('DROP TABLE users, `app`.`roles`', {})).toBe('done');
  expect(judge('DROP TABLE roles, users', withoutRoles)).toBe('unknown');
  expect(judge('DROP TABLE IF EXISTS roles, users', withoutRoles)).toBe('not-done');
});

test('comments within a statement hide nothing', () => {
  const { 'table roles': _roles, ...withoutRoles } = BEFORE;
  expect(judge('DROP TABLE roles, users /* old */', withoutRoles)).toBe('unknown');
});

test('settings for one statement are no statement of their own', () => {
  const wait = 'SET STATEMENT lock_wait_timeout = 5, max_statement_time=60 FOR';
  expect(isJoinableMysqlStatement(`${wait} ALTER TABLE users ADD COLUMN a int`)).toBe(false);
  expect(judge(`${wait} ALTER TABLE users ADD COLUMN a int`, CHANGED)).toBe('done');
  expect(isJoinableMysqlStatement(`${wait} UPDATE users SET a = 1`)).toBe(true);
});

test('what moves rows without a trace in the catalogue is for an operator', () => {
  expect(judge('ALTER TABLE users EXCHANGE PARTITION p WITH TABLE roles', BEFORE)).toBe('unknown');
  expect(judge('RENAME TABLE users TO x, roles TO users, x TO roles', BEFORE)).toBe('unknown');
  expect(judge('RENAME TABLE users TO people', BEFORE)).toBe('not-done');
  expect(judge('DO fill_all()', BEFORE)).toBe('unknown');
});

test('where DDL is not atomic, a change proves nothing', () => {
  expect(judge('ALTER TABLE users ADD COLUMN a int', CHANGED, false)).toBe('unknown');
  expect(judge('ALTER TABLE users ADD COLUMN a int', BEFORE, false)).toBe('not-done');
});

test('what the catalogue cannot tell of is for an operator', () => {
  expect(judge('CALL fill()', BEFORE)).toBe('unknown');
  expect(judge('EXECUTE statement', BEFORE)).toBe('unknown');
});

test('changes of rows commit with their note, DDL by itself', () => {
  const statements = [
    'INSERT INTO a VALUES (1)',
    '/* x */ update a set b = 1',
    'SET @a = 1',
    'WITH x AS (SELECT 1) SELECT 1',
  ];
  expect(statements.filter(isJoinableMysqlStatement)).toEqual(statements);
  expect(
    ['TRUNCATE a', 'ALTER TABLE a ADD b int', 'CALL x()', 'RENAME TABLE a TO b'].filter(isJoinableMysqlStatement),
  ).toEqual([]);
});
