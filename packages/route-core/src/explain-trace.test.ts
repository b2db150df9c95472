import { describe, expect, it } from 'vitest';
import { buildSnapshot, createDecisionEnv, explain, type RuleRecord, type SnapshotSource } from './index.ts';

function sourceWith(rules: readonly RuleRecord[], instanceCount = 1): SnapshotSource {
  return {
    position: { epoch: 'e1', revision: 1 },
    tenants: [{ id: 'acme', status: 'active' }],
    services: [
      {
        id: 'pay',
        unknownTenant: 'reject',
        balancer: 'round_robin',
        fallback: 'fail',
        defaults: [{ version: 'v1', weight: 10_000 }],
        versions: [{ version: 'v1', ordinal: 1, status: 'active' }],
        ruleSet: { number: 1, normalizePath: false, rules },
      },
    ],
    assignments: [],
    schemas: [],
    holds: [],
    instances: Array.from({ length: instanceCount }, (_, i) => ({
      serviceId: 'pay',
      instanceId: `i${i}`,
      version: 'v1',
      address: 'a:1',
      weight: 1,
      health: 'healthy' as const,
      isEnabled: i === 0,
    })),
  };
}

function stepsOf(source: SnapshotSource, metadata = {}) {
  const request = { tenantId: 'acme', serviceName: 'pay', metadata };
  return explain(buildSnapshot(source), request, createDecisionEnv()).steps;
}

const rule = (id: string, more: Partial<RuleRecord> = {}): RuleRecord => ({
  id,
  name: `rule ${id}`,
  priority: 0,
  isEnabled: true,
  target: { kind: 'version', version: 'v1' },
  ...more,
});

describe('the steps of a decision', () => {
  it('name the rule, the part of its condition that failed, and what it saw', () => {
    const when = { op: 'equals', operand: { from: 'header', name: 'x-plan' }, value: 'gold' } as const;
    const source = sourceWith([
      rule('r1', { when }),
      rule('r2', { path: { type: 'prefix', value: '/api' } }),
      rule('r3', { methods: ['GET'], priority: 1 }),
    ]);
    const steps = stepsOf(source, { path: '/x', method: 'post', headers: { 'X-Plan': 'silver' } });
    expect(steps.filter(({ step }) => step === 'rule')).toEqual([
      {
        step: 'rule',
        outcome: 'path',
        detail: { ruleId: 'r2', name: 'rule r2', type: 'prefix', path: '/api', value: '/x' },
      },
      { step: 'rule', outcome: 'method', detail: { ruleId: 'r3', name: 'rule r3', method: 'POST' } },
      {
        step: 'rule',
        outcome: 'condition',
        detail: { ruleId: 'r1', name: 'rule r1', condition: expect.stringContaining('x-plan'), value: 'silver' },
      },
    ]);
  });

  it('are as many as can be read, and the rule that matched is among them', () => {
    const misses = Array.from({ length: 600 }, (_, i) => rule(`r${i}`, { path: { type: 'exact', value: '/a' } }));
    const steps = stepsOf(sourceWith([...misses, rule('last')], 300), { path: '/b' });
    expect(steps.length).toBeLessThanOrEqual(500);
    expect(steps.filter(({ step }) => step === 'left_out')).toHaveLength(50);
    expect(steps.filter(({ outcome }) => outcome === 'matched').map(({ detail }) => detail.ruleId)).toEqual(['last']);
    expect(steps.at(-1)?.step).toBe('instance');
  });
});
