import { expect, test } from 'vitest';
import type { ObjectDigests } from '../catalogue.ts';
import { isJoinableStatement, judgeStatement } from './probe-statement.ts';

const TABLE: ObjectDigests = { 'table t': '1' };
const INDEXED: ObjectDigests = { ...TABLE, 'index i': '2' };
const LEFT_OVER = { object: 'index i', name: 'a.i' };

test.each([
  'CREATE UNIQUE INDEX CONCURRENTLY i ON t (a)',
  'drop index concurrently if exists i',
  'REINDEX TABLE t',
  'VACUUM t',
  'CALL fill()',
  'DO $$ BEGIN UPDATE t SET a = 1; COMMIT; END $$',
  'ALTER TABLE t DETACH PARTITION p CONCURRENTLY',
])('%j runs alone', (statement) => expect(isJoinableStatement(statement)).toBe(false));

test.each(['CREATE INDEX i ON t (a)', "ALTER TYPE e ADD VALUE 'x'", 'DO $$ BEGIN NULL; END $$', 'UPDATE t SET a = 1'])(
  '%j commits with its note',
  (statement) => expect(isJoinableStatement(statement)).toBe(true),
);

test('a concurrent index is done when it is there, half when it is invalid, else not done', () => {
  const judge = (now: ObjectDigests, invalid = [LEFT_OVER].slice(1)) =>
    judgeStatement('CREATE INDEX CONCURRENTLY i ON t (a)', TABLE, now, invalid);
  expect(judge(INDEXED)).toEqual({ kind: 'done' });
  expect(judge(TABLE)).toEqual({ kind: 'not-done' });
  expect(judge(INDEXED, [LEFT_OVER])).toEqual({
    kind: 'half',
    clearing: ['DROP INDEX CONCURRENTLY IF EXISTS a.i'],
  });
});

test('an invalid index that was there before is not cleared away', () => {
  expect(judgeStatement('CREATE INDEX CONCURRENTLY k ON t (a)', INDEXED, INDEXED, [LEFT_OVER])).toEqual({
    kind: 'not-done',
  });
});

test('a concurrent drop is done when the index is gone, and done again when it is only invalid', () => {
  const judge = (now: ObjectDigests) => judgeStatement('DROP INDEX CONCURRENTLY i', INDEXED, now, []);
  expect(judge(TABLE)).toEqual({ kind: 'done' });
  expect(judge({ ...TABLE, 'index i': 'now invalid' })).toEqual({ kind: 'not-done' });
});

test('a procedure cannot be judged, and what is seen of it is told', () => {
  expect(judgeStatement('CALL fill()', TABLE, TABLE, [])).toMatchObject({ kind: 'unknown' });
  expect(judgeStatement('CALL fill()', TABLE, INDEXED, [])).toMatchObject({
    kind: 'unknown',
    known: expect.stringContaining('added index i'),
  });
});
