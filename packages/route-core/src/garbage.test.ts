import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyDelta, buildSnapshot, createDecisionEnv, decide, explain, type SnapshotSource } from './index.ts';

describe('data that makes no sense', () => {
  const text = fc.oneof(
    fc.constantFrom('', '__proto__', 'constructor', 'a', 'b', '\u0000', '\ud800'),
    fc.string({ unit: 'binary' }),
  );
  const number = fc.oneof(fc.integer(), fc.double(), fc.constantFrom(Number.NaN, -0, Number.POSITIVE_INFINITY));
  const weighted = fc.record({ version: text, weight: number });
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
        fallback: fc.constantFrom('fail', 'baseline', 'nearest'),
        defaults: fc.array(weighted, { maxLength: 4 }),
        versions: fc.array(
          fc.record({
            version: text,
            ordinal: number,
            status: fc.constantFrom('active', 'retired'),
            schemaMin: number,
            schemaMax: number,
          }),
          { maxLength: 5 },
        ),
      }),
    ),
    assignments: fc.array(fc.record({ ...cell, version: text, isPinned: fc.boolean() })),
    schemas: fc.array(fc.record({ ...cell, schemaVersion: number })),
    holds: fc.array(fc.record({ id: text, serviceId: text, fromVersion: text, toVersion: text, scope })),
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

  it('is answered all the same: a decision or a refusal, never an error, never a loop', () => {
    fc.assert(
      fc.property(garbage, fc.array(fc.tuple(text, text, text)), number, (source, asks, drawn) => {
        const snapshot = buildSnapshot(source);
        const env = createDecisionEnv({ random: () => drawn });
        for (const [tenantId, serviceName, userId] of asks) {
          const request = { tenantId, serviceName, metadata: { userId } };
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

  it('is taken out again without a trace', () => {
    fc.assert(
      fc.property(garbage, (source) => {
        const empty = buildSnapshot({ ...source, tenants: [], services: [], assignments: [], schemas: [], holds: [] });
        const { tenants, services, assignments, schemas, holds } = source;
        const ids = (records: Iterable<{ id: string }>): string[] => [...records].map((record) => record.id);
        const full = applyDelta(empty, {
          epoch: '',
          revision: 1,
          tenants: { upsert: [...tenants] },
          services: { upsert: [...services] },
          assignments: { upsert: [...assignments] },
          schemas: { upsert: [...schemas] },
          holds: { upsert: [...holds] },
        });
        const bare = applyDelta(full, {
          epoch: '',
          revision: 2,
          tenants: { remove: ids(tenants) },
          services: { remove: ids(services) },
          assignments: { remove: [...assignments] },
          schemas: { remove: [...schemas] },
          holds: { remove: ids(holds) },
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
        });
      }),
      { numRuns: 300 },
    );
  });
});
