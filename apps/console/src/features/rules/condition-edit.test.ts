import { expect, test } from 'vitest';
import { asGroup, type Comparison, fromGroup, holdsCel, withOp, withSubject } from './condition-edit.ts';
import type { Condition } from './rule-types.ts';

const beta: Comparison = { op: 'equals', operand: { from: 'header', name: 'x-beta' }, value: '1' };

test('a row keeps name and value when it is about another named value', () => {
  expect(withSubject(beta, 'cookie', 's')).toEqual({
    op: 'equals',
    operand: { from: 'cookie', name: 'x-beta' },
    value: '1',
  });
  expect(withSubject(beta, 'path', 's')).toEqual({ op: 'equals', operand: { from: 'path' }, value: '1' });
});

test('a percentage begins with the salt it is given', () => {
  expect(withSubject(beta, 'percentage', 'shop:beta')).toMatchObject({
    op: 'percentage',
    portion: { salt: 'shop:beta' },
  });
});

test('a value is kept from one comparison to the next where both hold one', () => {
  const list = withOp(beta, 'in');
  expect(list).toMatchObject({ op: 'in', values: ['1'] });
  expect(withOp(list, 'matches')).toMatchObject({ op: 'matches', pattern: '1' });
  expect(withOp(list, 'greater')).toMatchObject({ op: 'greater', value: 1 });
  expect(withOp(withOp(beta, 'exists'), 'cidr')).toMatchObject({ op: 'cidr', networks: [] });
});

test('the root is shown as a group and written without one where it holds a single row', () => {
  expect(fromGroup(asGroup(beta))).toEqual(beta);
  expect(fromGroup(asGroup(null))).toBeNull();
  const either: Condition = { op: 'any', of: [beta, beta] };
  expect(fromGroup(asGroup(either))).toEqual(either);
});

test('an expression is found however deep it stands', () => {
  expect(holdsCel({ op: 'all', of: [beta, { op: 'not', of: { op: 'cel', expression: 'true' } }] })).toBe(true);
  expect(holdsCel(beta)).toBe(false);
});
