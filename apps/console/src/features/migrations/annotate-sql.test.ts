import { expect, test } from 'vitest';
import type { Migration, MigrationFinding, MigrationStatement } from '../../api/generated/model/index.ts';
import { annotateSql, findingsElsewhere, findingsOf, worstFirst } from './annotate-sql.ts';

const statement = (line: number) => ({ line, statement: 'SELECT 1' }) as MigrationStatement;
const finding = (part: Partial<MigrationFinding>) =>
  ({ migration: '0001_a', side: 'up', line: 1, ruling: 'warn', ...part }) as MigrationFinding;

test('what is said of a line stands at it, and nothing that is said is lost', () => {
  const lines = annotateSql(
    '-- grey: phase expand\nALTER TABLE a\n  ADD b int;\n',
    [statement(2)],
    [finding({ line: 2 }), finding({ line: null }), finding({ line: 99 })],
  );
  expect(
    lines.map(({ number, isComment, statements, findings }) => [number, isComment, statements.length, findings.length]),
  ).toEqual([
    [1, true, 0, 2],
    [2, false, 1, 1],
    [3, false, 0, 0],
  ]);
});

test('findings are told at the side they are about, or apart when there is no such migration', () => {
  const migration = { name: '0001_a' } as Migration;
  const all = [
    finding({ side: 'down' }),
    finding({ side: null, ruling: 'allow' }),
    finding({ migration: null, ruling: 'refuse' }),
    finding({ migration: '0009_gone' }),
  ];
  expect(findingsOf(all, migration, 'up')).toEqual([all[1]]);
  expect(findingsOf(all, migration, 'down')).toEqual([all[0]]);
  expect(findingsElsewhere(all, [migration])).toEqual([all[2], all[3]]);
  expect(worstFirst(all).map(({ ruling }) => ruling)).toEqual(['refuse', 'warn', 'warn', 'allow']);
});
