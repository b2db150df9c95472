import { expect, test } from 'vitest';
import { inEvaluationOrder } from './evaluation-order.ts';
import type { Rule } from './rule-types.ts';

const rule = (id: string, extra: Partial<Rule> = {}): Rule => ({
  id,
  name: id,
  priority: 0,
  isEnabled: true,
  target: { kind: 'version', version: '1.0.0' },
  ...extra,
});
const order = (...rules: Rule[]) => inEvaluationOrder(rules).map(({ id }) => id);

test('the kind of path comes before the priority, the longest prefix first', () => {
  expect(
    order(
      rule('none', { priority: 99 }),
      rule('regex', { priority: 50, path: { type: 'regex', value: '/a.*' } }),
      rule('short', { priority: 9, path: { type: 'prefix', value: '/a/' } }),
      rule('long', { path: { type: 'prefix', value: '/a/b/' } }),
      rule('exact', { path: { type: 'exact', value: '/a' } }),
    ),
  ).toEqual(['exact', 'long', 'short', 'regex', 'none']);
});

test('then the higher priority wins, then more comparisons, then the place', () => {
  const header = { op: 'exists', operand: { from: 'header', name: 'x' } } as const;
  expect(
    order(
      rule('plain'),
      rule('also plain'),
      rule('one', { when: header }),
      rule('two', { when: header, methods: ['GET'] }),
      rule('first', { priority: 1 }),
    ),
  ).toEqual(['first', 'two', 'one', 'plain', 'also plain']);
});
