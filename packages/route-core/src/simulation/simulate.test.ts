import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from '../decide.ts';
import type { Decision, RequestMetadata } from '../decision.ts';
import type { InstanceRecord, ServiceRecord, SnapshotSource } from '../records.ts';
import type { RuleRecord } from '../routing-records.ts';
import { applyDelta, buildSnapshot } from '../snapshot.ts';
import { clock, metadata } from '../testing/request-arbitraries.ts';
import { requestPath, ruleSet } from '../testing/rule-arbitraries.ts';
import { draftSnapshot } from './draft-snapshot.ts';
import { createReplayEnv } from './replay-env.ts';
import { simulate } from './simulate.ts';
import type { SampledRequest } from './simulation-result.ts';

const instance = (version: string): InstanceRecord => ({
  serviceId: 'pay',
  instanceId: `i-${version}`,
  version,
  address: 'a:1',
  weight: 1,
  health: 'healthy',
  isEnabled: true,
});
const service: ServiceRecord = {
  id: 'pay',
  unknownTenant: 'reject',
  balancer: 'random',
  fallback: 'fail',
  defaults: [{ version: 'v1', weight: 10_000 }],
  versions: ['v1', 'v2', 'v3'].map((version, ordinal) => ({ version, ordinal, status: 'active' })),
};
const source: SnapshotSource = {
  position: { epoch: 'e', revision: 1 },
  tenants: ['t1', 't2', 't3'].map((id) => ({ id, status: 'active' })),
  services: [service],
  assignments: [{ tenantId: 't3', serviceId: 'pay', version: 'v2', isPinned: true }],
  schemas: [],
  holds: [],
  lanes: [{ tag: 'blue', mode: 'permissive', versions: [{ serviceId: 'pay', version: 'v2' }] }],
  instances: ['v1', 'v2'].map(instance),
};
const live = buildSnapshot(source);

function rule(id: string, version: string, given: Partial<RuleRecord> = {}): RuleRecord {
  return { id, name: id, priority: 0, isEnabled: true, target: { kind: 'version', version }, ...given };
}

function withRules(...rules: RuleRecord[]): ServiceRecord {
  return { ...service, ruleSet: { number: 1, normalizePath: false, rules } };
}

function ask(tenantId: string, data: RequestMetadata = {}, at = 0): SampledRequest {
  return { request: { tenantId, serviceName: 'pay', metadata: data }, at };
}

const beta = { when: { op: 'equals', operand: { from: 'header', name: 'x-beta' }, value: 'yes' } } as const;
const isBeta = { headers: { 'X-Beta': 'yes' } };

