import { expect, test } from 'vitest';
import { filterGroups, type PaletteItem, stepFrom } from './palette-items.ts';

const item = (id: string, further: Partial<PaletteItem> = {}): PaletteItem => ({
  id,
  label: id,
  run: () => undefined,
  ...further,
});
const groups = [
  { id: 'a', label: 'A', items: [item('Emergency rollback', { words: 'undo 回滚' }), item('Tenants')] },
  { id: 'b', label: 'B', items: [item('payment-service', { note: 'Payments' })] },
];
const found = (typed: string) => filterGroups(groups, typed).flatMap(({ items }) => items.map(({ id }) => id));

test('with nothing typed everything is there, in its order', () => {
  expect(found(' ')).toEqual(['Emergency rollback', 'Tenants', 'payment-service']);
});

test('every word that is typed is found, wherever in the line and in any language', () => {
  expect(found('ROLL emer')).toEqual(['Emergency rollback']);
  expect(found('回滚')).toEqual(['Emergency rollback']);
  expect(found('payments')).toEqual(['payment-service']);
  expect(filterGroups(groups, 'payments').map(({ id }) => id)).toEqual(['b']);
  expect(found('roll payments')).toEqual([]);
});

test('the arrows go round', () => {
  expect([stepFrom(0, 1, 3), stepFrom(2, 1, 3), stepFrom(0, -1, 3), stepFrom(0, 1, 0)]).toEqual([1, 0, 2, 0]);
});
