/**
 * What decides beyond assignments: conditions, rules, splits, experiments, lanes, flags. Plain JSON, as the log, the stream
 * and the snapshot's image carry it. Values are trusted: checked when they were saved.
 */

/** A value of the request. `name` is case-insensitive for headers; in a claim, dots lead into objects. */
export type Operand =
  | { readonly from: 'header' | 'cookie' | 'query' | 'claim' | 'attribute'; readonly name: string }
  | {
      readonly from: 'path' | 'method' | 'user' | 'session' | 'tenant' | 'token' | 'client_ip' | 'region' | 'tag';
    };

/** Who is counted in a split. `tenant` is always there; of the others one that is absent or empty is missing. */
export type UnitRecord =
  | { readonly by: 'user' | 'session' | 'tenant' | 'token' }
  | { readonly by: 'cookie' | 'header' | 'attribute' | 'claim'; readonly name: string };

/** A part of the units: `share` in basis points (10 000 is everybody), the buckets [0, share) under the salt. */
export interface PortionRecord {
  readonly unit: UnitRecord;
  readonly share: number;
  readonly salt: string;
}

export type Scalar = string | number | boolean;

/**
 * A condition as a tree. What cannot be evaluated (a number expected, text there; an operand missing) is false, and so `not`
 * of it is true. `cel` is an expression in the Common Expression Language that yields a boolean; an error in it is false.
 */
export type Condition =
  | { readonly op: 'all' | 'any'; readonly of: readonly Condition[] }
  | { readonly op: 'not'; readonly of: Condition }
  | { readonly op: 'cel'; readonly expression: string }
  | { readonly op: 'exists'; readonly operand: Operand }
  | { readonly op: 'equals'; readonly operand: Operand; readonly value: Scalar }
  | { readonly op: 'in'; readonly operand: Operand; readonly values: readonly Scalar[] }
  | {
      readonly op: 'starts_with' | 'ends_with' | 'contains';
      readonly operand: Operand;
      readonly value: string;
    }
  /** RE2 syntax, found anywhere in the value (CEL's `matches`). */
  | { readonly op: 'matches'; readonly operand: Operand; readonly pattern: string }
  | {
      readonly op: 'less' | 'less_or_equal' | 'greater' | 'greater_or_equal';
      readonly operand: Operand;
      readonly value: number;
    }
  /** An SemVer range such as `>=2.1.0 <3`. Labels such as `v1.0` and `2.1` are read as 1.0.0 and 2.1.0. */
  | { readonly op: 'semver'; readonly operand: Operand; readonly range: string }
  /** IPv4 and IPv6 networks or addresses; v4-mapped addresses count as v4. */
  | { readonly op: 'cidr'; readonly operand: Operand; readonly networks: readonly string[] }
  /** `operand % divisor` is below `below`; for operands that are whole numbers from 0, written in digits. */
  | { readonly op: 'modulo'; readonly operand: Operand; readonly divisor: number; readonly below: number }
  /**
   * Between two instants (ISO 8601, `from` inclusive, `until` exclusive) and, where given, on these days (1 Monday to 7 Sunday)
   * and between these minutes of the day in UTC (`fromMinute` inclusive, `untilMinute` exclusive; may pass midnight).
   */
  | {
      readonly op: 'time';
      readonly from?: string;
      readonly until?: string;
      readonly days?: readonly number[];
      readonly fromMinute?: number;
      readonly untilMinute?: number;
    }
  | { readonly op: 'percentage'; readonly portion: PortionRecord }
  /** A new draw for every request; `below` from 0 to 1. */
  | { readonly op: 'random'; readonly below: number };

/** Buckets from (inclusive) to (exclusive), 0 to 10 000. */
export type BucketRange = readonly [from: number, to: number];

/** What to do with a request that has no unit: the rule does not match, the tenant is counted, or a draw decides. */
export type MissingUnit = 'skip' | 'tenant' | 'random';

/** `weight` in basis points; `ranges` are the buckets that it owns, together `weight` of them. */
export interface ShareRecord {
  readonly version: string;
  readonly weight: number;
  readonly ranges: readonly BucketRange[];
}