describe('a simulation', () => {
  it('counts who changes, from what to what', () => {
    const after = draftSnapshot(live, withRules(rule('r', 'v2', beta)));
    const requests = [ask('t1', isBeta), ask('t1', isBeta), ask('t2', isBeta), ask('t2'), ask('t3', isBeta)];
    expect(simulate(live, after, requests, { seed: 1 })).toEqual({
      total: 5,
      changed: 3,
      byTransition: [{ from: 'v1', to: 'v2', count: 3, tenantCount: 2 }],
      tenantCount: 3,
      changedTenantCount: 2,
      byTenant: [
        { tenantId: 't1', count: 2, changedCount: 2, transitions: [{ from: 'v1', to: 'v2', count: 2 }] },
        { tenantId: 't2', count: 2, changedCount: 1, transitions: [{ from: 'v1', to: 'v2', count: 1 }] },
      ],
      wouldFindNoInstance: { before: 0, after: 0 },
      refusals: [],
      byRule: [{ ruleId: 'r', before: 0, after: 3 }],
      examples: [
        { index: 0, before: outcome('v1', 'DEFAULT', null), after: outcome('v2', 'RULE', 'r') },
        { index: 2, before: outcome('v1', 'DEFAULT', null), after: outcome('v2', 'RULE', 'r') },
      ],
    });
  });

  it('counts who would find no instance, refused or taken in by a fallback', () => {
    const refusing = draftSnapshot(live, withRules(rule('r', 'v3', beta)));
    const requests = [ask('t1', isBeta), ask('t2'), ask('ghost')];
    expect(simulate(live, refusing, requests, { seed: 1 })).toMatchObject({
      changed: 1,
      byTransition: [{ from: 'v1', to: null, count: 1 }],
      wouldFindNoInstance: { before: 0, after: 1 },
      refusals: [
        { code: 'NO_INSTANCE', before: 0, after: 1 },
        { code: 'TENANT_UNKNOWN', before: 1, after: 1 },
      ],
      byRule: [],
      examples: [{ index: 0, after: { version: null, code: 'NO_INSTANCE', reason: 'RULE', rule: null } }],
    });
    const kind = draftSnapshot(live, withRules(rule('r', 'v3', { ...beta, fallback: { mode: 'baseline' } })));
    expect(simulate(live, kind, requests, { seed: 1 })).toMatchObject({
      changed: 0,
      byTransition: [],
      wouldFindNoInstance: { before: 0, after: 1 },
    });
    expect(simulate(refusing, live, requests, { seed: 1 })).toMatchObject({
      byTransition: [{ from: null, to: 'v1', count: 1 }],
      wouldFindNoInstance: { before: 1, after: 0 },
    });
  });

  it('lists the tenants with the most changes, and the transitions by their frequency', () => {
    const after = draftSnapshot(
      live,
      withRules(rule('a', 'v2', beta), rule('b', 'v3', { path: { type: 'exact', value: '/x' } })),
    );
    const requests = ['t2', 't2', 't1']
      .map((id) => ask(id, isBeta))
      .concat(ask('t1', { path: '/x' }), ask('t1', { path: '/x' }));
    const result = simulate(live, after, requests, { seed: 1, topTenants: 1 });
    expect(result.byTenant).toEqual([
      {
        tenantId: 't1',
        count: 3,
        changedCount: 3,
        transitions: [
          { from: 'v1', to: null, count: 2 },
          { from: 'v1', to: 'v2', count: 1 },
        ],
      },
    ]);
    expect(result.changedTenantCount).toBe(2);
    expect(result.byTransition).toEqual([
      { from: 'v1', to: 'v2', count: 3, tenantCount: 2 },
      { from: 'v1', to: null, count: 2, tenantCount: 1 },
    ]);
    expect(result.examples.map(({ index }) => index)).toEqual([0, 2, 3]);
    expect(simulate(live, after, requests, { seed: 1, topTenants: 0 }).byTenant).toEqual([]);
  });

  it('lists what is equally frequent by name, whatever came first', () => {
    const to = (version: string) => rule(`to-${version}`, version, { path: { type: 'exact', value: `/${version}` } });
    const both = draftSnapshot(live, withRules(to('v1'), to('v2'), to('v3')));
    const paths = ['/v3', '/v2', '/v1'];
    const requests = ['t2', 't1'].flatMap((id) => paths.map((path) => ask(id, { path }))).concat(ask('ghost'));
    const result = simulate(live, both, requests, { seed: 1 });
    expect(result.byTransition.map(({ from, to: next }) => [from, next])).toEqual([
      ['v1', null],
      ['v1', 'v2'],
    ]);
    expect(result.byRule.map(({ ruleId }) => ruleId)).toEqual(['to-v1', 'to-v2']);
    expect(result.refusals.map(({ code }) => code)).toEqual(['NO_INSTANCE', 'TENANT_UNKNOWN']);
    expect(result.byTenant.map(({ tenantId }) => tenantId)).toEqual(['t1', 't2']);
    const back = simulate(both, live, [...requests].reverse(), { seed: 1 });
    expect(back.byTransition.map(({ from, to: next }) => [from, next])).toEqual([
      [null, 'v1'],
      ['v2', 'v1'],
    ]);
    expect(back.byTenant[0]!.transitions).toEqual(
      back.byTransition.map(({ tenantCount: _, ...one }) => ({ ...one, count: 1 })),
    );
    expect(back.refusals.map(({ code }) => code)).toEqual(['NO_INSTANCE', 'TENANT_UNKNOWN']);
    expect(back.byRule.map(({ ruleId }) => ruleId)).toEqual(['to-v1', 'to-v2']);
  });

  it('gives twenty examples at most, and twenty tenants unless asked for more', () => {
    const ids = Array.from({ length: 30 }, (_, i) => `n${i}`);
    const many = buildSnapshot({ ...source, tenants: ids.map((id) => ({ id, status: 'active' })) });
    const after = draftSnapshot(many, withRules(rule('r', 'v2')));
    const requests = ids.map((id) => ask(id));
    const result = simulate(many, after, requests, { seed: 1 });
    expect([result.examples.length, result.byTenant.length, result.changedTenantCount]).toEqual([20, 20, 30]);
    expect(result.byTenant[1]!.tenantId).toBe('n1');
    expect(result.byTenant[2]!.tenantId).toBe('n10');
    expect(simulate(many, after, requests, { seed: 1, topTenants: 25 }).byTenant).toHaveLength(25);
  });

  it('decides each request at its own time, or all at one', () => {
    const after = draftSnapshot(
      live,
      withRules(rule('r', 'v2', { when: { op: 'time', from: '1970-01-01T00:00:10Z' } })),
    );
    const requests = [ask('t1', {}, 9999), ask('t1', {}, 10_000)];
    expect(simulate(live, after, requests, { seed: 1 }).changed).toBe(1);
    expect(simulate(live, after, requests, { seed: 1, now: 20_000 }).changed).toBe(2);
    expect(simulate(live, after, requests, { seed: 1, now: 0 }).changed).toBe(0);
    expect(simulate(after, live, requests, { seed: 1 }).byRule).toEqual([{ ruleId: 'r', before: 1, after: 0 }]);
    expect(simulate(after, live, requests, { seed: 1, now: 20_000 }).changed).toBe(2);
  });

  it('compares draws with themselves', () => {
    const half = rule('r', 'v2', { when: { op: 'random', below: 0.5 } });
    const drawn = draftSnapshot(live, withRules(half));
    const renamed = draftSnapshot(live, withRules({ ...half, name: 'other' }));
    const requests = Array.from({ length: 2000 }, () => ask('t1'));
    expect(simulate(drawn, renamed, requests, { seed: 7 }).changed).toBe(0);
    const { changed } = simulate(live, drawn, requests, { seed: 7 });
    // Half of 2 000, within four standard deviations.
    expect(Math.abs(changed - 1000)).toBeLessThan(90);
    expect(simulate(live, drawn, requests, { seed: 7 }).changed).toBe(changed);
    expect(simulate(live, drawn, requests, { seed: 8 }).byRule).not.toEqual(
      simulate(live, drawn, requests, { seed: 7 }).byRule,
    );
  });

  it('reads requests that are made on the way', () => {
    function* stream(): Iterable<SampledRequest> {
      for (let i = 0; i < 5; i++) yield ask('t1');
    }
    expect(simulate(live, live, stream(), { seed: 1 })).toMatchObject({
      total: 5,
      changed: 0,
      byTenant: [],
      examples: [],
    });
  });

  it('says of a draft what comes after it is published', () => {
    const request = fc.record({
      tenantId: fc.constantFrom('t1', 't2', 't3', 'ghost'),
      data: metadata,
      path: requestPath,
      tag: fc.constantFrom('', 'blue'),
      at: clock,
    });
    fc.assert(
      fc.property(ruleSet, ruleSet, fc.array(request, { maxLength: 30 }), fc.nat(), (before, after, given, seed) => {
        const first = applyDelta(live, {
          epoch: 'e',
          revision: 2,
          services: { upsert: [{ ...service, ruleSet: before }] },
        });
        const draft = draftSnapshot(first, { ...service, ruleSet: after });
        const requests = given.map(({ tenantId, data, path, tag, at }) => ask(tenantId, { ...data, path, tag }, at));
        const said = simulate(first, draft, requests, { seed });
        const published = applyDelta(first, {
          epoch: 'e',
          revision: 3,
          services: { upsert: [{ ...service, ruleSet: after }] },
        });
        const [now, then] = [first, published].map((snapshot) => {
          const replay = createReplayEnv(seed);
          return requests.map(({ request: asked, at }, i) => {
            replay.begin(i, at);
            return decide(snapshot, asked, replay.env);
          });
        }) as [Decision[], Decision[]];
        const versionOf = (decision: Decision) => (decision.ok ? decision.version : null);
        expect(said.changed).toBe(now.filter((decision, i) => versionOf(decision) !== versionOf(then[i]!)).length);
        const rules = then.flatMap((decision) => (decision.ok && decision.rule !== null ? [decision.rule] : []));
        expect(said.byRule.filter(({ after: count }) => count > 0)).toEqual(
          [...new Set(rules)]
            .sort()
            .map((ruleId) => expect.objectContaining({ ruleId, after: rules.filter((id) => id === ruleId).length })),
        );
        expect(draft.digest).toBe(published.digest);
      }),
      { numRuns: 200 },
    );
  }, 60_000);
});

