import fc from 'fast-check';
import type { DecisionRequest } from '../decision.ts';
import type {
  AssignmentRecord,
  CellKey,
  HoldRecord,
  InstanceRecord,
  RecordChanges,
  SchemaRecord,
  ServiceRecord,
  SnapshotDelta,
  SnapshotSource,
  TenantRecord,
  VersionRecord,
} from '../records.ts';
import { experiments, flags, lane, laneTag, metadata, ruleSet, shares } from './routing-arbitraries.ts';

/** Small worlds: few names, so that records meet, contradict and replace one another. Each has a name nobody declares. */
const TENANTS = ['t0', 't1', 't2', 't3', 'ghost'];
const SERVICES = ['s0', 's1', 'lost'];
const VERSIONS = ['v0', 'v1', 'v2', 'v3', 'stray'];
const TAGS = ['gold', 'silver'];

const tenantId = fc.constantFrom(...TENANTS);
const serviceId = fc.constantFrom(...SERVICES);
const version = fc.constantFrom(...VERSIONS);
const tags = fc.subarray(TAGS);

const declaredTenant: fc.Arbitrary<TenantRecord> = fc.record(
  {
    id: fc.constantFrom(...TENANTS.slice(0, -1)),
    status: fc.constantFrom('active', 'active', 'active', 'suspended'),
    region: fc.constantFrom('eu', 'us'),
    tags,
  },
  { requiredKeys: ['id', 'status'] },
);

const declaredVersion: fc.Arbitrary<VersionRecord> = fc.record(
  {
    version: fc.constantFrom(...VERSIONS.slice(0, -1)),
    ordinal: fc.integer({ min: 0, max: 4 }),
    status: fc.constantFrom('active', 'active', 'deprecated', 'retired'),
    schemaMin: fc.integer({ min: 0, max: 3 }),
    schemaMax: fc.integer({ min: 1, max: 5 }),
    flags,
  },
  { requiredKeys: ['version', 'ordinal', 'status'] },
);
const catalogueOf = (minLength: number): fc.Arbitrary<VersionRecord[]> =>
  fc.uniqueArray(declaredVersion, { selector: (v) => v.version, minLength, maxLength: 4 });

const defaults = fc.oneof(
  fc.constant([]),
  version.map((v) => [{ version: v, weight: 10_000 }]),
  fc.tuple(version, version, fc.integer({ min: 0, max: 10_000 })).map(([a, b, weight]) => [
    { version: a, weight },
    { version: b, weight: 10_000 - weight },
  ]),
  shares,
);

const serviceOf = (id: fc.Arbitrary<string>, versions: fc.Arbitrary<VersionRecord[]>): fc.Arbitrary<ServiceRecord> =>
  fc.record(
    {
      id,
      unknownTenant: fc.constantFrom('reject', 'default'),
      balancer: fc.constantFrom('round_robin', 'weighted_round_robin', 'random'),
      fallback: fc.constantFrom('fail', 'baseline', 'nearest', 'version'),
      fallbackVersion: version,
      defaults,
      versions,
      ruleSet,
      experiments,
    },
    { requiredKeys: ['id', 'unknownTenant', 'balancer', 'fallback', 'defaults', 'versions'] },
  );
const service = serviceOf(fc.constantFrom(...SERVICES.slice(0, -1)), catalogueOf(0));

const assignment: fc.Arbitrary<AssignmentRecord> = fc.record({ tenantId, serviceId, version, isPinned: fc.boolean() });
const schema: fc.Arbitrary<SchemaRecord> = fc.record(
  {
    tenantId,
    serviceId,
    schemaVersion: fc.integer({ min: 0, max: 5 }),
    expandedTo: fc.integer({ min: 0, max: 6 }),
    isMigrating: fc.boolean(),
  },
  { requiredKeys: ['tenantId', 'serviceId', 'schemaVersion'] },
);
const cellKey: fc.Arbitrary<CellKey> = fc.record({ tenantId, serviceId });
const holdId = fc.constantFrom('h0', 'h1', 'h2', 'h3');

export const hold: fc.Arbitrary<HoldRecord> = fc.record({
  id: holdId,
  serviceId,
  fromVersion: version,
  toVersion: version,
  scope: fc.oneof(
    fc.constant({ kind: 'all' } as const),
    fc.record({ kind: fc.constant('tenants' as const), tenantIds: fc.subarray(TENANTS) }),
    fc.record({ kind: fc.constant('tag' as const), tag: fc.constantFrom(...TAGS) }),
  ),
});

const instanceOf = (
  id: fc.Arbitrary<string>,
  instanceId: fc.Arbitrary<string> = fc.constantFrom('i0', 'i1', 'i2', 'i3', 'i4', 'i5'),
  own: fc.Arbitrary<string> = version,
): fc.Arbitrary<InstanceRecord> =>
  fc.record({
    serviceId: id,
    instanceId,
    version: own,
    address: fc.constantFrom('a:1', 'b:2', 'c:3'),
    weight: fc.integer({ min: 0, max: 4 }),
    health: fc.constantFrom('healthy', 'healthy', 'unknown', 'degraded', 'unhealthy'),
    isEnabled: fc.constantFrom(true, true, true, false),
  });

