import { expect, test } from 'vitest';
import { checkRule } from './check-rule.ts';
import { idFromName, toFields, toRule } from './rule-fields.ts';
import type { Rule } from './rule-types.ts';

const split: Rule = {
  id: 'checkout',
  name: 'Checkout',
  priority: 5,
  isEnabled: false,
  path: { type: 'prefix', value: '/checkout/' },
  methods: ['POST'],
  when: { op: 'exists', operand: { from: 'header', name: 'x-beta' } },
  target: {
    kind: 'split',
    unit: { by: 'cookie', name: 'sid' },
    whenMissing: 'skip',
    salt: 'shared',
    shares: [
      { version: '1.0.0', weight: 9_999 },
      { version: '2.0.0', weight: 1 },
    ],
  },
  fallback: { mode: 'version', version: '1.0.0' },
  mirror: { version: '2.0.0', share: 500 },
};
const plain: Rule = { id: 'a', name: 'A', priority: 0, isEnabled: true, target: { kind: 'lane', tag: 'blue' } };
const none = new Set<string>();
const faults = (rule: Rule, taken = none) => checkRule(toFields(rule), taken).map(({ field, fault }) => [field, fault]);

test('what a rule says comes through the form unchanged, and nothing is added', () => {
  for (const rule of [split, plain]) expect(toRule(toFields(rule))).toEqual(rule);
});

test('a good rule has no faults', () => {
  expect(faults(split)).toEqual([]);
  expect(faults(plain)).toEqual([]);
});

test('each fault of the contract stands at its field', () => {
  expect(faults({ ...plain, id: 'no spaces', name: '' })).toEqual([
    ['id', 'name'],
    ['name', 'required'],
  ]);
  expect(faults({ ...plain, path: { type: 'exact', value: '' } })).toEqual([['pathValue', 'path']]);
  expect(faults({ ...plain, target: { kind: 'version', version: '' } })).toEqual([['version', 'version']]);
  expect(faults({ ...plain, target: { kind: 'lane', tag: '' } })).toEqual([['tag', 'required']]);
  expect(faults({ ...plain, priority: 0.5 })).toEqual([['priority', 'number']]);
  expect(faults({ ...plain, name: 'x'.repeat(121) })).toEqual([['name', 'tooLong']]);
  expect(faults({ ...plain, fallback: { mode: 'version', version: '' } })).toContainEqual([
    'fallbackVersion',
    'version',
  ]);
});

test('shares must be there, add up, and name each version once', () => {
  const withShares = (...shares: [string, number][]): Rule => ({
    ...plain,
    target: {
      kind: 'split',
      unit: { by: 'user' },
      whenMissing: 'tenant',
      shares: shares.map(([version, weight]) => ({ version, weight })),
    },
  });
  expect(faults(withShares())).toEqual([['shares', 'noShares']]);
  expect(faults(withShares(['1.0.0', 9_999]))).toEqual([['shares', 'sum']]);
  expect(faults(withShares(['1.0.0', 5_000], ['1.0.0', 5_000]))).toEqual([['shares', 'twice']]);
});

test('the id of another rule is refused', () => {
  expect(faults(plain, new Set(['a']))).toEqual([['id', 'taken']]);
});

test('a condition that the engine refuses, or CEL that cannot be read, is a fault of the condition', () => {
  const broken: Rule = { ...plain, when: { op: 'matches', operand: { from: 'path' }, pattern: '(' } };
  expect(faults(broken)).toEqual([['when', 'condition']]);
  const fields = { ...toFields(plain), celFault: 'found [ but expecting end' };
  expect(checkRule(fields, none)).toEqual([{ field: 'when', fault: 'condition', detail: fields.celFault }]);
});

test('an id is made of the name, and never one that is taken', () => {
  expect(idFromName('QA team: sees 2.1!', none)).toBe('qa-team-sees-2-1');
  expect(idFromName('Café', none)).toBe('cafe');
  expect(idFromName('A', new Set(['a', 'a-2']))).toBe('a-3');
  expect(idFromName('测试', none)).toBe('rule-1');
});
