import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyDelta, buildSnapshot, createDecisionEnv, decide, explain, type SnapshotSource } from './index.ts';

const timeout = 60_000;

describe('data that makes no sense', () => {
  const text = fc.oneof(
    fc.constantFrom('', '__proto__', 'constructor', 'a', 'b', '\u0000', '\ud800'),
    fc.string({ unit: 'binary' }),
  );
  const number = fc.oneof(fc.integer(), fc.double(), fc.constantFrom(Number.NaN, -0, Number.POSITIVE_INFINITY));
  const weighted = fc.record({ version: text, weight: number });
  const range = fc.tuple(number, number);
  const condition = fc.oneof(
    fc.record({ op: fc.constant('cel' as const), expression: text }),
    fc.record({ op: fc.constant('matches' as const), operand: fc.constant({ from: 'user' as const }), pattern: text }),
    fc.record({ op: fc.constant('random' as const), below: number }),
  );
  const unit = fc.constantFrom({ by: 'user' as const }, { by: 'claim' as const, name: '__proto__.a' });
  const share = fc.record({ name: text, version: text, weight: number, ranges: fc.array(range, { maxLength: 3 }) });
  const rule = fc.record(
    {
      id: text,
      name: text,
      priority: number,
      isEnabled: fc.constant(true),
      path: fc.record({ type: fc.constantFrom('exact' as const, 'prefix', 'regex'), value: text }),
      methods: fc.array(text, { maxLength: 2 }),
      when: condition,
      target: fc.oneof(
        fc.record({ kind: fc.constant('version' as const), version: text }),
        fc.record({ kind: fc.constant('lane' as const), tag: text }),
        fc.record({
          kind: fc.constant('split' as const),
          split: fc.record({
            unit,
            whenMissing: fc.constant('random' as const),
            salt: text,
            shares: fc.array(share, { maxLength: 3 }),
          }),
        }),
      ),
      fallback: fc.record({ mode: fc.constantFrom('version' as const, 'nearest'), version: text }),
      mirror: fc.record({ version: text, share: number }),
    },
    { requiredKeys: ['id', 'name', 'priority', 'isEnabled', 'target'] },
  );
  const experiment = fc.record({
    id: text,
    isRunning: fc.constant(true),
    unit,
    whenMissing: fc.constant('tenant' as const),
    salt: text,
    hashing: fc.constantFrom('murmur3' as const, 'md5_java'),
    variants: fc.array(share, { maxLength: 3 }),
  });
  const flag = fc.record({
    name: text,
    isEnabled: fc.constant(true),
    value: text,
    rules: fc.array(fc.record({ when: condition, value: number }), { maxLength: 2 }),
  });
  const lane = fc.record({
    tag: text,
    mode: fc.constantFrom('strict' as const, 'permissive'),
    versions: fc.array(fc.record({ serviceId: text, version: text }), { maxLength: 3 }),
    entry: fc.record({ when: condition }),
  });
  const position = fc.constant({ epoch: '', revision: 0 });
  const cell = { tenantId: text, serviceId: text };
  const scope = fc.oneof(
    fc.constant({ kind: 'all' as const }),
    fc.record({ kind: fc.constant('tenants' as const), tenantIds: fc.array(text) }),
    fc.record({ kind: fc.constant('tag' as const), tag: text }),
  );
  const garbage: fc.Arbitrary<SnapshotSource> = fc.record({
    position,
    tenants: fc.array(fc.record({ id: text, status: fc.constantFrom('active', 'suspended'), tags: fc.array(text) })),
    services: fc.array(
      fc.record({
        id: text,
        unknownTenant: fc.constantFrom('reject', 'default'),
        balancer: fc.constantFrom('round_robin', 'weighted_round_robin', 'random'),
        fallback: fc.constantFrom('fail', 'baseline', 'nearest', 'version'),
        ruleSet: fc.record({ number, normalizePath: fc.boolean(), rules: fc.array(rule, { maxLength: 4 }) }),
        experiments: fc.array(experiment, { maxLength: 2 }),
        defaults: fc.array(weighted, { maxLength: 4 }),
        versions: fc.array(
          fc.record({
            version: text,
            ordinal: number,
            status: fc.constantFrom('active', 'retired'),
            schemaMin: number,
            schemaMax: number,
            flags: fc.array(flag, { maxLength: 2 }),
          }),
          { maxLength: 5 },
        ),
      }),
    ),
    assignments: fc.array(fc.record({ ...cell, version: text, isPinned: fc.boolean() })),
    schemas: fc.array(fc.record({ ...cell, schemaVersion: number, expandedTo: number, isMigrating: fc.boolean() })),
    holds: fc.array(fc.record({ id: text, serviceId: text, fromVersion: text, toVersion: text, scope })),
    lanes: fc.array(lane, { maxLength: 3 }),
    instances: fc.array(
      fc.record({
        serviceId: text,
        instanceId: text,
        version: text,
        address: text,
        weight: number,
        health: fc.constantFrom('healthy', 'degraded', 'unhealthy', 'unknown'),
        isEnabled: fc.boolean(),
      }),
    ),
  });

  it('is answered all the same: a decision or a refusal, never an error, never a loop', { timeout }, () => {
    fc.assert(
      fc.property(garbage, fc.array(fc.tuple(text, text, text, text)), number, (source, asks, drawn) => {
        const snapshot = buildSnapshot(source);
        const env = createDecisionEnv({ random: () => drawn });
        for (const [tenantId, serviceName, userId, tag] of asks) {
          const request = { tenantId, serviceName, metadata: { userId, path: userId, method: userId, tag } };
          const { decision } = explain(snapshot, request, env);
          const answer = decide(snapshot, request, env);
          expect(answer).toEqual(decision);
          if (answer.ok) expect(answer.instance.isEnabled).toBe(true);
          else expect(answer.code).toMatch(/^[A-Z_]+$/);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('is taken out again without a trace', { timeout }, () => {
    fc.assert(
      fc.property(garbage, (source) => {
        const none = { tenants: [], services: [], assignments: [], schemas: [], holds: [], lanes: [] };
        const empty = buildSnapshot({ ...source, ...none });
        const { tenants, services, assignments, schemas, holds, lanes = [] } = source;
        const ids = (records: Iterable<{ id: string }>): string[] => [...records].map((record) => record.id);
        const full = applyDelta(empty, {
          epoch: '',
          revision: 1,
          tenants: { upsert: [...tenants] },
          services: { upsert: [...services] },
          assignments: { upsert: [...assignments] },
          schemas: { upsert: [...schemas] },
          holds: { upsert: [...holds] },
          lanes: { upsert: [...lanes] },
        });
        const bare = applyDelta(full, {
          epoch: '',
          revision: 2,
          tenants: { remove: ids(tenants) },
          services: { remove: ids(services) },
          assignments: { remove: [...assignments] },
          schemas: { remove: [...schemas] },
          holds: { remove: ids(holds) },
          lanes: { remove: [...lanes].map(({ tag }) => tag) },
        });
        expect(full.digest).toBe(buildSnapshot(source).digest);
        expect(bare.digest).toBe(empty.digest);
        expect(empty.digest).toBe('0'.repeat(16));
        expect(bare.stats()).toMatchObject({
          tenantCount: 0,
          serviceCount: 0,
          assignmentCount: 0,
          schemaCount: 0,
          holdCount: 0,
          laneCount: 0,
        });
      }),
      { numRuns: 300 },
    );
  });
});
