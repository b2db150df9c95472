import { finishHash, mixWord, murmurHash3 } from './murmur-hash3.ts';
import type { HoldRecord, ServiceRecord, TenantRecord } from './records.ts';

/**
 * The digest of a configuration is the sum of its records' hashes, in two independent lanes of 32 bits.
 * A sum has no order and can be taken back, so a delta costs what it touches; names are hashed, never internal numbers,
 * so that a snapshot grown by deltas equals one loaded afresh.
 */
export interface LanePair {
  readonly a: number;
  readonly b: number;
}

const SEED_A = 0x5bd1e995;
const SEED_B = 0x27d4eb2f;
const ASSIGNMENT = 1;
const SCHEMA = 2;
const float = new Float64Array(1);
const words = new Int32Array(float.buffer);

export const NO_HASH: LanePair = { a: 0, b: 0 };

/** Both lanes of a text; signed, so that they stay small integers. */
export function hashText(text: string): LanePair {
  return { a: murmurHash3(text, SEED_A) | 0, b: murmurHash3(text, SEED_B) | 0 };
}

/** One lane of an assignment, from that lane of the three names. Call once for each lane. */
export function hashAssignmentLane(tenant: number, service: number, version: number, isPinned: boolean): number {
  const h = mixWord(mixWord(mixWord(mixWord(ASSIGNMENT, tenant), service), version), isPinned ? 1 : 0);
  return finishHash(h, 16);
}

/** One lane of a schema record. */
export function hashSchemaLane(tenant: number, service: number, schemaVersion: number): number {
  float[0] = schemaVersion + 0;
  const h = mixWord(mixWord(mixWord(mixWord(SCHEMA, tenant), service), words[0]!), words[1]!);
  return finishHash(h, 16);
}

export function hashTenant(tenant: TenantRecord): LanePair {
  const tags = [...new Set(tenant.tags)].sort();
  return hashText(JSON.stringify(['tenant', tenant.id, tenant.status, tenant.region ?? null, tags]));
}

/** The order of defaults counts (it decides who owns which buckets), the order of versions does not. */
export function hashService(service: ServiceRecord): LanePair {
  const versions = service.versions
    .map((v) => JSON.stringify([v.version, v.ordinal, v.status, v.schemaMin ?? null, v.schemaMax ?? null]))
    .sort();
  const defaults = service.defaults.map((d) => [d.version, d.weight]);
  const { id, unknownTenant, balancer, fallback } = service;
  return hashText(JSON.stringify(['service', id, unknownTenant, balancer, fallback, defaults, versions]));
}

export function hashHold(hold: HoldRecord): LanePair {
  const { scope } = hold;
  const who = scope.kind === 'tenants' ? [...new Set(scope.tenantIds)].sort() : scope.kind === 'tag' ? [scope.tag] : [];
  return hashText(JSON.stringify(['hold', hold.id, hold.serviceId, hold.fromVersion, hold.toVersion, scope.kind, who]));
}

/** 16 hexadecimal digits. */
export function formatDigest(a: number, b: number): string {
  return (a >>> 0).toString(16).padStart(8, '0') + (b >>> 0).toString(16).padStart(8, '0');
}
