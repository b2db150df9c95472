import { expect, test } from 'vitest';
import { appliedByNow } from './applied-by-now.ts';

const sets = [
  {
    schemaVersion: 2,
    migrations: [
      { name: '0001_add', phase: 'expand', down: 'x' },
      { name: '0002_drop', phase: 'contract', down: null },
    ],
  },
];
const expanded = [{ name: '0001_add', state: 'applied' }];

test('a contract that ended after the last look counts as done, so that nobody is promised the way back', () => {
  expect([...appliedByNow(expanded, sets, { schemaVersion: 2, expandedTo: 2 })]).toEqual(['0001_add', '0002_drop']);
});

test('until it has contracted only the expansion is there', () => {
  expect([...appliedByNow(expanded, sets, { schemaVersion: 1, expandedTo: 2 })]).toEqual(['0001_add']);
  expect([...appliedByNow(expanded, sets, null)]).toEqual(['0001_add']);
});

test('what was taken back is not there, and a set that the ledger does not know is not made up', () => {
  expect([
    ...appliedByNow([{ name: '0001_add', state: 'reverted' }], sets, { schemaVersion: 2, expandedTo: 2 }),
  ]).toEqual([]);
  expect([...appliedByNow([], sets, { schemaVersion: 2, expandedTo: 2 })]).toEqual([]);
});
