import { expect, test } from 'vitest';
import { readRulesView } from './rules-view.ts';

test('an address leads to a view or to a rule, and to the rules when it names neither', () => {
  expect(readRulesView({ view: 'diff' })).toEqual({ view: 'diff' });
  expect(readRulesView({ rule: 'beta' })).toEqual({ rule: 'beta' });
  expect(readRulesView({ rule: 42 })).toEqual({ rule: '42' });
  expect(readRulesView({ view: 'rules' })).toEqual({});
  expect(readRulesView({ view: 'nonsense', rule: ['a'] })).toEqual({});
});
