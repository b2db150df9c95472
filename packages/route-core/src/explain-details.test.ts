import { describe, expect, it } from 'vitest';
import {
  buildSnapshot,
  createDecisionEnv,
  type ExperimentRecord,
  explain,
  type FlagRecord,
  type HoldRecord,
  type InstanceRecord,
  type LaneRecord,
  type ServiceRecord,
  type SnapshotSource,
} from './index.ts';

/** What an operator reads beside the outcome of each step: the values it rests on. */

const NOW = 5_000;
const ALL: readonly [number, number][] = [[0, 10_000]];
const GOLD = { op: 'equals', operand: { from: 'header', name: 'plan' }, value: 'gold' } as const;

function instance(instanceId: string, version: string, more: Partial<InstanceRecord> = {}): InstanceRecord {
  const address = `${instanceId}:80`;
  return { serviceId: 'pay', instanceId, version, address, weight: 1, health: 'healthy', isEnabled: true, ...more };
}

function sourceWith(service: Partial<ServiceRecord> = {}, more: Partial<SnapshotSource> = {}): SnapshotSource {
  return {
    position: { epoch: 'e1', revision: 1 },
    tenants: [{ id: 'acme', status: 'active' }],
    services: [
      {
        id: 'pay',
        unknownTenant: 'default',
        balancer: 'round_robin',
        fallback: 'fail',
        defaults: [{ version: 'v1', weight: 10_000 }],
        versions: ['v1', 'v2', 'v3'].map((version, at) => ({ version, ordinal: at + 1, status: 'active' as const })),
        ...service,
      },
    ],
    assignments: [],
    schemas: [],
    holds: [],
    instances: [instance('i1', 'v1'), instance('i2', 'v2')],
    ...more,
  };
}

function held(id: string, fromVersion: string, toVersion: string): HoldRecord {
  return { id, serviceId: 'pay', fromVersion, toVersion, scope: { kind: 'all' } };
}

/** The steps of one kind, or all of these kinds. */
function stepsOf(source: SnapshotSource, kinds: string, metadata = {}, tenantId = 'acme') {
  const request = { tenantId, serviceName: 'pay', metadata };
  const env = createDecisionEnv({ now: () => NOW, random: () => 0.5 });
  return explain(buildSnapshot(source), request, env).steps.filter(({ step }) => kinds.split(' ').includes(step));
}

const experiment = (id: string, more: Partial<ExperimentRecord> = {}): ExperimentRecord => ({
  id,
  isRunning: true,
  unit: { by: 'user' },
  whenMissing: 'skip',
  salt: id,
  hashing: 'murmur3',
  variants: [{ name: 'treatment', version: 'v2', weight: 10_000, ranges: ALL }],
  ...more,
});

describe('what a step of an experiment rests on', () => {
  it.each<[string, Partial<ExperimentRecord>, object]>([
    ['not_running', { isRunning: false }, {}],
    ['not_started', { startAt: NOW + 1 }, { startAt: NOW + 1 }],
    ['ended', { endAt: NOW }, { endAt: NOW }],
    ['condition', { when: GOLD }, { condition: expect.stringContaining('plan'), value: 'silver' }],
    ['unit_missing', { unit: { by: 'session' } }, {}],
    ['outside_group', { group: { name: 'g', ranges: [] } }, { group: 'g', bucket: expect.any(Number) }],
    ['no_variant', { variants: [] }, { bucket: expect.any(Number) }],
    ['admitted', { when: { op: 'not', of: GOLD } }, { variant: 'treatment', bucket: expect.any(Number), unit: 'kim' }],
    [
      'admitted',
      { hashing: 'md5_java', variants: ['a', 'b'].map((name) => ({ name, version: 'v2', weight: 5000, ranges: [] })) },
      { variant: expect.stringMatching(/^[ab]$/), bucket: null, unit: 'kim' },
    ],
  ])('that is %s', (outcome, more, detail) => {
    const steps = stepsOf(sourceWith({ experiments: [experiment('x', more)] }), 'experiment', {
      userId: 'kim',
      headers: { plan: 'silver' },
    });
    expect(steps).toEqual([{ step: 'experiment', outcome, detail: { id: 'x', ...detail } }]);
  });

  it('is a unit of at most 120 characters', () => {
    const steps = stepsOf(sourceWith({ experiments: [experiment('x')] }), 'experiment', { userId: 'u'.repeat(300) });
    expect(steps[0]?.detail.unit).toBe('u'.repeat(120));
  });

  it('is told in the order of the ids, up to the one that admits', () => {
    const experiments = [experiment('c'), experiment('b'), experiment('a', { isRunning: false })];
    const steps = stepsOf(sourceWith({ experiments }), 'experiment', { userId: 'kim' });
    expect(steps.map(({ outcome, detail }) => [detail.id, outcome])).toEqual([
      ['a', 'not_running'],
      ['b', 'admitted'],
    ]);
  });
});

