import { buildSnapshot, createDecisionEnv, decide, type HoldRecord, type SnapshotSource } from '@grey/route-core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { followRecords } from './follow-records.ts';

const versions = ['v1', 'v2', 'v3', 'v4'];
const scope: fc.Arbitrary<HoldRecord['scope']> = fc.oneof(
  fc.constant({ kind: 'all' } as const),
  fc.subarray(['a', 'b'], { minLength: 1 }).map((tenantIds) => ({ kind: 'tenants', tenantIds }) as const),
  fc.constantFrom('x', 'y').map((tag) => ({ kind: 'tag', tag }) as const),
);
/** Always to a lower version, so that there is no circle. */
const hold: fc.Arbitrary<HoldRecord> = fc
  .record({ id: fc.uuid(), from: fc.integer({ min: 1, max: 3 }), down: fc.integer({ min: 1, max: 3 }), scope })
  .map(({ id, from, down, scope: one }) => ({
    id,
    serviceId: 's',
    fromVersion: versions[from] as string,
    toVersion: versions[Math.max(0, from - down)] as string,
    scope: one,
  }));

test('records are followed as the engine follows holds', () => {
  fc.assert(
    fc.property(
      fc.array(hold, { maxLength: 8 }),
      fc.constantFrom(...versions),
      fc.constantFrom('a', 'b', 'c'),
      fc.subarray(['x', 'y']),
      (holds, version, id, tags) => {
        const source: SnapshotSource = {
          position: { epoch: 'e', revision: 1 },
          tenants: [{ id, status: 'active', tags }],
          services: [
            {
              id: 's',
              unknownTenant: 'reject',
              balancer: 'random',
              fallback: 'fail',
              defaults: [],
              versions: versions.map((one, ordinal) => ({ version: one, ordinal, status: 'active' })),
            },
          ],
          assignments: [{ tenantId: id, serviceId: 's', version, isPinned: false }],
          schemas: [],
          holds,
          instances: [],
        };
        const decision = decide(buildSnapshot(source), { tenantId: id, serviceName: 's' }, createDecisionEnv());
        const path = followRecords(holds, version, { id, tags });
        expect([path[0], path.at(-1)]).toEqual([version, decision.version]);
      },
    ),
    { numRuns: 500, seed: 6 },
  );
});
