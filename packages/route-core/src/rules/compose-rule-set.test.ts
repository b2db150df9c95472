import { describe, expect, it } from 'vitest';
import type { RuleSetRecord } from '../routing-records.ts';
import { composeRuleSet, type RuleDraft, type RuleSetDraft } from './compose-rule-set.ts';

const split = (first: number, second: number, more: object = {}): RuleDraft => ({
  id: 'canary',
  name: 'Canary',
  target: {
    kind: 'split',
    unit: { by: 'user' },
    shares: [
      { version: 'v2', weight: first },
      { version: 'v1', weight: second },
    ],
    ...more,
  },
});
const compose = (rule: RuleDraft, live?: RuleSetRecord, draft: Partial<RuleSetDraft> = {}) =>
  composeRuleSet('pay', { rules: [rule], ...draft }, 7, live);
const shares = ({ rules: [rule] }: RuleSetRecord) => (rule?.target.kind === 'split' ? rule.target.split.shares : []);

describe('a rule set from what an operator wrote', () => {
  it('has what was left out filled in', () => {
    expect(compose(split(1_000, 9_000))).toEqual({
      number: 7,
      normalizePath: false,
      rules: [
        {
          id: 'canary',
          name: 'Canary',
          priority: 0,
          isEnabled: true,
          target: {
            kind: 'split',
            split: {
              unit: { by: 'user' },
              whenMissing: 'tenant',
              salt: 'pay:canary',
              shares: [
                { version: 'v2', weight: 1_000, ranges: [[0, 1_000]] },
                { version: 'v1', weight: 9_000, ranges: [[1_000, 10_000]] },
              ],
            },
          },
        },
      ],
    });
  });

  it('keeps what was said', () => {
    const rule: RuleDraft = {
      id: 'r',
      name: 'R',
      priority: -3,
      isEnabled: false,
      path: { type: 'prefix', value: '/a/' },
      methods: ['GET'],
      when: { op: 'exists', operand: { from: 'user' } },
      target: { kind: 'lane', tag: 'beta' },
      fallback: { mode: 'version', version: 'v1' },
      mirror: { version: 'v2', share: 100 },
    };
    const composed = compose(rule, undefined, { normalizePath: true });
    expect(composed).toEqual({ number: 7, normalizePath: true, rules: [rule] });
    const own = split(5_000, 5_000, { whenMissing: 'skip', salt: 'mine' });
    expect(compose(own).rules[0]?.target).toMatchObject({ split: { whenMissing: 'skip', salt: 'mine' } });
  });

  it('gives a rule that keeps its id the buckets it has, and another id new ones', () => {
    const live = compose(split(1_000, 9_000));
    expect(shares(compose(split(2_000, 8_000), live))[0]?.ranges).toEqual([[0, 2_000]]);
    const first = compose({ ...split(9_000, 1_000) }, live);
    expect(shares(first)[1]?.ranges.every(([from]) => from >= 1_000)).toBe(true);
    const other = compose({ ...split(9_000, 1_000), id: 'other' }, live);
    expect(shares(other)[1]?.ranges).toEqual([[9_000, 10_000]]);
  });

  it('gives no buckets for weights that do not add up, nor takes any from a target that was no split', () => {
    expect(shares(compose(split(1_000, 8_999))).map((share) => share.ranges)).toEqual([[], []]);
    const plain = compose({ id: 'canary', name: 'Canary', target: { kind: 'version', version: 'v1' } });
    expect(shares(compose(split(1_000, 9_000), plain))[0]?.ranges).toEqual([[0, 1_000]]);
  });

  it('has no field that was not given', () => {
    const [rule] = compose({ id: 'r', name: 'R', target: { kind: 'version', version: 'v1' } }).rules;
    expect(Object.keys(rule!)).toEqual(['id', 'name', 'priority', 'isEnabled', 'target']);
  });

  it('leaves to each version the buckets that it has, wherever they lie', () => {
    const live = compose(split(1_000, 9_000));
    const [rule] = live.rules;
    const target = {
      kind: 'split',
      split: {
        ...(rule!.target as { split: object }).split,
        shares: [
          { version: 'v2', weight: 1_000, ranges: [[9_000, 10_000]] },
          { version: 'v1', weight: 9_000, ranges: [[0, 9_000]] },
        ],
      },
    } as unknown as RuleSetRecord['rules'][number]['target'];
    const owned = { ...live, rules: [{ ...rule!, target }] };
    expect(shares(compose(split(1_000, 9_000), owned)).map(({ ranges }) => ranges)).toEqual([
      [[9_000, 10_000]],
      [[0, 9_000]],
    ]);
    const toLane = { ...live, rules: [{ ...rule!, target: { kind: 'lane', tag: 'x' } as const }] };
    expect(shares(compose(split(1_000, 9_000), toLane))).toEqual(shares(live));
  });
});