export interface SplitRecord {
  readonly unit: UnitRecord;
  readonly whenMissing: MissingUnit;
  readonly salt: string;
  readonly shares: readonly ShareRecord[];
}

export type TargetRecord =
  | { readonly kind: 'version'; readonly version: string }
  | { readonly kind: 'split'; readonly split: SplitRecord }
  /** The request enters a lane: its version of this service answers, and the tag goes on with the call. */
  | { readonly kind: 'lane'; readonly tag: string };

export type PathType = 'exact' | 'prefix' | 'regex';

/** A path as it was sent, without query. Prefixes are plain text; a regex (RE2 syntax) must match the whole path. */
export interface PathMatch {
  readonly type: PathType;
  readonly value: string;
}

/**
 * Of the rules that match, the first in this order decides: exact path, the longest prefix, regex, no path; then the higher
 * priority, then more conditions, then the order in which they stand. `methods` absent: any.
 */
export interface RuleRecord {
  readonly id: string;
  readonly name: string;
  readonly priority: number;
  readonly isEnabled: boolean;
  readonly path?: PathMatch;
  readonly methods?: readonly string[];
  readonly when?: Condition;
  readonly target: TargetRecord;
  /** Instead of the service's own. `version` with mode `version`. */
  readonly fallback?: { readonly mode: 'fail' | 'baseline' | 'nearest' | 'version'; readonly version?: string };
  /** A copy of so many requests (basis points, a new draw each) is meant for this version. */
  readonly mirror?: { readonly version: string; readonly share: number };
}

export interface RuleSetRecord {
  /** Counts the published sets of a service, from 1. */
  readonly number: number;
  /** Collapses `//`, resolves `.` and `..`, decodes unreserved characters before paths are compared. Off: as sent. */
  readonly normalizePath: boolean;
  readonly rules: readonly RuleRecord[];
}

export interface VariantRecord {
  readonly name: string;
  readonly version: string;
  readonly weight: number;
  readonly ranges: readonly BucketRange[];
}

/**
 * Times in milliseconds since 1970; `startAt` inclusive, `endAt` exclusive. In a `group`, units are first spread over 10 000
 * buckets under the group's name, of which each experiment owns some: nobody is in two of them.
 * `md5_java`: variant by parity of Java's `md5Hex(tenant + experiment).hashCode()`, for two variants, unit tenant.
 */
export interface ExperimentRecord {
  readonly id: string;
  readonly isRunning: boolean;
  readonly unit: UnitRecord;
  readonly whenMissing: 'skip' | 'tenant';
  readonly salt: string;
  readonly hashing: 'murmur3' | 'md5_java';
  readonly variants: readonly VariantRecord[];
  readonly when?: Condition;
  readonly startAt?: number;
  readonly endAt?: number;
  readonly group?: { readonly name: string; readonly ranges: readonly BucketRange[] };
}

/**
 * Services that are greyed together: who carries the tag gets these versions. `entry`: who has no tag enters when the
 * condition holds and the unit is in the portion. A service that the lane does not name decides as without it
 * (`permissive`) or refuses (`strict`).
 */
export interface LaneRecord {
  readonly tag: string;
  readonly mode: 'strict' | 'permissive';
  readonly versions: readonly { readonly serviceId: string; readonly version: string }[];
  readonly entry?: { readonly when?: Condition; readonly portion?: PortionRecord };
}

/** The first rule that matches gives the value, else `value`. A flag that is off has `value`, too. */
export interface FlagRecord {
  readonly name: string;
  readonly isEnabled: boolean;
  readonly value: Scalar;
  readonly rules: readonly { readonly when?: Condition; readonly portion?: PortionRecord; readonly value: Scalar }[];
}

/** Absent `hashKey`: user, else session, else tenant. `affinity`: the same unit stays on its instance while that lives. */
export interface BalancingRecord {
  readonly hashKey?: UnitRecord;
  readonly affinity?: UnitRecord;
  /** A fresh instance's weight grows over this time, in milliseconds. */
  readonly slowStartMs?: number;
}
