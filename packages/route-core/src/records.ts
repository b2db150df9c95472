import type {
  BalancingRecord,
  BucketRange,
  ExperimentRecord,
  FlagRecord,
  LaneRecord,
  RuleSetRecord,
} from './routing-records.ts';

export type * from './routing-records.ts';

/**
 * What a snapshot is built from: plain records, as the database and the registries hold them.
 * Values are trusted (parsed at the boundary); contradictions between records are not errors here, `decide` copes with them.
 */

/** A place in the log of changes. `revision` is gapless within an `epoch`; a new epoch begins after init and after a restore. */
export interface Position {
  readonly epoch: string;
  readonly revision: number;
}

export type TenantStatus = 'active' | 'suspended';
export type BalancerName =
  | 'round_robin'
  | 'weighted_round_robin'
  | 'random'
  | 'weighted_random'
  | 'least_connections'
  | 'consistent_hash'
  | 'health_aware'
  | 'peak_ewma';
/** What happens when the wanted version cannot answer. `baseline` is the service's default version, `version` a named one. */
export type FallbackMode = 'fail' | 'baseline' | 'nearest' | 'version';
export type UnknownTenantPolicy = 'reject' | 'default';
export type VersionStatus = 'active' | 'deprecated' | 'retired';
/** `unknown` (not checked yet) counts as healthy, so that a fresh instance gets traffic before its first check. */
export type InstanceHealth = 'healthy' | 'degraded' | 'unhealthy' | 'unknown';

export interface TenantRecord {
  readonly id: string;
  readonly status: TenantStatus;
  readonly region?: string;
  readonly tags?: readonly string[];
}

/**
 * `weight` in basis points; the weights of one service sum to 10 000. `ranges`: the buckets owned; where no version of the
 * set has them, each owns as many as its weight in the order of the set.
 */
export interface WeightedVersion {
  readonly version: string;
  readonly weight: number;
  readonly ranges?: readonly BucketRange[];
}

/** `ordinal` orders releases (higher is newer); `schemaMin`/`schemaMax` are inclusive, absent means unbounded. */
export interface VersionRecord {
  readonly version: string;
  readonly ordinal: number;
  readonly status: VersionStatus;
  readonly schemaMin?: number;
  readonly schemaMax?: number;
  readonly flags?: readonly FlagRecord[];
}

/** `defaults`: none = no default; one = the default; several = split by weight, bucket ranges in the order given. */
export interface ServiceRecord {
  readonly id: string;
  readonly unknownTenant: UnknownTenantPolicy;
  readonly balancer: BalancerName;
  readonly fallback: FallbackMode;
  /** With fallback `version`. */
  readonly fallbackVersion?: string;
  readonly balancing?: BalancingRecord;
  /** The live rules; absent = none. */
  readonly ruleSet?: RuleSetRecord;
  readonly experiments?: readonly ExperimentRecord[];
  readonly defaults: readonly WeightedVersion[];
  readonly versions: readonly VersionRecord[];
}

export interface AssignmentRecord {
  readonly tenantId: string;
  readonly serviceId: string;
  readonly version: string;
  readonly isPinned: boolean;
}

/**
 * What a tenant's schema of this service serves: `schemaVersion` to `expandedTo`, both included. A version may answer when
 * its own range overlaps that.
 */
export interface SchemaRecord {
  readonly tenantId: string;
  readonly serviceId: string;
  readonly schemaVersion: number;
  /** Absent = `schemaVersion`; expanded schemas serve newer versions as well. */
  readonly expandedTo?: number;
  /** It may be contracted soon: a router that cannot know of it does not answer. */
  readonly isMigrating?: boolean;
}

export type HoldScope =
  | { readonly kind: 'all' }
  | { readonly kind: 'tenants'; readonly tenantIds: readonly string[] }
  | { readonly kind: 'tag'; readonly tag: string };

/** Within `scope`, whatever resolves to `fromVersion` is answered by `toVersion` instead. */
export interface HoldRecord {
  readonly id: string;
  readonly serviceId: string;
  readonly fromVersion: string;
  readonly toVersion: string;
  readonly scope: HoldScope;
}

/** `address` is `host:port`. `isEnabled` is the operator's switch, `health` what checks and heartbeats say. */
export interface InstanceRecord {
  readonly serviceId: string;
  readonly instanceId: string;
  readonly version: string;
  readonly address: string;
  readonly weight: number;
  readonly health: InstanceHealth;
  readonly isEnabled: boolean;
  readonly region?: string;
  readonly tags?: readonly string[];
  /** When it was first seen, in milliseconds since 1970. */
  readonly startedAt?: number;
  /** Requests under way, as the instance last reported. */
  readonly inFlight?: number;
  /** Latency in milliseconds, as the instance last reported. */
  readonly latencyMs?: number;
}

/** Everything at one position. The large lists may be streamed: each is read once, in order; of two records with one key the later wins. */
export interface SnapshotSource {
  readonly position: Position;
  readonly tenants: Iterable<TenantRecord>;
  readonly services: Iterable<ServiceRecord>;
  readonly assignments: Iterable<AssignmentRecord>;
  readonly schemas: Iterable<SchemaRecord>;
  readonly holds: Iterable<HoldRecord>;
  /** Absent = none. */
  readonly lanes?: Iterable<LaneRecord>;
  readonly instances: Iterable<InstanceRecord>;
}

/** Keys removed and records written by one kind of change. Removals are applied first. */
export interface RecordChanges<Record, Key> {
  readonly upsert?: readonly Record[];
  readonly remove?: readonly Key[];
}

export interface CellKey {
  readonly tenantId: string;
  readonly serviceId: string;
}

/** One change: what turns the snapshot at `revision - 1` into the one at `revision`, within `epoch`. */
export interface SnapshotDelta {
  readonly epoch: string;
  readonly revision: number;
  readonly tenants?: RecordChanges<TenantRecord, string>;
  readonly services?: RecordChanges<ServiceRecord, string>;
  readonly assignments?: RecordChanges<AssignmentRecord, CellKey>;
  readonly schemas?: RecordChanges<SchemaRecord, CellKey>;
  readonly holds?: RecordChanges<HoldRecord, string>;
  /** The key is the tag. */
  readonly lanes?: RecordChanges<LaneRecord, string>;
}