const list = <T>(item: fc.Arbitrary<T>, maxLength = 6): fc.Arbitrary<T[]> => fc.array(item, { maxLength });

interface Furniture {
  readonly tenants: fc.Arbitrary<TenantRecord[]>;
  readonly services: fc.Arbitrary<ServiceRecord[]>;
  readonly instances: fc.Arbitrary<InstanceRecord[]>;
}

const sourceWith = ({ tenants, services, instances }: Furniture): fc.Arbitrary<SnapshotSource> =>
  fc.record(
    {
      position: fc.constant({ epoch: 'e1', revision: 0 }),
      tenants,
      services,
      assignments: list(assignment, 12),
      schemas: list(schema),
      holds: list(hold, 3),
      instances,
      lanes: list(lane, 2),
    },
    { requiredKeys: ['position', 'tenants', 'services', 'assignments', 'schemas', 'holds', 'instances'] },
  );

/** Anything, most of it missing. */
const sparse = sourceWith({
  tenants: list(declaredTenant),
  services: list(service, 4),
  instances: list(instanceOf(serviceId), 14),
});

/** Where most of what is asked for is there: every service has most versions, every version an instance or two. */
const furnished = sourceWith({
  tenants: fc.array(declaredTenant, { minLength: 4, maxLength: 8 }),
  services: fc.tuple(...SERVICES.slice(0, -1).map((id) => serviceOf(fc.constant(id), catalogueOf(3)))),
  instances: fc
    .tuple(
      ...SERVICES.flatMap((s) =>
        VERSIONS.map((v, i) => instanceOf(fc.constant(s), fc.constant(`i${i}`), fc.constant(v))),
      ),
      ...SERVICES.map((s) => instanceOf(fc.constant(s), fc.constant('i6'))),
    )
    .chain((all) => fc.subarray(all, { minLength: all.length - 3 })),
});

export const source: fc.Arbitrary<SnapshotSource> = fc.oneof(
  { weight: 1, arbitrary: sparse },
  { weight: 3, arbitrary: furnished },
);

const changes = <R, K>(record: fc.Arbitrary<R>, key: fc.Arbitrary<K>): fc.Arbitrary<RecordChanges<R, K>> =>
  fc.record({ upsert: list(record, 3), remove: list(key, 2) }, { requiredKeys: [] });

export const deltaBody: fc.Arbitrary<Omit<SnapshotDelta, 'epoch' | 'revision'>> = fc.record(
  {
    tenants: changes(declaredTenant, tenantId),
    services: changes(service, serviceId),
    assignments: changes(assignment, cellKey),
    schemas: changes(schema, cellKey),
    holds: changes(hold, holdId),
    lanes: changes(lane, laneTag),
  },
  { requiredKeys: [] },
);

export const request: fc.Arbitrary<DecisionRequest> = fc.record(
  {
    tenantId,
    serviceName: serviceId,
    metadata,
  },
  { requiredKeys: ['tenantId', 'serviceName'] },
);

export type HistoryStep =
  | { readonly kind: 'change'; readonly body: Omit<SnapshotDelta, 'epoch' | 'revision'> }
  | { readonly kind: 'instances'; readonly serviceId: string; readonly instances: readonly InstanceRecord[] }
  | { readonly kind: 'requests'; readonly requests: readonly DecisionRequest[] };

/** What happens to a snapshot over time. */
export const history: fc.Arbitrary<readonly HistoryStep[]> = list<HistoryStep>(
  fc.oneof(
    { weight: 3, arbitrary: deltaBody.map((body) => ({ kind: 'change' as const, body })) },
    {
      weight: 1,
      arbitrary: serviceId.chain((id) =>
        list(instanceOf(fc.constant(id)), 8).map((instances) => ({
          kind: 'instances' as const,
          serviceId: id,
          instances,
        })),
      ),
    },
    { weight: 2, arbitrary: list(request, 8).map((requests) => ({ kind: 'requests' as const, requests })) },
  ),
  10,
);

/** Every tenant at every service, once, each with something else for the rules: what a snapshot answers. */
export const everyRequest: readonly DecisionRequest[] = TENANTS.flatMap((t, i) =>
  SERVICES.map((s) => ({
    tenantId: t,
    serviceName: s,
    metadata: {
      userId: `user of ${t}`,
      headers: { 'x-a': String(i % 3) },
      path: ['/a/b', '/a', '/x'][i % 3]!,
      method: i === 0 ? 'POST' : 'GET',
      ...(i === 1 ? { tag: 'blue' } : {}),
    },
  })),
);
