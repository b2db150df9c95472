import { describe, expect, it } from 'vitest';
import {
  applyDelta,
  buildSnapshot,
  createDecisionEnv,
  decide,
  encodeSnapshot,
  type Snapshot,
  type SnapshotDelta,
  type SnapshotSource,
} from './index.ts';

/** Three pages of tenants, so that a change touches one page and shares the others. */
const tenantIds = Array.from({ length: 5_000 }, (_, i) => `t${i}`);
const source: SnapshotSource = {
  position: { epoch: 'e', revision: 1 },
  tenants: tenantIds.map((id) => ({ id, status: 'active', tags: ['old'] })),
  services: [
    {
      id: 'pay',
      unknownTenant: 'reject',
      balancer: 'round_robin',
      fallback: 'fail',
      defaults: [{ version: 'v1', weight: 10_000 }],
      versions: [
        { version: 'v1', ordinal: 1, status: 'active', schemaMax: 5 },
        { version: 'v2', ordinal: 2, status: 'active' },
      ],
    },
  ],
  assignments: tenantIds.map((tenantId) => ({ tenantId, serviceId: 'pay', version: 'v1', isPinned: false })),
  schemas: tenantIds.map((tenantId) => ({ tenantId, serviceId: 'pay', schemaVersion: 3 })),
  holds: [],
  instances: ['v1', 'v2'].map((version) => ({
    serviceId: 'pay',
    instanceId: version,
    version,
    address: `${version}:80`,
    weight: 1,
    health: 'healthy',
    isEnabled: true,
  })),
};

function answerOf(snapshot: Snapshot, tenantId: string): string {
  const decision = decide(snapshot, { tenantId, serviceName: 'pay' }, createDecisionEnv());
  return decision.ok ? decision.version : decision.code;
}

const cell = (tenantId: string) => ({ tenantId, serviceId: 'pay' });
const changes: [string, Omit<SnapshotDelta, 'epoch' | 'revision'>, after: string][] = [
  ['an assignment', { assignments: { upsert: [{ ...cell('t2100'), version: 'v2', isPinned: true }] } }, 'v2'],
  ['a schema', { schemas: { upsert: [{ ...cell('t2100'), schemaVersion: 9 }] } }, 'SCHEMA_MISMATCH'],
  ['the state of a tenant', { tenants: { upsert: [{ id: 't2100', status: 'suspended' }] } }, 'TENANT_INACTIVE'],
  ['a tenant that goes', { tenants: { remove: ['t2100'] } }, 'TENANT_UNKNOWN'],
];

describe('a snapshot that was moved on', () => {
  it.each(changes)('answers as before, whatever became of %s', (_, change, after) => {
    const base = buildSnapshot(source);
    const image = encodeSnapshot(base);
    const next = applyDelta(base, { epoch: 'e', revision: 2, ...change });
    expect(answerOf(next, 't2100')).toBe(after);
    expect(answerOf(base, 't2100')).toBe('v1');
    // Everything that stands in it, not only what it remembers of its sums.
    expect(encodeSnapshot(base)).toEqual(image);
    for (const id of ['t0', 't2047', 't2048', 't2099', 't2101', 't4999']) expect(answerOf(next, id)).toBe('v1');
  });

  it('counts what it has, and knows its catalogue', () => {
    const base = buildSnapshot(source);
    const next = applyDelta(base, {
      epoch: 'e',
      revision: 2,
      tenants: { upsert: [{ id: 't7', status: 'suspended' }], remove: ['t8'] },
    });
    expect(base.stats()).toMatchObject({ tenantCount: 5_000, activeTenantCount: 5_000, instanceCount: 2 });
    expect(next.stats()).toMatchObject({ tenantCount: 4_999, activeTenantCount: 4_998, assignmentCount: 5_000 });
    expect([base.hasVersion('pay', 'v2'), base.hasVersion('pay', 'v3'), base.hasVersion('ship', 'v2')]).toEqual([
      true,
      false,
      false,
    ]);
  });
});
