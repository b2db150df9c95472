import { expect, test } from 'vitest';
import { describeDifference, differingFields } from './describe-difference.ts';

const cell = { entity: 'assignment', tenantId: 'acme', serviceId: 'pay', key: 'acme/pay' } as const;
const on = (version: string, isPinned = false) => ({ version, isPinned });

test.each([
  [on('1.0.0'), on('2.0.0'), 'acme on pay: 1.0.0 → 2.0.0'],
  [null, on('2.0.0', true), 'acme on pay: the default → 2.0.0 (pinned)'],
  [on('1.0.0', true), on('1.0.0'), 'acme on pay: 1.0.0 (pinned) → 1.0.0'],
  [on('1.0.0'), null, 'acme on pay: 1.0.0 → the default'],
])('a move from %j to %j is said as who goes from what to what', (from, to, text) => {
  expect(describeDifference(cell, from, to)).toBe(text);
});

test('of anything else it is said which fields became what, shortly', () => {
  const lane = { entity: 'lane', tenantId: null, serviceId: null, key: 'summer' } as const;
  const from = { name: 'Summer', mode: 'strict', versions: [] };
  const to = { versions: [], mode: 'permissive', name: 'S'.repeat(80) };
  expect(differingFields(from, to).map((field) => field.name)).toEqual(['mode', 'name']);
  expect(describeDifference(lane, from, to)).toBe(
    `lane summer: mode strict → permissive, name Summer → ${'S'.repeat(39)}…`,
  );
  expect(describeDifference(lane, null, to)).toBe('lane summer is added');
  expect(describeDifference(lane, from, null)).toBe('lane summer is removed');
});

test('a field that is there on one side only differs from nothing', () => {
  expect(differingFields({ a: 1 }, { a: 1, b: null, c: false })).toEqual([{ name: 'c', from: null, to: false }]);
});

test('a freeze goes by its title, and what was overridden by the words of who objected', () => {
  const freeze = { entity: 'freeze', tenantId: null, serviceId: null, key: '6f0c' } as const;
  const from = { title: 'Sales', endsAt: '2026-11-30T00:00:00.000Z' };
  expect(describeDifference(freeze, from, { ...from, endsAt: null })).toBe(
    'freeze “Sales”: endsAt 2026-11-30T00:00:00.000Z → null',
  );
  expect(describeDifference(freeze, from, null)).toBe('freeze “Sales” is removed');
  const after = { objectionCount: 2, objections: [{ serviceId: 'pay', detail: 'Frozen by “Sales”.', count: 2 }] };
  expect(describeDifference({ ...freeze, entity: 'override', key: 'FROZEN' }, null, after)).toBe(
    'FROZEN is overridden: Frozen by “Sales”.',
  );
});
