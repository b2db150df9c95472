import { expect, test } from 'vitest';
import { judgeWish, type State, type Wish } from './restorer.ts';
import { wishesOf } from './wishes.ts';

const wish = (wanted: State, expected: State): Wish => ({
  entity: 'lane',
  part: '',
  tenantId: null,
  serviceId: null,
  key: 'summer',
  wanted,
  expected,
});

test.each([
  ['as the change left it', { a: 2 }, { kind: 'write', to: { a: 1 } }],
  ['as it was before the change already', { a: 1 }, { kind: 'noop' }],
  ['something else since', { a: 3 }, { kind: 'conflict' }],
  ['gone since', null, { kind: 'conflict' }],
])('a thing that is %s', (_, now, verdict) => {
  expect(judgeWish(wish({ a: 1 }, { a: 2 }), now, false)).toEqual(verdict);
});

test('what others did to other fields stays', () => {
  const since = { a: 2, b: 9 };
  expect(judgeWish(wish({ a: 1, b: 1 }, { a: 2, b: 1 }), since, false)).toEqual({ kind: 'write', to: { a: 1, b: 9 } });
});

test.each([
  ['made by the change goes', null, { a: 1 }, { a: 1 }, { kind: 'write', to: null }],
  ['made by the change and altered since stays', null, { a: 1 }, { a: 2 }, { kind: 'conflict' }],
  ['deleted by the change comes back', { a: 1 }, null, null, { kind: 'write', to: { a: 1 } }],
  ['deleted by the change and made anew since stays', { a: 1 }, null, { a: 5 }, { kind: 'conflict' }],
])('what was %s', (_, wanted, expected, now, verdict) => {
  expect(judgeWish(wish(wanted, expected), now, false)).toEqual(verdict);
});

test('with overwriting, later changes are written over', () => {
  expect(judgeWish(wish({ a: 1 }, { a: 2 }), { a: 3 }, true)).toEqual({ kind: 'write', to: { a: 1 } });
  expect(judgeWish(wish({ a: 1 }, null), { a: 5 }, true)).toEqual({ kind: 'write', to: { a: 1 } });
});

test('a change is turned round: first states are wanted, last ones expected, and rules go as a set', () => {
  const item = { index: 0, tenantId: null, serviceId: 'pay', key: 'pay' } as const;
  const wishes = wishesOf([
    { ...item, entity: 'change', before: null, after: { reverted: 'e-1' } },
    { ...item, entity: 'service', before: { liveRuleSet: 1 }, after: { liveRuleSet: 2 } },
    { ...item, entity: 'rule', key: 'pay/beta', before: null, after: { id: 'beta' } },
    { ...item, entity: 'service', before: { balancer: 'random' }, after: { balancer: 'round_robin' } },
    { ...item, entity: 'service', before: { balancer: 'round_robin' }, after: { balancer: 'peak_ewma' } },
  ]);
  expect(wishes).toHaveLength(2);
  expect(wishes.find(({ part }) => part === '')).toMatchObject({
    wanted: { balancer: 'random' },
    expected: { balancer: 'peak_ewma' },
  });
});
