import { expect, test } from 'vitest';
import type { Rule } from './rule-types.ts';
import { searchRules } from './search-rules.ts';

const rules: Rule[] = [
  {
    id: 'beta',
    name: 'Beta users',
    priority: 0,
    isEnabled: true,
    when: { op: 'equals', operand: { from: 'header', name: 'x-beta' }, value: '1' },
    target: { kind: 'version', version: '2.1.0' },
  },
  {
    id: 'checkout',
    name: 'Checkout',
    priority: 0,
    isEnabled: true,
    path: { type: 'prefix', value: '/api/checkout/' },
    target: { kind: 'lane', tag: 'blue' },
  },
];
const found = (search: string) => searchRules(rules, search).map(({ id }) => id);

test('all words must be found, anywhere in the rule and in any case', () => {
  expect(found('')).toEqual(['beta', 'checkout']);
  expect(found('X-Beta 2.1')).toEqual(['beta']);
  expect(found('/api BLUE')).toEqual(['checkout']);
  expect(found('beta blue')).toEqual([]);
});
