import { finishHash, mixWord, murmurHash3 } from './murmur-hash3.ts';
import type { FlagRecord, HoldRecord, LaneRecord, ServiceRecord, TenantRecord } from './records.ts';

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

/** The two running sums. */
export class DigestSum {
  a: number;
  b: number;

  constructor(a = 0, b = 0) {
    this.a = a;
    this.b = b;
  }

  add(a: number, b: number): void {
    this.a = (this.a + a) | 0;
    this.b = (this.b + b) | 0;
  }

  /** Takes one record's hash out and puts another in; null = there is none. */
  exchange(before: LanePair | null, next: LanePair | null): void {
    this.add((next?.a ?? 0) - (before?.a ?? 0), (next?.b ?? 0) - (before?.b ?? 0));
  }
}

/** Both lanes of a text; signed, so that they stay small integers. */
export function hashText(text: string): LanePair {
  return { a: murmurHash3(text, SEED_A) | 0, b: murmurHash3(text, SEED_B) | 0 };
}

/** One lane of an assignment, from that lane of the three names. Call once for each lane. */
export function hashAssignmentLane(tenant: number, service: number, version: number, isPinned: boolean): number {
  const h = mixWord(mixWord(mixWord(mixWord(ASSIGNMENT, tenant), service), version), isPinned ? 1 : 0);
  return finishHash(h, 16);
}

/**
 * One lane of a schema record. One that is neither expanded nor under way has the hash it had before there was such a thing.
 * @param expandedTo NaN = not expanded
 */
export function hashSchemaLane(
  tenant: number,
  service: number,
  schemaVersion: number,
  expandedTo: number,
  isMigrating: boolean,
): number {
  float[0] = schemaVersion + 0;
  const h = mixWord(mixWord(mixWord(mixWord(SCHEMA, tenant), service), words[0]!), words[1]!);
  if (Number.isNaN(expandedTo) && !isMigrating) return finishHash(h, 16);
  float[0] = expandedTo + 0;
  return finishHash(mixWord(mixWord(mixWord(h, words[0]!), words[1]!), isMigrating ? 1 : 0), 28);
}

export function hashTenant(tenant: TenantRecord): LanePair {
  const tags = [...new Set(tenant.tags)].sort();
  return hashText(JSON.stringify(['tenant', tenant.id, tenant.status, tenant.region ?? null, tags]));
}

/**
 * The order of defaults, rules, shares and variants counts (it decides who owns which buckets and who is asked first), that of
 * versions, flags and experiments does not. What a service does not have is not in the text, so that snapshots of services
 * without rules have the digests they had before there were any.
 */
export function hashService(service: ServiceRecord): LanePair {
  const versions = service.versions
    .map((v) => JSON.stringify([v.version, v.ordinal, v.status, v.schemaMin ?? null, v.schemaMax ?? null, ...flags(v)]))
    .sort();
  const defaults = service.defaults.map((d) =>
    d.ranges === undefined ? [d.version, d.weight] : [d.version, d.weight, d.ranges],
  );
  const { id, unknownTenant, balancer, fallback } = service;
  const more = canonical({
    ruleSet: service.ruleSet,
    experiments: listed(service.experiments?.map(canonical)),
    balancing: service.balancing,
    fallbackVersion: service.fallbackVersion,
  });
  const parts = ['service', id, unknownTenant, balancer, fallback, defaults, versions];
  return hashText(JSON.stringify(more === '{}' ? parts : [...parts, more]));
}

function flags({ flags }: { readonly flags?: readonly FlagRecord[] }): readonly string[] {
  return flags === undefined || flags.length === 0 ? [] : [JSON.stringify(listed(flags.map(canonical)))];
}

export function hashLane(lane: LaneRecord): LanePair {
  return hashText(JSON.stringify(['lane', canonical({ ...lane, versions: listed(lane.versions.map(canonical)) })]));
}

/** A set of texts; one without members is like none. */
function listed(texts: readonly string[] | undefined): readonly string[] | undefined {
  return texts === undefined || texts.length === 0 ? undefined : [...texts].sort();
}

/** One text for one meaning: the keys of objects in order, without those that are undefined. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (part === null || typeof part !== 'object' || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([x], [y]) => (x < y ? -1 : 1)));
  });
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
