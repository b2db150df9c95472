import { describe, expect, it } from 'vitest';
import {
  applyDelta,
  buildSnapshot,
  createDecisionEnv,
  decide,
  decodeSnapshot,
  encodeSnapshot,
  type FlagRecord,
  type HoldRecord,
  type LaneRecord,
  type ServiceRecord,
  type SnapshotSource,
} from './index.ts';

/** What a snapshot says of itself, in numbers and names rather than against another snapshot of the same code. */

const versions = ['1.0', '2.0', '3.0'].map((version, at) => ({
  version,
  ordinal: at + 1,
  status: at === 2 ? ('retired' as const) : ('active' as const),
}));

const service = (id: string, more: Partial<ServiceRecord> = {}): ServiceRecord => ({
  id,
  unknownTenant: 'reject',
  balancer: 'round_robin',
  fallback: 'fail',
  defaults: [{ version: '1.0', weight: 10_000 }],
  versions,
  ...more,
});

const hold = (tenantIds: readonly string[]): HoldRecord => ({
  id: 'h',
  serviceId: 'pay',
  fromVersion: '3.0',
  toVersion: '1.0',
  scope: { kind: 'tenants', tenantIds },
});

const lane = (...serviceIds: readonly string[]): LaneRecord => ({
  tag: 'blue',
  mode: 'permissive',
  versions: serviceIds.map((serviceId) => ({ serviceId, version: '2.0' })),
});

const instance = (version: string, instanceId = `on-${version}`) => ({
  serviceId: 'pay',
  instanceId,
  version,
  address: 'a:1',
  weight: 1,
  health: 'healthy' as const,
  isEnabled: true,
});

const start: SnapshotSource = {
  position: { epoch: 'e1', revision: 1 },
  tenants: [
    { id: 'first', status: 'active' },
    { id: 'second', status: 'suspended' },
  ],
  services: [service('pay'), service('mail', { versions: versions.slice(0, 1) })],
  assignments: [{ tenantId: 'first', serviceId: 'pay', version: '2.0', isPinned: false }],
  schemas: [
    { tenantId: 'first', serviceId: 'pay', schemaVersion: 7 },
    { tenantId: 'stranger', serviceId: 'pay', schemaVersion: 8 },
  ],
  holds: [hold(['first'])],
  lanes: [lane('pay')],
  instances: [instance('1.0'), instance('2.0')],
};

const PAGE_BYTES = { cells: 2 * 2048, schemas: 8 * 2048 };
const snapshot = buildSnapshot(start);

