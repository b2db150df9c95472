/**
 * Every key the router keeps in Redis, in one place: other programs read them, in any language.
 *
 * *Projection* — plain hashes and sets for readers, eventually consistent, written from the log and repaired when lost.
 * Tenants' keys do not expire: a mapping that times out is an outage. Keys hold exactly the fields listed, nothing of ours.
 *
 * *Our own* — all carry the hash tag `{grey}`, so that a script may touch several of them on a Redis Cluster too.
 * Tenant and service ids are 1–64 of `A–Z a–z 0–9 . _ -`; version labels may have `+` as well.
 */
export const redisKeys = {
  /** Hash, service id → version assigned to the tenant. No TTL. Absent = the tenant follows each service's default. */
  tenantServices: (tenantId: string): string => `tenant:${tenantId}:services`,

  /**
   * Hash, no TTL: `id`, `name`, `status` (`active` | `suspended`), `tier` and `region` (absent when the tenant has none),
   * `tags` (JSON array of texts), `metadata` (JSON object of texts). Absent = there is no such tenant.
   */
  tenantMetadata: (tenantId: string): string => `tenant:${tenantId}:metadata`,

  /** Hash, service id → version of the schema that the tenant's database of this service is at, decimal. No TTL. */
  tenantDbSchema: (tenantId: string): string => `tenant:${tenantId}:db_schema`,

  /**
   * Hash, no TTL, ciphertext only; absent when the tenant has no data source. Service id → base64 of JSON `{ engine, host,
   * port, database, schema, tls, user, password }`, sealed with the data key of the tenant; `@key` → `{master key id} {base64 of
   * the data key, sealed with that master key}`. Sealed: byte 1, 12 bytes nonce, 16 bytes tag, AES-256-GCM text; bound to
   * `{tenant}/{service}/config`, and the data key to `{tenant}/@key/{master key id}`. `@at`: the position it was read at.
   */
  tenantConfig: (tenantId: string): string => `encrypted:tenant:${tenantId}:config`,

  /** Set of the ids of all tenants that are active. No TTL. */
  activeTenants: 'active_tenants',

  /** Hash, tenant id → display name, of all tenants. TTL 1 h, extended as long as any replica of the API lives. */
  systemTenants: 'system:tenants',

  /**
   * Set of `host:port` of the instances of one version that may be routed to. TTL 300 s, extended from the last good
   * list as long as any replica lives. Written by the replica that syncs the service.
   */
  serviceInstances: (serviceId: string, version: string): string => `service:${serviceId}:version:${version}:instances`,

  /**
   * Hash, no TTL, absent when the service has no hold: `tenant/{tenant}/{from}`, `tag/{tag}/{from}` or `all/{from}` →
   * `{to} {hold id}`. Of these the first that applies to a tenant does; of several tags the one of the lowest hold id.
   */
  serviceHolds: (serviceId: string): string => `service:${serviceId}:holds`,

  /** Hash, version → turns taken. TTL 24 h. Belongs to `route_and_balance.lua`; nothing of ours writes or repairs it. */
  serviceTurns: (serviceId: string): string => `service:${serviceId}:turns`,

  /** Hash, `host:port` → uses in the present window. TTL set by the caller. Belongs to `route_and_balance.lua` as well. */
  serviceUsage: (serviceId: string): string => `service:${serviceId}:usage`,

  /**
   * Hash, no TTL. `epoch`, `revision`: the last change in the stream. `projected`: the revision up to which the
   * projection is written; absent while it is being rebuilt. `projecting`: the revision whose writes are under way, when
   * they are too many for one script. `format`: of the stream's entries. Missing altogether = Redis is empty and will be
   * rebuilt. Written by replicas of the API, only by script and only forward within an epoch.
   */
  position: '{grey}:position',

  /**
   * Stream of changes, id = `revision-sequence`; see `changeEntryFields`. Trimmed, but never past the image, so that image
   * plus stream is always whole. Deleted and begun anew with a new epoch. Written by whoever committed the change.
   */
  changes: '{grey}:changes',

  /** Hash, no TTL: a whole snapshot for cold starts. `epoch`, `revision`, `format`, `at` (ISO 8601), `data` (bytes). */
  image: '{grey}:image',

  /**
   * Hash, router id → JSON of its last report. `{grey}:routers:seen` (sorted set, router id by Redis' time in ms) says
   * since when; a router silent for 10 s is dropped. Both expire 60 s after the last report of all.
   */
  routers: '{grey}:routers',
  routersSeen: '{grey}:routers:seen',

  /**
   * Hash, router id → Redis' time in ms, a space, JSON of its last report, with `isGone` when that was a goodbye; and
   * `(since)` → Redis' time in ms when the hash began. Kept for 24 hours: before a contract, routers that vanished are waited for as well.
   */
  routersKnown: '{grey}:routers:known',

  /**
   * Hash, service id → JSON `{ sequence, versions, instances: [...] }` of the last good list of instances; `versions` are
   * those that may have a set. Written by script, per instance: by the replica an instance registered at, and by the one
   * that reads a foreign registry. A service stays in when its last instance is gone, so that its sequence goes on.
   */
  discovery: '{grey}:discovery',

  /** Hash, service id → the `sequence` in `{grey}:discovery`: what replicas compare once in a while. */
  discoverySequences: '{grey}:discovery:sequences',

  /**
   * Sorted set, `service id/instance id` → when its lease ends, by Redis' time in ms. Only of instances that registered
   * here; heartbeats touch nothing else.
   */
  discoveryLeases: '{grey}:discovery:leases',

  /** Hash, instance id → service id, of instances that registered here: no id is given twice. */
  discoveryHolders: '{grey}:discovery:holders',

  /** String, made up by whoever finds none: another one says that Redis was emptied, and that all must bring back what they know. */
  discoveryEpoch: '{grey}:discovery:epoch',

  /** Hash, `source/service id` → JSON of what a foreign registry said last, for the operator to compare. */
  discoverySources: '{grey}:discovery:sources',

  /** Stream of changes to `{grey}:discovery` (`service`, `sequence`), ids by Redis; capped in length. Not needed to be complete: the hash is. */
  discoveryEvents: '{grey}:discovery:events',

  /**
   * Hash, no TTL, id of a hold → JSON: `{ kind: 'pending', override }`, an emergency rollback that was taken while PostgreSQL
   * was away and is in force; or `{ kind: 'settled', at, position }` once the log says whether it is, kept for a day. Written
   * by any replica of the API that knows of it, and again when Redis was emptied.
   */
  overrides: '{grey}:overrides',

  /** String with TTL: token of the replica that rebuilds. */
  rebuildLock: '{grey}:rebuild',

  /** String with TTL: token of the replica that audits the projection and refreshes the image. */
  keeperLock: '{grey}:keeper',

  /** String, written when all of `encrypted:tenant:*:config` is: missing, Redis was emptied, and all is written anew. */
  configsWhole: '{grey}:configs',

  /** Set of tenant ids whose projection may be wrong; the auditing replica looks at these first. */
  suspects: '{grey}:suspects',
} as const;

