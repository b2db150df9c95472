import { expect, test } from 'vitest';
import { diffRuleSets } from './diff-rule-sets.ts';
import type { Rule } from './rule-types.ts';

const rule = (id: string, extra: Partial<Rule> = {}): Rule => ({
  id,
  name: id,
  priority: 0,
  isEnabled: true,
  target: { kind: 'version', version: '1.0.0' },
  ...extra,
});
const set = (...rules: Rule[]) => ({ normalizePath: false, rules });

test('the same rules differ in nothing, whatever the order of their keys', () => {
  const { id, ...rest } = rule('a', { path: { type: 'exact', value: '/' } });
  expect(diffRuleSets(set(rule('a', { path: { value: '/', type: 'exact' } })), set({ ...rest, id })).count).toBe(0);
});

test('added, removed and changed rules are told apart, with the fields that changed', () => {
  const diff = diffRuleSets(set(rule('a'), rule('b')), set(rule('b', { priority: 5, methods: ['GET'] }), rule('c')));
  expect(diff.added.map(({ id }) => id)).toEqual(['c']);
  expect(diff.removed.map(({ id }) => id)).toEqual(['a']);
  expect(diff.changed).toMatchObject([{ fields: ['priority', 'methods'], isMoved: false }]);
  expect(diff.count).toBe(3);
});

test('of a rule dragged to the other end, only that rule has moved', () => {
  const diff = diffRuleSets(
    set(rule('a'), rule('b'), rule('c'), rule('d')),
    set(rule('d'), rule('a'), rule('b'), rule('c')),
  );
  expect(diff.changed.map(({ after, fields, isMoved }) => [after.id, fields, isMoved])).toEqual([['d', [], true]]);
});

test('two rules that swapped count as one move', () => {
  const diff = diffRuleSets(set(rule('a'), rule('b'), rule('c')), set(rule('a'), rule('c'), rule('b')));
  expect(diff.changed).toHaveLength(1);
});

test('another way to read paths is a difference', () => {
  const diff = diffRuleSets(set(), { normalizePath: true, rules: [] });
  expect(diff.normalizePath).toEqual({ before: false, after: true });
  expect(diff.count).toBe(1);
});
