import type { RuleSetInput } from '@grey/contracts';
import type { ServiceRecord } from '@grey/route-core';
import { afterAll, expect, test } from 'vitest';
import { isSmall, judgeRules } from './judge-rules.ts';
import { RuleJudge } from './rule-judge.ts';

const judge = new RuleJudge();
afterAll(() => judge.onApplicationShutdown());

const service: ServiceRecord = {
  id: 'pay',
  unknownTenant: 'reject',
  balancer: 'random',
  fallback: 'fail',
  defaults: [],
  versions: [{ version: 'v1', ordinal: 1, status: 'active' }],
};
const context = { service, lanes: [], instanceCounts: { v1: 1 } };
const setOf = (count: number): RuleSetInput => ({
  normalizePath: false,
  rules: Array.from({ length: count }, (_, index) => ({
    id: `rule-${index}`,
    name: 'Rule',
    priority: 0,
    isEnabled: true,
    when: { op: 'equals' as const, operand: { from: 'header' as const, name: 'x' }, value: `${index}` },
    target: { kind: 'version' as const, version: index === 0 ? 'v9' : 'v1' },
  })),
});

test.each([10, 200])('a set of %d rules is judged alike, here or on a thread', async (count) => {
  const source = { input: setOf(count), number: 3 };
  expect(isSmall(source)).toBe(count === 10);
  const judged = await judge.judge(source, context);
  expect(judged).toEqual(judgeRules(source, context));
  expect(judged.findings).toContainEqual(expect.objectContaining({ code: 'VERSION_UNKNOWN', ruleId: 'rule-0' }));
});

test('many at once are answered each with its own', async () => {
  const sets = [120, 130, 140].map((count) => ({ input: setOf(count), number: count }));
  const judged = await Promise.all(sets.map((source) => judge.judge(source, context)));
  expect(judged.map(({ record }) => [record.number, record.rules.length])).toEqual([
    [120, 120],
    [130, 130],
    [140, 140],
  ]);
});

test('a large condition counts as a large set, and so does a long expression', () => {
  const one = (when: NonNullable<RuleSetInput['rules'][number]['when']>) => {
    const [rule] = setOf(1).rules;
    return { input: { normalizePath: false, rules: Array.from({ length: 2 }, () => ({ ...rule!, when })) }, number: 1 };
  };
  const leaf = { op: 'random' as const, below: 0.5 };
  expect(isSmall(one({ op: 'any', of: Array.from({ length: 100 }, () => leaf) }))).toBe(true);
  expect(isSmall(one({ op: 'any', of: Array.from({ length: 199 }, () => leaf) }))).toBe(false);
  expect(isSmall(one({ op: 'cel', expression: 'a'.repeat(4_000) }))).toBe(false);
});