describe('what a step of a lane rests on', () => {
  const lane = (tag: string, more: Partial<LaneRecord> = {}): LaneRecord => ({
    tag,
    mode: 'permissive',
    versions: [{ serviceId: 'pay', version: 'v2' }],
    entry: {},
    ...more,
  });
  const unit = { by: 'user' } as const;

  it.each<[string, Partial<LaneRecord>, object]>([
    ['service_not_in_lane', { mode: 'strict', versions: [] }, {}],
    ['condition', { entry: { when: GOLD } }, { condition: expect.stringContaining('plan'), value: 'silver' }],
    ['outside_portion', { entry: { portion: { unit, share: 0, salt: 's' } } }, {}],
    ['entered', { entry: { portion: { unit, share: 10_000, salt: 's' } } }, {}],
  ])('that is %s', (outcome, more, detail) => {
    const source = sourceWith({}, { lanes: [lane('blue', more)] });
    const steps = stepsOf(source, 'lane', { userId: 'kim', headers: { plan: 'silver' } });
    expect(steps).toEqual([{ step: 'lane', outcome, detail: { tag: 'blue', ...detail } }]);
  });

  it('is the tag that came with the request, known or not, of which 120 characters are shown', () => {
    const source = sourceWith({}, { lanes: [lane('blue')] });
    const tagged = (tag: string) => stepsOf(source, 'lane', { tag });
    expect(tagged('blue')).toEqual([{ step: 'lane', outcome: 'tagged', detail: { tag: 'blue' } }]);
    expect(tagged('t'.repeat(300))).toEqual([
      { step: 'lane', outcome: 'unknown_tag', detail: { tag: 't'.repeat(120) } },
    ]);
    expect(tagged('')).toEqual([{ step: 'lane', outcome: 'entered', detail: { tag: 'blue' } }]);
  });

  it.each<[string, LaneRecord['mode']]>([
    ['not_served', 'strict'],
    ['passed_through', 'permissive'],
  ])('that is %s', (outcome, mode) => {
    const source = sourceWith({}, { lanes: [lane('blue', { mode, versions: [] })] });
    expect(stepsOf(source, 'lane', { tag: 'blue' }).at(-1)).toEqual({ step: 'lane', outcome, detail: { tag: 'blue' } });
  });
});

