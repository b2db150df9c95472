import { expect, test } from 'vitest';
import type { ChangeItem } from '../../api/generated/model/index.ts';
import { mayBeTakenBack, momentBefore, revertedOf, revisionIn } from './change-links.ts';

test('a change that takes another back names it, any other names none', () => {
  const items = [{ entity: 'change', key: 'e1-7' }] as ChangeItem[];
  expect(revertedOf({ kind: 'change.reverted', items })).toBe('e1-7');
  expect(revertedOf({ kind: 'tenant.updated', items: [] })).toBeUndefined();
});

test('the moment before a change is the revision before it, also before the first', () => {
  expect(momentBefore({ epoch: 'e1', revision: 7 })).toBe('e1-6');
  expect(momentBefore({ epoch: 'e1', revision: 1 })).toBe('e1-0');
  expect(revisionIn('e1-42')).toBe('42');
});

test('a revert can be taken back, what a revert cannot undo is not offered', () => {
  for (const kind of ['change.reverted', 'tenant.restored', 'assignments.applied', 'rules.published'] as const)
    expect(mayBeTakenBack({ kind }), kind).toBe(true);
  for (const kind of ['hold.created', 'user.deleted', 'channel.created', 'audit.erased'] as const)
    expect(mayBeTakenBack({ kind }), kind).toBe(false);
});
