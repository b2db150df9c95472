import { describe, expect, it } from 'vitest';
import {
  buildSnapshot,
  createDecisionEnv,
  explain,
  type LaneRecord,
  type RuleRecord,
  type ServiceRecord,
  type SnapshotSource,
} from './index.ts';

/** What an operator reads of rules, lanes they lead into, and of what they fall back to. */

const ALL: readonly [number, number][] = [[0, 10_000]];

function sourceWith(service: Partial<ServiceRecord>, more: Partial<SnapshotSource> = {}): SnapshotSource {
  return {
    position: { epoch: 'e1', revision: 1 },
    tenants: [
      { id: 'acme', status: 'active' },
      { id: 'gone', status: 'suspended' },
    ],
    services: [
      {
        id: 'pay',
        unknownTenant: 'reject',
        balancer: 'round_robin',
        fallback: 'fail',
        defaults: [{ version: 'v1', weight: 10_000 }],
        versions: ['v1', 'v2'].map((version) => ({ version, ordinal: 1, status: 'active' as const })),
        ...service,
      },
    ],
    assignments: [],
    schemas: [],
    holds: [],
    instances: ['v1', 'v2'].map((version) => ({
      serviceId: 'pay',
      instanceId: `on-${version}`,
      version,
      address: 'a:1',
      weight: 1,
      health: 'healthy' as const,
      isEnabled: true,
    })),
    ...more,
  };
}

function stepsOf(source: SnapshotSource, kind: string, metadata = {}, tenantId = 'acme', serviceName = 'pay') {
  const env = createDecisionEnv({ random: () => 0.5 });
  const { steps } = explain(buildSnapshot(source), { tenantId, serviceName, metadata }, env);
  return steps.filter(({ step }) => step === kind);
}

const rule = (target: RuleRecord['target'], more: Partial<RuleRecord> = {}): Partial<ServiceRecord> => ({
  ruleSet: {
    number: 1,
    normalizePath: false,
    rules: [{ id: 'r', name: 'a rule', priority: 0, isEnabled: true, target, ...more }],
  },
});
const split = (ranges: readonly [number, number][]): RuleRecord['target'] => ({
  kind: 'split',
  split: {
    unit: { by: 'user' },
    whenMissing: 'skip',
    salt: 's',
    shares: [{ version: 'v2', weight: 10_000, ranges }],
  },
});
const lane = (tag: string, more: Partial<LaneRecord> = {}): LaneRecord => ({
  tag,
  mode: 'permissive',
  versions: [{ serviceId: 'pay', version: 'v2' }],
  ...more,
});
const toLane = (tag: string): RuleRecord['target'] => ({ kind: 'lane', tag });
const toV2: RuleRecord['target'] = { kind: 'version', version: 'v2' };

const detail = { ruleId: 'r', name: 'a rule' };
const bucket = expect.any(Number);