describe('what the steps to a version rest on', () => {
  it('are the tenant, and how the service takes one that nobody knows', () => {
    expect(stepsOf(sourceWith(), 'tenant')).toEqual([
      { step: 'tenant', outcome: 'active', detail: { tenantId: 'acme' } },
    ]);
    expect(stepsOf(sourceWith(), 'tenant', {}, 'who')).toEqual([
      { step: 'tenant', outcome: 'unknown', detail: { tenantId: 'who', policy: 'default' } },
    ]);
  });

  it('are bucket and unit where the default is split', () => {
    const defaults = ['v1', 'v2'].map((version) => ({ version, weight: 5000 }));
    const [step] = stepsOf(sourceWith({ defaults }), 'version', { userId: 'kim' });
    expect(step).toMatchObject({ outcome: 'DEFAULT_SPLIT', detail: { bucket: expect.any(Number), unit: 'kim' } });
    expect(stepsOf(sourceWith({ experiments: [experiment('x')] }), 'version', { userId: 'kim' })).toEqual([
      { step: 'version', outcome: 'EXPERIMENT', version: 'v2', detail: { bucket: expect.any(Number) } },
    ]);
  });

  it('are the hold, where it leads from and to', () => {
    expect(stepsOf(sourceWith({}, { holds: [held('h1', 'v1', 'v2')] }), 'hold')).toEqual([
      { step: 'hold', outcome: 'applied', version: 'v2', detail: { holdId: 'h1', from: 'v1' } },
    ]);
    expect(stepsOf(sourceWith({}, { holds: [held('h1', 'v3', 'v2')] }), 'hold')).toEqual([
      { step: 'hold', outcome: 'none', version: 'v1', detail: {} },
    ]);
  });

  it.each<[string, number | null, object]>([
    ['in_range', 4, { schemaMin: 4, schemaMax: 6 }],
    ['in_range', 6, { schemaMin: 4, schemaMax: 6 }],
    ['in_range', 6, { schemaMax: 6 }],
    ['out_of_range', 3, { schemaMin: 4, schemaMax: 6 }],
    ['out_of_range', 7, { schemaMin: 4, schemaMax: 6 }],
    ['in_range', 7, { schemaMin: 4 }],
    ['not_recorded', null, { schemaMin: 4 }],
  ])('are a schema that is %s: %s of %o', (outcome, schemaVersion, bounds) => {
    const versions = [{ version: 'v1', ordinal: 1, status: 'active' as const, ...bounds }];
    const schemas = schemaVersion === null ? [] : [{ tenantId: 'acme', serviceId: 'pay', schemaVersion }];
    const detail = { schemaVersion, schemaMin: null, schemaMax: null, ...bounds };
    expect(stepsOf(sourceWith({ versions }, { schemas }), 'schema')).toEqual([
      { step: 'schema', outcome, version: 'v1', detail },
    ]);
  });

  it.each<[string, object, boolean, object]>([
    ['in_range', { schemaVersion: 3, expandedTo: 4 }, true, { schemaVersion: 3, expandedTo: 4 }],
    ['in_range', { schemaVersion: 6, expandedTo: 6 }, true, { schemaVersion: 6 }],
    ['out_of_range', { schemaVersion: 2, expandedTo: 3 }, true, { schemaVersion: 2, expandedTo: 3 }],
    ['in_range', { schemaVersion: 4, isMigrating: true }, true, { schemaVersion: 4, isMigrating: true }],
    ['in_range', { schemaVersion: 4, isMigrating: false }, false, { schemaVersion: 4 }],
    ['uncertain', { schemaVersion: 2, isMigrating: true }, false, { schemaVersion: 2, isMigrating: true }],
  ])('are what the schema serves, %s: %o', (outcome, schema, isHeld, told) => {
    const versions = [{ version: 'v1', ordinal: 1, status: 'active' as const, schemaMin: 4, schemaMax: 6 }];
    const schemas = [{ tenantId: 'acme', serviceId: 'pay', schemaVersion: 0, ...schema }];
    const env = createDecisionEnv({ lease: { isHeld: () => isHeld, isLost: false } });
    const asked = { tenantId: 'acme', serviceName: 'pay' };
    const { steps } = explain(buildSnapshot(sourceWith({ versions }, { schemas })), asked, env);
    expect(steps.filter(({ step }) => step === 'schema')).toEqual([
      { step: 'schema', outcome, version: 'v1', detail: { ...told, schemaMin: 4, schemaMax: 6 } },
    ]);
  });

  it('are that a version is retired, or not in the catalogue', () => {
    const [v1] = [{ version: 'v1', ordinal: 1, status: 'retired' as const }];
    const versionSteps = (versions: ServiceRecord['versions']) => stepsOf(sourceWith({ versions }), 'version').at(-1);
    expect(versionSteps([v1])).toEqual({ step: 'version', outcome: 'retired', version: 'v1', detail: {} });
    expect(versionSteps([])).toEqual({ step: 'version', outcome: 'unknown', version: 'v1', detail: {} });
  });

  it('are the instances that a balancer takes though they are degraded', () => {
    const instances = [instance('ok', 'v1'), instance('slow', 'v1', { health: 'degraded' })];
    const leftOut = (balancer: ServiceRecord['balancer']) =>
      stepsOf(sourceWith({ balancer }, { instances }), 'left_out').map(({ detail }) => detail.instanceId);
    expect(leftOut('round_robin')).toEqual(['slow']);
    expect(leftOut('health_aware')).toEqual([]);
  });

  it('are the numbers of instances, and each that is left out', () => {
    const instances = [
      instance('ok', 'v1'),
      instance('new', 'v1', { health: 'unknown' }),
      instance('slow', 'v1', { health: 'degraded' }),
      instance('sick', 'v1', { health: 'unhealthy' }),
      instance('off', 'v1', { isEnabled: false }),
      instance('elsewhere', 'v2'),
    ];
    const [counts, ...leftOut] = stepsOf(sourceWith({}, { instances }), 'instances left_out');
    expect(counts).toMatchObject({ outcome: 'healthy', version: 'v1' });
    expect(counts?.detail).toEqual({
      registered: 5,
      disabled: 1,
      healthy: 2,
      degraded: 1,
      unhealthy: 1,
      available: 2,
    });
    expect(leftOut.map(({ outcome, detail }) => [outcome, detail])).toEqual([
      ['disabled', { instanceId: 'off', why: 'disabled' }],
      ['unhealthy', { instanceId: 'sick', why: 'unhealthy' }],
      ['degraded', { instanceId: 'slow', why: 'degraded' }],
    ]);
    const health = 'degraded';
    const degraded = sourceWith({}, { instances: [instance('slow', 'v1', { health })] });
    expect(stepsOf(degraded, 'instances left_out')).toMatchObject([{ outcome: 'degraded', detail: { available: 1 } }]);
  });
});

