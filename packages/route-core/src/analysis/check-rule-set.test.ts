import { describe, expect, it } from 'vitest';
import { checkRuleSet } from './check-rule-set.ts';

const leaf = { op: 'exists', operand: { from: 'user' } };
const rule = (when: unknown) => ({ id: 'a', when });

describe('the bounds of a rule set', () => {
  it('are 500 rules', () => {
    const rules = Array.from({ length: 501 }, () => rule(undefined));
    expect(checkRuleSet({ rules: rules.slice(1) })).toEqual([]);
    expect(checkRuleSet({ rules })).toMatchObject([{ path: 'rules', message: expect.stringContaining('501') }]);
  });

  it('are 10 000 parts of conditions in all rules together', () => {
    const of = Array.from({ length: 4999 }, () => leaf);
    const half = { op: 'all', of };
    expect(checkRuleSet({ rules: [rule(half), rule(half)] })).toEqual([]);
    expect(checkRuleSet({ rules: [rule(half), rule(half), rule(undefined), rule(leaf)] })).toMatchObject([
      { path: 'rules[3].when' },
    ]);
    expect(checkRuleSet({ rules: [rule({ op: 'all', of: [...of, ...of, leaf, leaf, leaf] })] })).toMatchObject([
      { path: 'rules[0].when' },
    ]);
  });

  it('hold however deep a condition is', () => {
    let deep: unknown = leaf;
    for (let i = 0; i < 1_000_000; i++) deep = { op: 'not', of: deep };
    expect(checkRuleSet({ rules: [rule(deep)] })).toMatchObject([{ path: 'rules[0].when' }]);
  });

  it.each([null, undefined, 7, 'rules', [], {}, { rules: null }, { rules: { length: 3 } }])(
    'say that %j has no rules',
    (input) => {
      expect(checkRuleSet(input)).toEqual([{ path: 'rules', message: 'is no list' }]);
    },
  );

  it.each([null, 7, 'x', { when: null }, { when: 'x' }, { when: { of: 5 } }, { when: { of: [null, 3] } }])(
    'leave it to others that %j is no rule',
    (input) => {
      expect(checkRuleSet({ rules: [input] })).toEqual([]);
    },
  );
});