describe('what a step of a rule rests on', () => {
  it.each<[string, Partial<ServiceRecord>, Partial<SnapshotSource>, object]>([
    ['disabled', rule(toV2, { isEnabled: false }), {}, {}],
    ['matched', rule(toV2), {}, {}],
    ['matched', rule(split(ALL)), {}, { bucket }],
    ['no_share', rule(split([])), {}, {}],
    ['unknown_lane', rule(toLane('red')), { lanes: [lane('blue')] }, { tag: 'red' }],
    ['matched', rule(toLane('red')), { lanes: [lane('red')] }, { tag: 'red' }],
    ['matched', rule(toLane('red')), { lanes: [lane('red', { mode: 'strict', versions: [] })] }, { tag: 'red' }],
    ['lane_entered', rule(toLane('red')), { lanes: [lane('red', { versions: [] })] }, { tag: 'red' }],
    [
      'in_other_lane',
      rule(toLane('red')),
      { lanes: [lane('blue', { entry: {}, versions: [] }), lane('red')] },
      { tag: 'red' },
    ],
    [
      'path',
      rule(toV2, { path: { type: 'exact', value: '/a' } }),
      {},
      { type: 'exact', path: '/a', value: `/${'b'.repeat(119)}` },
    ],
  ])('that is %s', (outcome, service, more, rest) => {
    const steps = stepsOf(sourceWith(service, more), 'rule', { userId: 'kim', path: `/${'b'.repeat(300)}` });
    expect(steps).toEqual([{ step: 'rule', outcome, detail: { ...detail, ...rest } }]);
  });

  it('is that the unit is missing', () => {
    expect(stepsOf(sourceWith(rule(split(ALL))), 'rule')).toEqual([{ step: 'rule', outcome: 'unit_missing', detail }]);
  });

  it('is the bucket alone, as the rule says of whom', () => {
    expect(stepsOf(sourceWith(rule(split(ALL))), 'version', { userId: 'kim' })).toEqual([
      { step: 'version', outcome: 'RULE', version: 'v2', detail: { bucket } },
    ]);
    expect(stepsOf(sourceWith(rule(toV2)), 'version')).toEqual([
      { step: 'version', outcome: 'RULE', version: 'v2', detail: {} },
    ]);
  });

  it.each<[string, string, boolean]>([
    ['exact', '/a.', true],
    ['exact', '/ab', false],
    ['exact', '/a./b', false],
    ['prefix', '/a./b', true],
    ['prefix', '/ab', false],
    ['prefix', '/b', false],
    ['regex', '/ab', true],
    ['regex', '/ac', false],
  ])('of type %s for %s: it matched is %s', (type, path, matches) => {
    const value = type === 'regex' ? '/a(b)' : '/a.';
    const [step] = stepsOf(sourceWith(rule(toV2, { path: { type: type as 'exact', value } })), 'rule', { path });
    expect(step?.outcome).toBe(matches ? 'matched' : 'path');
  });
});

describe('what refuses at once', () => {
  it('is named: the service, and the tenant', () => {
    expect(stepsOf(sourceWith({}), 'service', {}, 'acme', 'none')).toEqual([
      { step: 'service', outcome: 'unknown', detail: { serviceName: 'none' } },
    ]);
    expect(stepsOf(sourceWith({}), 'tenant', {}, 'gone')).toEqual([
      { step: 'tenant', outcome: 'inactive', detail: { tenantId: 'gone' } },
    ]);
  });
});

describe('what a fallback tries', () => {
  const onlyOn = (version: string) => ({
    instances: [...sourceWith({}).instances].filter((one) => one.version === version),
  });
  const outcomesOf = (service: Partial<ServiceRecord>, more: Partial<SnapshotSource>) =>
    stepsOf(sourceWith(service, more), 'fallback').map((step) => [step.outcome, step.version]);

  it('is a neighbour of the same rank, too', () => {
    expect(outcomesOf({ fallback: 'nearest' }, onlyOn('v2'))).toEqual([
      ['candidate', 'v2'],
      ['taken', 'v2'],
    ]);
  });

  it('is never the version that cannot answer, nor one without a name here', () => {
    expect(outcomesOf({ fallback: 'baseline' }, onlyOn('v2'))).toEqual([['exhausted', 'v1']]);
    expect(outcomesOf({ fallback: 'version', fallbackVersion: 'v1' }, onlyOn('v2'))).toEqual([['exhausted', 'v1']]);
    expect(outcomesOf({ fallback: 'version', fallbackVersion: 'v9' }, onlyOn('v2'))).toEqual([['exhausted', 'v1']]);
    expect(outcomesOf({ fallback: 'version' }, onlyOn('v2'))).toEqual([['exhausted', 'v1']]);
  });

  it('is not taken where a hold leads back', () => {
    const hold = { id: 'h', serviceId: 'pay', fromVersion: 'v2', toVersion: 'v1', scope: { kind: 'all' } } as const;
    const held = { ...onlyOn('v2'), holds: [hold] };
    expect(outcomesOf({ fallback: 'version', fallbackVersion: 'v2' }, held)).toEqual([
      ['candidate', 'v2'],
      ['exhausted', 'v1'],
    ]);
    // The way back ends there: the version that could not answer is not judged again.
    expect(stepsOf(sourceWith({ fallback: 'version', fallbackVersion: 'v2' }, held), 'instances')).toHaveLength(1);
  });
});
