import { describe, expect, it } from 'vitest';
import {
  applyDelta,
  buildSnapshot,
  createDecisionEnv,
  decide,
  explain,
  PositionGapError,
  type SnapshotDelta,
  SnapshotLimitError,
  type SnapshotSource,
  withInstances,
} from './index.ts';
import type { SnapshotState } from './snapshot-state.ts';

const start: SnapshotSource = {
  position: { epoch: 'e1', revision: 4 },
  tenants: [{ id: 'acme', status: 'active', tags: ['gold'] }],
  services: [
    {
      id: 'pay',
      unknownTenant: 'reject',
      balancer: 'round_robin',
      fallback: 'fail',
      defaults: [{ version: 'v1', weight: 10_000 }],
      versions: [
        { version: 'v1', ordinal: 1, status: 'active' },
        { version: 'v2', ordinal: 2, status: 'active' },
      ],
    },
  ],
  assignments: [],
  schemas: [],
  holds: [],
  instances: ['v1', 'v2'].map((version) => ({
    serviceId: 'pay',
    instanceId: `on-${version}`,
    version,
    address: `${version}:80`,
    weight: 1,
    health: 'healthy' as const,
    isEnabled: true,
  })),
};
const ask = { tenantId: 'acme', serviceName: 'pay' };

function versionOf(snapshot: ReturnType<typeof buildSnapshot>): string | undefined {
  return decide(snapshot, ask, createDecisionEnv()).version;
}

describe('applyDelta', () => {
  it.each([
    ['a gap', 'e1', 6],
    ['a repetition', 'e1', 4],
    ['a step back', 'e1', 3],
    ['another epoch', 'e2', 5],
  ])('refuses %s', (_what, epoch, revision) => {
    const snapshot = buildSnapshot(start);
    expect(() => applyDelta(snapshot, { epoch, revision })).toThrow(PositionGapError);
    expect(snapshot.position).toEqual({ epoch: 'e1', revision: 4 });
  });

  it('moves the position and answers with it', () => {
    const next = applyDelta(buildSnapshot(start), { epoch: 'e1', revision: 5 });
    expect(decide(next, ask, createDecisionEnv())).toMatchObject({ epoch: 'e1', revision: 5 });
  });

  it('copies the one page that it writes and shares the rest', () => {
    const tenants = Array.from({ length: 5 * 2048 }, (_, i) => ({ id: `t${i}`, status: 'active' as const }));
    const assignments = tenants.flatMap((t) => [
      { tenantId: t.id, serviceId: 'pay', version: 'v1', isPinned: false },
      { tenantId: t.id, serviceId: 'user', version: 'v1', isPinned: false },
    ]);
    const before = buildSnapshot({ ...start, tenants, assignments }) as SnapshotState;
    const upsert = [{ tenantId: 't7000', serviceId: 'pay', version: 'v2', isPinned: true }];
    const after = applyDelta(before, { epoch: 'e1', revision: 5, assignments: { upsert } }) as SnapshotState;
    expect(after.services.get('user')).toBe(before.services.get('user'));
    expect(after.tenants).toBe(before.tenants);
    const [old, now] = [before.services.get('pay')!.cells, after.services.get('pay')!.cells];
    expect(now.map((page, i) => page === old[i])).toEqual([true, true, true, false, true]);
  });
});

