import { expect, test } from 'vitest';
import { headOf, isSessionSetting, isTransactionControl, settingsBefore } from './statement-head.ts';

test.each([
  ['-- why\n/* a /* nested */ one */ create\n  Index x', 'CREATE INDEX X'],
  ['# why\nSELECT 1', 'SELECT 1'],
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
});
