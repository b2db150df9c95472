import type { SnapshotSource } from '@grey/route-core';
import { expect, test } from 'vitest';
import { countFindings, findingsByRule } from './finding-words.ts';
import { judgeRules } from './judge-rules.ts';
import type { Rule } from './rule-types.ts';

const source: SnapshotSource = {
  position: { epoch: 'e', revision: 1 },
  tenants: [],
  services: [
    {
      id: 'shop',
      versions: ['1.0.0', '2.0.0'].map((version, index) => ({
        version,
        ordinal: index + 1,
        status: 'active' as const,
      })),
      defaults: [],
      unknownTenant: 'reject',
      balancer: 'round_robin',
      fallback: 'fail',
    },
  ],
  assignments: [],
  schemas: [],
  holds: [],
  lanes: [],
  instances: [
    {
      instanceId: 'one',
      serviceId: 'shop',
      version: '1.0.0',
      address: '10.0.0.1:80',
      weight: 100,
      health: 'healthy',
      isEnabled: true,
    },
  ],
};
const rule = (id: string, extra: Partial<Rule> = {}): Rule => ({
  id,
  name: id,
  priority: 0,
  isEnabled: true,
  target: { kind: 'version', version: '1.0.0' },
  ...extra,
});
const judge = (...rules: Rule[]) => judgeRules(source, 'shop', { normalizePath: false, rules }) ?? [];

test('a rule behind one that takes everything is found, and both are named', () => {
  const findings = judge(rule('all', { priority: 9 }), rule('late', { target: { kind: 'version', version: '1.0.0' } }));
  expect(findings).toContainEqual(
    expect.objectContaining({ code: 'RULE_SHADOWED', ruleId: 'late', otherRuleId: 'all' }),
  );
  expect([...findingsByRule(findings).keys()].sort()).toEqual(['all', 'late']);
});

test('versions that are unknown, or have no instance, are told apart by severity', () => {
  const findings = judge(
    rule('gone', { target: { kind: 'version', version: '9.9.9' }, path: { type: 'exact', value: '/a' } }),
    rule('idle', { target: { kind: 'version', version: '2.0.0' }, path: { type: 'exact', value: '/b' } }),
  );
  expect(findings.map(({ code, ruleId }) => [code, ruleId])).toEqual([
    ['VERSION_UNKNOWN', 'gone'],
    ['VERSION_WITHOUT_INSTANCE', 'idle'],
  ]);
  expect(countFindings(findings)).toEqual({ errors: 1, warnings: 1 });
});

test('shares that do not add up are an error, not a crash', () => {
  const target: Rule['target'] = {
    kind: 'split',
    unit: { by: 'user' },
    whenMissing: 'tenant',
    shares: [{ version: '1.0.0', weight: 5_000 }],
  };
  expect(judge(rule('split', { target })).map(({ code }) => code)).toContain('WEIGHTS_WRONG');
});

test('nothing is said of a service that the source does not hold', () => {
  expect(judgeRules(source, 'other', { normalizePath: false, rules: [] })).toBeUndefined();
});
