import { expect, test } from 'vitest';
import type { CellMove, Refusal } from '../../api/generated/model/index.ts';
import { findConflicts, noteMove } from './pending-moves.ts';
import { conflictsOf, resolveConflicts } from './resolve-conflicts.ts';

const cells: CellMove[] = ['a', 'b', 'c'].map((tenantId) => ({
  tenantId,
  serviceId: 'pay',
  currentVersion: '1.0',
  targetVersion: '2.0',
}));
const conflict = (tenantId: string, theirs: string | null): Refusal => ({
  tenantId,
  serviceId: 'pay',
  code: 'PRECONDITION_FAILED',
  message: 'moved',
  yours: '1.0',
  theirs,
});

test('yours keeps the target and starts from what is there now', () => {
  expect(resolveConflicts(cells, [conflict('a', '3.0')], () => 'yours')[0]).toEqual({
    ...cells[0],
    currentVersion: '3.0',
  });
});

test('yours against an assignment that was dropped starts from none', () => {
  expect(resolveConflicts(cells, [conflict('a', null)], () => 'yours')[0]?.currentVersion).toBeNull();
});

test('theirs drops the cell, others stay as they were', () => {
  const choices = new Map([['a', 'theirs' as const]]);
  const next = resolveConflicts(cells, [conflict('a', '3.0'), conflict('b', '3.0')], (one) =>
    choices.get(one.tenantId),
  );
  expect(next).toEqual([cells[1], cells[2]]);
});

test('only a stale precondition is a conflict', () => {
  const refused: Refusal = { ...conflict('a', null), code: 'VERSION_RETIRED' };
  expect(conflictsOf([refused, conflict('b', '3.0')]).map((one) => one.tenantId)).toEqual(['b']);
});

const noted = { tenantId: 'a', serviceId: 'pay', currentVersion: '1.0', targetVersion: '2.0' };

test('noting a second target for a cell replaces the first, noting what is there takes it away', () => {
  const once = noteMove([], noted, false);
  expect(noteMove(once, { ...noted, targetVersion: '3.0' }, false)).toEqual([{ ...noted, targetVersion: '3.0' }]);
  expect(noteMove(once, { ...noted, targetVersion: '1.0' }, false)).toEqual([]);
});

test('a pin alone is worth noting', () => {
  expect(noteMove([], { ...noted, targetVersion: '1.0', pinned: true }, false)).toHaveLength(1);
  expect(noteMove([], { ...noted, targetVersion: '1.0', pinned: false }, false)).toEqual([]);
});

test('a pending move conflicts when its cell holds neither what was seen nor the target', () => {
  expect(findConflicts([noted], new Map([['pay', '1.0']]))).toEqual([]);
  expect(findConflicts([noted], new Map([['pay', '2.0']]))).toEqual([]);
  expect(findConflicts([noted], new Map([['pay', null]]))).toEqual([{ move: noted, theirs: null }]);
});