describe('a snapshot', () => {
  it('counts what it has', () => {
    const numbers = {
      tenantCount: 2,
      activeTenantCount: 1,
      serviceCount: 2,
      versionCount: 4,
      assignmentCount: 1,
      schemaCount: 2,
      holdCount: 1,
      laneCount: 1,
      instanceCount: 2,
      columnBytes: PAGE_BYTES.cells + PAGE_BYTES.schemas,
    };
    expect(snapshot.stats()).toEqual(numbers);
    const without = { epoch: 'e1', revision: 2, services: { remove: ['mail'] }, tenants: { remove: ['second'] } };
    expect(applyDelta(snapshot, without).stats()).toEqual({
      ...numbers,
      tenantCount: 1,
      serviceCount: 1,
      versionCount: 3,
    });
  });

  it('knows tenants, services and versions, and those it has only heard of it does not', () => {
    expect(['first', 'second', 'stranger', 'nobody'].map((id) => snapshot.hasTenant(id))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    const heard = applyDelta(snapshot, { epoch: 'e1', revision: 2, services: { remove: ['mail'] } });
    expect(['pay', 'mail', 'none'].map((id) => heard.hasService(id))).toEqual([true, false, false]);
    const asked = [
      ['pay', '1.0'],
      ['pay', '3.0'],
      ['pay', '9.9'],
      ['mail', '2.0'],
      ['none', '1.0'],
    ] as const;
    expect(asked.map(([id, version]) => snapshot.hasVersion(id, version))).toEqual([true, true, false, false, false]);
    const assigned = { upsert: [{ tenantId: 'first', serviceId: 'pay', version: '9.9', isPinned: false }] };
    const named = applyDelta(snapshot, { epoch: 'e1', revision: 2, assignments: assigned });
    expect(named.hasVersion('pay', '9.9')).toBe(false);
  });

  it('loses nothing of the first tenant when something of a tenant that it never heard of is removed', () => {
    const remove = [
      { tenantId: 'never', serviceId: 'pay' },
      { tenantId: 'first', serviceId: 'never' },
    ];
    const after = applyDelta(snapshot, {
      epoch: 'e1',
      revision: 2,
      assignments: { remove },
      schemas: { remove },
      services: { remove: ['never'] },
    });
    expect(after.digest).toBe(snapshot.digest);
    expect(after.stats()).toEqual(snapshot.stats());
    expect(decide(after, { tenantId: 'first', serviceName: 'pay' }, createDecisionEnv())).toMatchObject({
      version: '2.0',
    });
  });

  it('keeps columns in pages, of which those nobody is in take no room, also through an image', () => {
    const tenants = Array.from({ length: 5_000 }, (_, i) => ({ id: `t${i}`, status: 'active' as const }));
    const last = { tenantId: 't4999', serviceId: 'pay' };
    const sparse = buildSnapshot({
      ...start,
      tenants,
      assignments: [{ ...last, version: '2.0', isPinned: true }],
      schemas: [{ ...last, schemaVersion: 5 }],
    });
    const decoded = decodeSnapshot(encodeSnapshot(sparse));
    for (const one of [sparse, decoded]) {
      expect(one.stats()).toMatchObject({ columnBytes: PAGE_BYTES.cells + PAGE_BYTES.schemas });
      const answers = ['t4999', 't0'].map((tenantId) =>
        decide(one, { tenantId, serviceName: 'pay' }, createDecisionEnv()),
      );
      expect(answers.map(({ version }) => version)).toEqual(['2.0', '1.0']);
    }
    expect(decoded.digest).toBe(sparse.digest);
  });
});

describe('the digest', () => {
  const flag = (name: string): FlagRecord => ({ name, isEnabled: true, value: 1, rules: [] });
  const flagged = (...names: readonly string[]) =>
    service('pay', { versions: [{ ...versions[0]!, flags: names.map(flag) }] });

  it.each<[string, Partial<SnapshotSource>, Partial<SnapshotSource>]>([
    ['versions', { services: [service('pay')] }, { services: [service('pay', { versions: versions.toReversed() })] }],
    ['flags', { services: [flagged('f', 'g')] }, { services: [flagged('g', 'f')] }],
    ['services of a lane', { lanes: [lane('pay', 'mail')] }, { lanes: [lane('mail', 'pay')] }],
    ['tenants of a hold', { holds: [hold(['a', 'b'])] }, { holds: [hold(['b', 'a', 'b'])] }],
    [
      'tags',
      { tenants: [{ id: 't', status: 'active', tags: ['x', 'y'] }] },
      { tenants: [{ id: 't', status: 'active', tags: ['y', 'x', 'y'] }] },
    ],
    [
      'keys',
      { services: [service('pay', { balancing: { slowStartMs: 1, hashKey: { by: 'user' } } })] },
      { services: [service('pay', { balancing: { hashKey: { by: 'user' }, slowStartMs: 1 } })] },
    ],
    [
      'flags that there are none of',
      { services: [flagged()] },
      { services: [service('pay', { versions: versions.slice(0, 1) })] },
    ],
  ])('does not depend on the order of %s', (_what, one, other) => {
    const digestOf = (more: Partial<SnapshotSource>) => buildSnapshot({ ...start, ...more }).digest;
    expect(digestOf(other)).toBe(digestOf(one));
  });

  it('takes 0 and -0 for one schema version', () => {
    const digestOf = (schemaVersion: number) =>
      buildSnapshot({ ...start, schemas: [{ tenantId: 'first', serviceId: 'pay', schemaVersion }] }).digest;
    expect(digestOf(-0)).toBe(digestOf(0));
  });
});

describe('the nearest version', () => {
  it('of two with one ordinal is the one whose name comes last, in whatever order they stand', () => {
    const same = ['a', 'c', 'b'].map((version) => ({ version, ordinal: 1, status: 'active' as const }));
    for (const order of [same, same.toReversed()]) {
      const newest = { version: 'new', ordinal: 2, status: 'active' as const };
      const source = {
        ...start,
        services: [
          service('pay', {
            fallback: 'nearest',
            defaults: [{ version: 'new', weight: 10_000 }],
            versions: [...order, newest],
          }),
        ],
        assignments: [],
        holds: [],
        instances: ['a', 'b', 'c'].map((version) => instance(version)),
      };
      const decision = decide(buildSnapshot(source), { tenantId: 'first', serviceName: 'pay' }, createDecisionEnv());
      expect(decision).toMatchObject({ version: 'c', fallback: { from: 'new', to: 'c' } });
    }
  });
});
