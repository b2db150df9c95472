import type { Condition, RuleRecord } from '@grey/route-core';
import { expect, test } from 'vitest';
import { findUnseen } from './find-unseen.ts';
import { KeptNames } from './kept-names.ts';

const kept = new KeptNames('x-beta,claim:plan');
const unseenIn = (when: Condition, target: RuleRecord['target'] = { kind: 'version', version: 'v1' }) =>
  findUnseen(
    { number: 1, normalizePath: false, rules: [{ id: 'r', name: 'r', priority: 0, isEnabled: true, when, target }] },
    kept,
  );

test('names what no sample keeps, wherever in the rules it is asked for', () => {
  const when: Condition = {
    op: 'all',
    of: [
      { op: 'exists', operand: { from: 'header', name: 'X-Beta' } },
      { op: 'not', of: { op: 'exists', operand: { from: 'cookie', name: 'ab' } } },
      { op: 'exists', operand: { from: 'claim', name: 'plan.name' } },
      { op: 'percentage', portion: { unit: { by: 'token' }, share: 100, salt: 's' } },
      { op: 'exists', operand: { from: 'user' } },
    ],
  };
  const split = {
    unit: { by: 'header', name: 'x-cart' },
    whenMissing: 'skip',
    salt: 's',
    shares: [],
  } as const;
  expect(unseenIn(when, { kind: 'split', split })).toEqual(['cookie ab', 'header x-cart', 'token']);
});

test('reads names out of CEL', () => {
  const expression = `header.get('x-beta') == 'a' && headers["x-other"] == 'b' && claims.plan == 'gold' && claims.mail != ''
    && cookie['sid'] == 'token' && query.get("q").size() > 0`;
  expect(unseenIn({ op: 'cel', expression })).toEqual(['claim mail', 'cookie sid', 'header x-other', 'query q']);
  expect(unseenIn({ op: 'cel', expression: `token.startsWith('a')` })).toEqual(['token']);
});