/** Channel on which `epoch revision` is published after each change, for those who want to know without a stream. */
export const changesChannel = 'grey:changes';

/** Life of `system:tenants` and of instance sets, in seconds. */
export const systemTenantsTtlSeconds = 3600;
export const serviceInstancesTtlSeconds = 300;

/**
 * Fields of an entry of `{grey}:changes`. A large change is several entries with the same revision and the sequences
 * 0 … parts−1; it takes effect only when all are there. The joined payloads, decompressed, are the JSON of a
 * `SnapshotDelta`.
 */
export const changeEntryFields = {
  /** Format version, a whole number. Readers leave a change of a greater one alone and say so. */
  format: 'v',
  /** `epoch-revision`, the id of the change in the log. */
  changeId: 'id',
  epoch: 'epoch',
  /** When it was committed, ISO 8601. */
  at: 'at',
  part: 'part',
  parts: 'parts',
  /** `json` or `gzip`, of the joined payload. */
  encoding: 'encoding',
  payload: 'payload',
} as const;

/**
 * Greatest version of stream and position that is written and read today. A change is written in the smallest version whose
 * readers understand all of it: 1, or 2 where it carries rules, lanes, experiments, flags or what came with them, or 3 where a
 * schema is expanded or migrating. A router of
 * the version before stops at such a change and says so, instead of routing as if it were not there.
 */
export const changeFormat = 3;

/** The id of an entry of `{grey}:changes`. */
export function changeEntryId(revision: number, sequence: number): string {
  return `${revision}-${sequence}`;
}