describe('a snapshot', () => {
  it('holds an assignment in two bytes', () => {
    const tenants = Array.from({ length: 2048 }, (_, i) => ({ id: `t${i}`, status: 'active' as const }));
    const assignments = tenants.map((t) => ({ tenantId: t.id, serviceId: 'pay', version: 'v2', isPinned: false }));
    const stats = buildSnapshot({ ...start, tenants, assignments }).stats();
    expect(stats).toMatchObject({ tenantCount: 2048, assignmentCount: 2048, columnBytes: 2 * 2048 });
  });

  it('does not follow later changes of what it was built from', () => {
    const source = structuredClone(start) as { -readonly [K in keyof SnapshotSource]: SnapshotSource[K] };
    const snapshot = buildSnapshot(source);
    const picture = (): string => JSON.stringify([snapshot.digest, explain(snapshot, ask, createDecisionEnv())]);
    const before = picture();
    for (const list of [source.tenants, source.services, source.instances] as Record<string, unknown>[][]) {
      for (const record of list) for (const key of Object.keys(record)) record[key] = 'changed';
    }
    expect(picture()).toBe(before);
  });

  it('reads each list once, so that it may be streamed', () => {
    const streamed = buildSnapshot({
      ...start,
      tenants: [...start.tenants].values(),
      services: [...start.services].values(),
      instances: [...start.instances].values(),
      assignments: [{ tenantId: 'acme', serviceId: 'pay', version: 'v2', isPinned: false }].values(),
    });
    expect(versionOf(streamed)).toBe('v2');
  });

  it('has a digest of the configuration alone', () => {
    const snapshot = buildSnapshot(start);
    expect(snapshot.digest).toMatch(/^[0-9a-f]{16}$/);
    expect(withInstances(snapshot, 'pay', []).digest).toBe(snapshot.digest);
    expect(applyDelta(snapshot, { epoch: 'e1', revision: 5 }).digest).toBe(snapshot.digest);
    expect(buildSnapshot({ ...start, position: { epoch: 'e9', revision: 1 } }).digest).toBe(snapshot.digest);
  });

  it('gets its old digest back when a change is taken back', () => {
    const snapshot = buildSnapshot(start);
    const key = { tenantId: 'acme', serviceId: 'pay' };
    const there = applyDelta(snapshot, {
      epoch: 'e1',
      revision: 5,
      assignments: { upsert: [{ ...key, version: 'v2', isPinned: true }] },
      schemas: { upsert: [{ ...key, schemaVersion: 3 }] },
      tenants: { upsert: [{ id: 'beta', status: 'suspended' }] },
      holds: { upsert: [{ id: 'h', serviceId: 'pay', fromVersion: 'v1', toVersion: 'v2', scope: { kind: 'all' } }] },
    });
    const back = applyDelta(there, {
      epoch: 'e1',
      revision: 6,
      assignments: { remove: [key] },
      schemas: { remove: [key] },
      tenants: { remove: ['beta'] },
      holds: { remove: ['h'] },
    });
    expect(there.digest).not.toBe(snapshot.digest);
    expect(back.digest).toBe(snapshot.digest);
  });

  it.each<[string, Partial<SnapshotDelta>]>([
    [
      'the pin of an assignment',
      { assignments: { upsert: [{ tenantId: 'acme', serviceId: 'pay', version: 'v1', isPinned: false }] } },
    ],
    ['a tenant’s region', { tenants: { upsert: [{ id: 'acme', status: 'active', tags: ['gold'], region: 'eu' }] } }],
    ['a tenant’s tags', { tenants: { upsert: [{ id: 'acme', status: 'active', tags: ['gold', 'eu'] }] } }],
    ['a schema version', { schemas: { upsert: [{ tenantId: 'acme', serviceId: 'pay', schemaVersion: 0 }] } }],
    [
      'the service of a schema version',
      { schemas: { upsert: [{ tenantId: 'acme', serviceId: 'other', schemaVersion: 0 }] } },
    ],
  ])('has another digest after a change of %s', (_what, body) => {
    const assignments = [{ tenantId: 'acme', serviceId: 'pay', version: 'v1', isPinned: true }];
    const before = buildSnapshot({ ...start, assignments });
    expect(applyDelta(before, { epoch: 'e1', revision: 5, ...body }).digest).not.toBe(before.digest);
  });

  it('refuses more versions of one service than a column can number', () => {
    const upsert = Array.from({ length: 0x8000 }, (_, i) => ({
      tenantId: `t${i}`,
      serviceId: 'pay',
      version: `w${i}`,
      isPinned: false,
    }));
    expect(() => buildSnapshot({ ...start, services: [], assignments: upsert.slice(1) })).not.toThrow();
    expect(() => buildSnapshot({ ...start, services: [], assignments: upsert })).toThrow(SnapshotLimitError);
  });
});

describe('withInstances', () => {
  it('replaces the instances of one service', () => {
    const snapshot = withInstances(buildSnapshot(start), 'pay', []);
    expect(decide(snapshot, ask, createDecisionEnv())).toMatchObject({ ok: false, code: 'NO_INSTANCE', version: 'v1' });
  });

  it('keeps instances that were known before their service', () => {
    const early = buildSnapshot({ ...start, services: [] });
    expect(decide(early, ask, createDecisionEnv())).toMatchObject({ code: 'SERVICE_UNKNOWN' });
    const upsert = [...start.services];
    expect(versionOf(applyDelta(early, { epoch: 'e1', revision: 5, services: { upsert } }))).toBe('v1');
  });
});
