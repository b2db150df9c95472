import { expect, test } from 'vitest';
import type { ChangeItem } from '../../api/generated/model/index.ts';
import { mayBeTakenBack, momentBefore, pathOfItem, revertedOf, revisionIn } from './change-links.ts';

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
  for (const kind of [
    'change.reverted',
    'tenant.restored',
    'assignments.applied',
    'rules.published',
    'upgrade.switched',
  ] as const)
    expect(mayBeTakenBack({ kind }), kind).toBe(true);
  for (const kind of [
    'hold.created',
    'user.deleted',
    'channel.created',
    'audit.erased',
    'upgrade.expanded',
    'backup.restored',
  ] as const)
    expect(mayBeTakenBack({ kind }), kind).toBe(false);
});

test('things about databases lead to where they are looked at', () => {
  const item = (entity: ChangeItem['entity'], key: string) => ({ entity, tenantId: 't 1', serviceId: 's', key });
  expect(pathOfItem(item('data_source', 'an-id'))).toBe('/tenants/t%201/schemas/s');
  expect(pathOfItem(item('migration_set', 's/2.0/mysql'))).toBe('/services/s/versions/2.0/migrations?engine=mysql');
  expect(pathOfItem(item('upgrade', 'an-id'))).toBe('/upgrades/an-id');
  expect(pathOfItem(item('lane', 'blue'))).toBeUndefined();
});