describe('what the steps after the version rest on', () => {
  it('are what the fallback tried and took', () => {
    const noneOfV1 = { instances: [instance('i2', 'v2')] };
    const cause = 'NO_INSTANCE';
    const fallback = sourceWith({ fallback: 'version', fallbackVersion: 'v2' }, noneOfV1);
    expect(stepsOf(fallback, 'fallback')).toEqual([
      { step: 'fallback', outcome: 'candidate', version: 'v2', detail: { mode: 'version', cause, from: 'v1' } },
      { step: 'fallback', outcome: 'taken', version: 'v2', detail: { mode: 'version', cause, from: 'v1', to: 'v2' } },
    ]);
    expect(stepsOf(sourceWith({}, noneOfV1), 'fallback')).toEqual([
      { step: 'fallback', outcome: 'off', version: 'v1', detail: { mode: 'fail', cause } },
    ]);
    expect(stepsOf(sourceWith({ fallback: 'version', fallbackVersion: 'v3' }, noneOfV1), 'fallback').at(-1)).toEqual({
      step: 'fallback',
      outcome: 'exhausted',
      version: 'v1',
      detail: { mode: 'version', cause },
    });
  });

  it('are the instance, the mirror and its share', () => {
    const target = { kind: 'version', version: 'v1' } as const;
    const rule = { id: 'r', name: 'r', priority: 0, isEnabled: true, target, mirror: { version: 'v2', share: 6000 } };
    const ruleSet = { number: 1, normalizePath: false, rules: [rule] };
    expect(stepsOf(sourceWith({ ruleSet }), 'instance mirror')).toEqual([
      { step: 'instance', outcome: 'round_robin', version: 'v1', detail: { instanceId: 'i1', address: 'i1:80' } },
      {
        step: 'mirror',
        outcome: 'chosen',
        version: 'v2',
        detail: { share: 6000, instanceId: 'i2', address: 'i2:80' },
      },
    ]);
  });

  it.each<[string, string, number, Partial<SnapshotSource>]>([
    ['not_drawn', 'v2', 5000, {}],
    ['same_version', 'v1', 10_000, {}],
    ['held', 'v2', 10_000, { holds: [held('h1', 'v2', 'v1')] }],
    ['no_instance', 'v3', 10_000, {}],
    ['version_unknown', 'v9', 10_000, {}],
  ])('are why there is no mirror: %s', (outcome, version, share, more) => {
    const target = { kind: 'version', version: 'v1' } as const;
    const rule = { id: 'r', name: 'r', priority: 0, isEnabled: true, target, mirror: { version, share } };
    const source = sourceWith({ ruleSet: { number: 1, normalizePath: false, rules: [rule] } }, more);
    expect(stepsOf(source, 'mirror')).toEqual([{ step: 'mirror', outcome, version, detail: {} }]);
  });

  it('are the flags, and which of their rules gave the value', () => {
    const withFlags = (...flags: FlagRecord[]) =>
      stepsOf(sourceWith({ versions: [{ version: 'v1', ordinal: 1, status: 'active', flags }] }), 'flag', {
        headers: { plan: 'gold' },
      });
    const never = { when: { op: 'not', of: GOLD }, value: 1 } as const;
    const flag: FlagRecord = { name: 'f', isEnabled: true, value: 0, rules: [never, { when: GOLD, value: 2 }] };
    const byDefault = { step: 'flag', outcome: 'default', detail: { name: 'g', value: 0 } };
    expect(withFlags(flag, { ...flag, name: 'g', rules: [never] })).toEqual([
      { step: 'flag', outcome: 'rule', detail: { name: 'f', value: 2, rule: 1 } },
      byDefault,
    ]);
    expect(withFlags({ ...flag, rules: [{ when: GOLD, value: 2 }] })).toEqual([
      { step: 'flag', outcome: 'rule', detail: { name: 'f', value: 2, rule: 0 } },
    ]);
    expect(withFlags({ ...flag, name: 'g', isEnabled: false })).toEqual([byDefault]);
  });
});