describe('a draft', () => {
  it('leaves the live snapshot and its table of names as they are', () => {
    const before = live.digest;
    for (let i = 0; i < 33_000; i += 300) {
      const rules = Array.from({ length: 300 }, (_, k) => rule(`r${k}`, `draft-${i + k}`));
      decide(draftSnapshot(live, withRules(...rules)), ask('t1').request, createReplayEnv(1).env);
    }
    expect(live.digest).toBe(before);
    const next = applyDelta(live, { epoch: 'e', revision: 2, services: { upsert: [withRules(rule('r', 'v2'))] } });
    expect(decide(next, ask('t1').request, createReplayEnv(1).env).version).toBe('v2');
  });

  it('does not follow later changes of its record', () => {
    const record = withRules(rule('r', 'v2')) as { defaults: unknown[]; ruleSet: { rules: unknown[] } } & ServiceRecord;
    const draft = draftSnapshot(live, record);
    record.ruleSet.rules.length = 0;
    expect(decide(draft, ask('t1').request, createReplayEnv(1).env).version).toBe('v2');
  });

  it('may be of a service that is not there yet', () => {
    const draft = draftSnapshot(live, { ...withRules(rule('r', 'v2')), id: 'new' });
    expect(decide(draft, { tenantId: 't1', serviceName: 'new' }, createReplayEnv(1).env)).toMatchObject({
      code: 'NO_INSTANCE',
    });
    expect(decide(draft, ask('t1').request, createReplayEnv(1).env)).toMatchObject({ version: 'v1' });
    expect(live.hasService('new')).toBe(false);
  });

  it('keeps the versions that tenants were assigned, in whatever order it lists them', () => {
    const reversed = { ...withRules(rule('r', 'v1')), versions: service.versions.toReversed() };
    expect(decide(draftSnapshot(live, reversed), ask('t3').request, createReplayEnv(1).env)).toMatchObject({
      version: 'v2',
      reason: 'PINNED',
    });
  });

  it('keeps what other services hold', () => {
    const draft = draftSnapshot(live, withRules(rule('r', 'v1')));
    expect(decide(draft, ask('t3').request, createReplayEnv(1).env)).toMatchObject({ version: 'v2', reason: 'PINNED' });
  });
});

function outcome(version: string, reason: string, ruleId: string | null) {
  return { version, code: null, reason, rule: ruleId };
}
