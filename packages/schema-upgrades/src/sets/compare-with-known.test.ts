import { expect, test } from 'vitest';
import type { MigrationSet } from '../migration.ts';
import { compareWithKnown } from './compare-with-known.ts';
import { readMigrationSet, type SetHeader } from './read-migration-set.ts';

function setOf(texts: Record<string, string>, more: Partial<SetHeader> = {}): MigrationSet {
  const files = Object.entries(texts).map(([path, text]) => ({ path, text }));
  const header: SetHeader = { serviceId: 'pay', version: '2.1.0', schemaVersion: 2, engine: 'postgres', ...more };
  return readMigrationSet(files, header).set!;
}

const known = setOf({ '1_a.up.sql': 'select 1', '2_b.up.sql': 'select 2' });
const codes = (set: MigrationSet) => compareWithKnown(set, [known]).map((one) => `${one.code} ${one.file}`);

test('the same set again, with other line endings, is nothing new', () => {
  expect(codes(setOf({ '1_a.up.sql': '\uFEFFselect 1', '2_b.up.sql': 'select 2' }))).toEqual([]);
});

test('a version may bring more, but not change what it brought', () => {
  const more = setOf({ '1_a.up.sql': 'select 1', '2_b.up.sql': 'select 22', '3_c.up.sql': 'select 3' });
  expect(codes(more)).toEqual(['MIGRATION_CHANGED 2_b.up.sql']);
});

test('another version goes on counting', () => {
  expect(codes(setOf({ '3_a.up.sql': 'select 1' }, { version: '2.2.0' }))).toEqual([]);
  expect(codes(setOf({ '1_a.up.sql': 'select 1' }, { version: '2.2.0' }))).toEqual(['NAME_REUSED 1_a.up.sql']);
});

test('services and engines have names of their own', () => {
  expect(codes(setOf({ '1_a.up.sql': 'select 9' }, { serviceId: 'users' }))).toEqual([]);
  expect(codes(setOf({ '1_a.up.sql': 'select 9' }, { engine: 'mysql' }))).toEqual([]);
});
