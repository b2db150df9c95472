import { expect, test } from 'vitest';
import { appendRules, duplicateRule, moveRule, withoutRule, withRule } from './edit-rule-set.ts';
import type { Rule, RuleSet } from './rule-types.ts';

const rule = (id: string, extra: Partial<Rule> = {}): Rule => ({
  id,
  name: id.toUpperCase(),
  priority: 0,
  isEnabled: true,
  target: { kind: 'version', version: '1.0.0' },
  ...extra,
});
const set = (...ids: string[]): RuleSet => ({ normalizePath: true, rules: ids.map((id) => rule(id)) });
const ids = ({ rules }: RuleSet) => rules.map(({ id }) => id);

test('an edited rule keeps its place, a new one comes last, a removed one is gone', () => {
  const edited = withRule(set('a', 'b'), rule('a', { priority: 7 }));
  expect(edited.rules.map(({ id, priority }) => [id, priority])).toEqual([
    ['a', 7],
    ['b', 0],
  ]);
  expect(ids(withRule(set('a'), rule('b')))).toEqual(['a', 'b']);
  expect(ids(withoutRule(set('a', 'b'), 'a'))).toEqual(['b']);
});

test('a dragged rule takes the place of the one it is dropped on', () => {
  expect(ids(moveRule(set('a', 'b', 'c'), 'a', 'c'))).toEqual(['b', 'c', 'a']);
  expect(ids(moveRule(set('a', 'b', 'c'), 'c', 'a'))).toEqual(['c', 'a', 'b']);
  expect(ids(moveRule(set('a', 'b'), 'a', 'gone'))).toEqual(['a', 'b']);
});

test('a copy stands behind its original, has an id of its own and is off', () => {
  const copied = duplicateRule(
    duplicateRule(set('a', 'b'), 'a', (name) => `${name}*`),
    'a',
    (name) => `${name}*`,
  );
  expect(ids(copied)).toEqual(['a', 'a-3', 'a-2', 'b']);
  expect(copied.rules[1]).toMatchObject({ name: 'A*', isEnabled: false });
});

test('added rules come last, under other ids where theirs are taken', () => {
  const all = appendRules(set('a', 'b'), set('b', 'c'));
  expect(ids(all)).toEqual(['a', 'b', 'b-2', 'c']);
  expect(all.normalizePath).toBe(true);
});
