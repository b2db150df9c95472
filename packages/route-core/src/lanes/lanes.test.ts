import { describe, expect, it } from 'vitest';
import {
  applyDelta,
  buildSnapshot,
  createDecisionEnv,
  decide,
  type LaneRecord,
  SnapshotLimitError,
  type SnapshotSource,
} from '../index.ts';

const versions = ['v1', 'v2'].map((version, at) => ({ version, ordinal: at + 1, status: 'active' as const }));
const pay = {
  id: 'pay',
  unknownTenant: 'reject',
  balancer: 'round_robin',
  fallback: 'fail',
  defaults: [{ version: 'v1', weight: 10_000 }],
  versions,
} as const;

function sourceWith(lanes: readonly LaneRecord[]): SnapshotSource {
  const instances = versions.map(({ version }) => ({
    serviceId: 'pay',
    instanceId: `i-${version}`,
    version,
    address: 'a:1',
    weight: 1,
    health: 'healthy' as const,
    isEnabled: true,
  }));
  return {
    position: { epoch: 'e1', revision: 1 },
    tenants: [{ id: 'acme', status: 'active' }],
    services: [pay],
    assignments: [],
    schemas: [],
    holds: [],
    instances,
    lanes,
  };
}

const lane = (tag: string, more: Partial<LaneRecord> = {}): LaneRecord => ({
  tag,
  mode: 'permissive',
  versions: [{ serviceId: 'pay', version: 'v2' }],
  entry: {},
  ...more,
});

const laneOf = (lanes: readonly LaneRecord[], metadata = {}): unknown =>
  decide(buildSnapshot(sourceWith(lanes)), { tenantId: 'acme', serviceName: 'pay', metadata }, createDecisionEnv());

describe('lanes', { timeout: 60_000 }, () => {
  it.each([
    ['a', 'b', 'c'],
    ['c', 'b', 'a'],
    ['b', 'c', 'a'],
  ])('are asked in the order of their tags, however they stand: %s %s %s', (...tags) => {
    expect(laneOf(tags.map((tag) => lane(tag)))).toMatchObject({ lane: 'a', version: 'v2' });
  });

  it('are entered by who sends an empty tag, or none that is a text', () => {
    expect(laneOf([lane('a')], { tag: '' })).toMatchObject({ lane: 'a' });
    expect(laneOf([lane('a')], { tag: 7 })).toMatchObject({ lane: 'a' });
    expect(laneOf([lane('a')], { tag: 'b' })).toMatchObject({ lane: null, version: 'v1' });
  });

  it('name no more versions of a service than can be numbered: the snapshot is refused, not the decision', () => {
    const many = Array.from({ length: 0x8000 }, (_, i) =>
      lane(`l${i}`, { versions: [{ serviceId: 'pay', version: `w${i}` }], mode: 'strict' }),
    );
    // v1 and v2 have a number already, and 0 is none.
    const fitting = sourceWith(many.slice(0, 0x7fff - 2));
    const snapshot = buildSnapshot(fitting);
    expect(() => buildSnapshot(sourceWith(many))).toThrow(SnapshotLimitError);
    const another = { epoch: 'e1', revision: 2, lanes: { upsert: [many.at(-1)!] } };
    expect(() => applyDelta(snapshot, another)).toThrow(SnapshotLimitError);
  });
});
