import { describe, expect, it } from 'vitest';
import { Trace } from './explain-trace.ts';
import {
  buildSnapshot,
  createDecisionEnv,
  type ExperimentRecord,
  explain,
  type RuleRecord,
  type ServiceRecord,
  type SnapshotSource,
} from './index.ts';

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

  it('are not crowded out by experiments either', () => {
    const experiment = (id: string, isRunning: boolean): ExperimentRecord => ({
      id,
      isRunning,
      unit: { by: 'tenant' },
      whenMissing: 'tenant',
      salt: id,
      hashing: 'murmur3',
      variants: [{ name: 'a', version: 'v1', weight: 10_000, ranges: [[0, 10_000]] }],
    });
    const idle = Array.from({ length: 60 }, (_, i) => experiment(`e${i}`, false));
    const source = sourceWith([]);
    const services = source.services as ServiceRecord[];
    const experiments = [...idle, experiment('last', true)];
    const steps = stepsOf({ ...source, services: [{ ...services[0]!, experiments }] });
    const ofExperiments = steps.filter(({ step }) => step === 'experiment');
    expect(ofExperiments).toHaveLength(51);
    expect(ofExperiments.at(-1)).toMatchObject({ outcome: 'admitted', detail: { id: 'last' } });
  });
});

describe('a trace', () => {
  it('has at most 500 steps, whatever is added', () => {
    const trace = new Trace();
    for (let i = 0; i < 600; i++) trace.add('version', 'matched', { i });
    expect(trace.steps).toHaveLength(500);
    expect(trace.steps.at(-1)).toEqual({ step: 'version', outcome: 'matched', detail: { i: 499 } });
  });

  it('names a version only where there is one', () => {
    const trace = new Trace();
    trace.add('hold', 'none', {});
    trace.add('hold', 'none', {}, 'v1');
    expect(trace.steps.map((step) => Object.keys(step))).toEqual([
      ['step', 'outcome', 'detail'],
      ['step', 'outcome', 'version', 'detail'],
    ]);
  });
});
