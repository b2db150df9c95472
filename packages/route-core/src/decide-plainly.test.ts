import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildSnapshot, createDecisionEnv, decide, explain } from './index.ts';
import type { FlagRecord, RuleRecord, TargetRecord } from './routing-records.ts';

/** A service without experiments, holds and lanes: what `decide` takes the short way for and `explain` the long one. */
function worldOf(rules: readonly RuleRecord[], flags: readonly FlagRecord[] = []) {
  return buildSnapshot({
    position: { epoch: '01JD0000000000000000000000', revision: 1 },
    tenants: ['a', 'b', 'c'].map((id) => ({ id, status: 'active', region: 'eu', tags: [] })),
    services: [
      {
        id: 's',
        unknownTenant: 'default',
        balancer: 'round_robin',
        fallback: 'nearest',
        defaults: [{ version: 'v1', weight: 10_000 }],
        versions: ['v1', 'v2', 'v3', 'empty'].map((version, ordinal) => ({
          version,
          ordinal,
          status: 'active',
          ...(version === 'v3' ? { flags } : {}),
        })),
        ruleSet: { number: 1, normalizePath: false, rules },
      },
    ],
    assignments: [
      { tenantId: 'b', serviceId: 's', version: 'v2', isPinned: false },
      { tenantId: 'c', serviceId: 's', version: 'v2', isPinned: true },
    ],
    schemas: [],
    holds: [],
    instances: ['v1', 'v2', 'v3'].map((version) => ({
      serviceId: 's',
      instanceId: version,
      version,
      address: `${version}:80`,
      weight: 100,
      health: 'healthy',
      isEnabled: true,
      region: 'eu',
      tags: [],
    })),
  });
}

/** Numbers one after the other, so that a draw too many shows. */
function countingEnv() {
  let at = 0;
  return createDecisionEnv({ random: () => (at++ % 10) / 10, now: () => 0 });
}

const path = fc.constantFrom(
  { type: 'exact', value: '/a' } as const,
  { type: 'exact', value: '/a/b' } as const,
  { type: 'prefix', value: '/' } as const,
  { type: 'prefix', value: '/a' } as const,
  { type: 'prefix', value: '/a/b/' } as const,
  { type: 'prefix', value: '/a?' } as const,
  { type: 'regex', value: '/a/[a-z]+' } as const,
  { type: 'regex', value: '/a\\?.*' } as const,
  { type: 'regex', value: '.*b' } as const,
);
const target = fc.oneof(
  fc.constantFrom('v1', 'v2', 'v3', 'empty', 'nowhere').map((version): TargetRecord => ({ kind: 'version', version })),
  fc.constantFrom<TargetRecord>(
    { kind: 'lane', tag: 'nobody-knows' },
    {
      kind: 'split',
      split: {
        unit: { by: 'user' },
        whenMissing: 'random',
        salt: 's',
        shares: [
          { version: 'v2', weight: 3_000, ranges: [[0, 3_000]] },
          { version: 'empty', weight: 3_000, ranges: [[3_000, 6_000]] },
        ],
      },
    },
  ),
);
const when = fc.constantFrom(
  { op: 'random', below: 0.5 } as const,
  { op: 'equals', operand: { from: 'query', name: 'x' }, value: '1' } as const,
);
const rules = fc
  .array(fc.record({ path, methods: fc.constant(['GET']), when, target }, { requiredKeys: ['target'] }), {
    maxLength: 6,
  })
  .map((given) =>
    given.map((rule, i): RuleRecord => ({ id: `r${i}`, name: 'r', priority: 0, isEnabled: true, ...rule })),
  );
const requests = fc.array(
  fc.record({
    tenantId: fc.constantFrom('a', 'b', 'c', 'stranger'),
    serviceName: fc.constant('s'),
    metadata: fc.record(
      {
        path: fc.constantFrom('/a', '/a?b', '/a/b', '/a/b/c#x', '/b', '', '?'),
        method: fc.constantFrom('GET', 'POST'),
        userId: fc.constantFrom('1', '2', '3'),
        query: fc.constantFrom({ x: '1' }, {}),
      },
      { requiredKeys: [] },
    ),
  }),
  { minLength: 1, maxLength: 12 },
);

describe('the short way of a decision', { timeout: 60_000 }, () => {
  it('decides as the long one does, draw by draw, also where it has to give up', () => {
    const flags: FlagRecord[] = [{ name: 'f', isEnabled: true, value: true, rules: [] }];
    fc.assert(
      fc.property(rules, requests, (given, asked) => {
        const snapshot = worldOf(given, flags);
        const env = countingEnv();
        for (const request of asked) {
          const { decision } = explain(snapshot, request, env);
          expect(decide(snapshot, request, env)).toEqual(decision);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('never meets a path rule that writes a query', () => {
    const rule: RuleRecord = {
      id: 'r',
      name: 'r',
      priority: 0,
      isEnabled: true,
      path: { type: 'exact', value: '/a?b' },
      target: { kind: 'version', version: 'v2' },
    };
    const request = { tenantId: 'a', serviceName: 's', metadata: { path: '/a?b' } };
    expect(decide(worldOf([rule]), request, countingEnv())).toMatchObject({ version: 'v1', reason: 'DEFAULT' });
  });
});
