import { expect, test } from 'vitest';
import { headOf, isSessionSetting, isTransactionControl, settingsBefore } from './statement-head.ts';

test.each([
  ['-- why\n/* a /* nested */ one */ create\n  Index x', 'CREATE INDEX X'],
  ['# why\nSELECT 1', 'SELECT 1'],
  ["CREATE INDEX /* why */ CONCURRENTLY -- it's\n x", 'CREATE INDEX CONCURRENTLY X'],
  ["DROP TABLE `a--b`, '/*x*/' /* old */", "DROP TABLE `A--B`, '/*X*/'"],
  ['/*!40101 SET NAMES utf8 */', 'SET NAMES UTF8'],
  ['SELECT a #>> b', 'SELECT A #>> B'],
  ['/* never closed', ''],
  ['-- only', ''],
])('the head of %j is %j', (statement, head) => {
  expect(headOf(statement)).toBe(head);
});

test.each(['BEGIN', 'commit;', 'START TRANSACTION', 'ROLLBACK', 'END', '/* x */ ABORT', "PREPARE TRANSACTION 'x'"])(
  '%j begins or ends a transaction',
  (statement) => expect(isTransactionControl(statement)).toBe(true),
);

test.each(['ROLLBACK TO SAVEPOINT a', 'SAVEPOINT a', 'SELECT 1', 'CREATE TABLE commit (id int)'])(
  '%j is left to its author',
  (statement) => expect(isTransactionControl(statement)).toBe(false),
);

test('what a session was set to before a statement is what a session that takes over needs', () => {
  const statements = ["SET maintenance_work_mem = '1GB'", 'CREATE TABLE a (id int)', 'SET LOCAL x = 1', 'SELECT 1'];
  expect(settingsBefore(statements, 4)).toEqual([statements[0]]);
  expect(settingsBefore(statements, 1)).toEqual([]);
  expect(isSessionSetting("SET PASSWORD = 'x'")).toBe(false);
  expect(isSessionSetting('SET STATEMENT max_statement_time = 1 FOR ALTER TABLE a ADD b int')).toBe(false);
});
