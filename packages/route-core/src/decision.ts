import type { BalancerName, FallbackMode, InstanceRecord, Scalar } from './records.ts';

type Texts = Readonly<Record<string, string>>;

/**
 * What a request says about itself. Who calls the engine answers for it: `claims` come from a verified token, `tag` from a
 * trusted or signed header, `clientIp` from a trusted hop. Header names may be in any case.
 */
export interface RequestMetadata {
  readonly userId?: string | undefined;
  readonly sessionId?: string | undefined;
  readonly headers?: Texts | undefined;
  readonly cookies?: Texts | undefined;
  readonly query?: Texts | undefined;
  readonly path?: string | undefined;
  readonly method?: string | undefined;
  readonly clientIp?: string | undefined;
  readonly region?: string | undefined;
  readonly claims?: Readonly<Record<string, unknown>> | undefined;
  readonly token?: string | undefined;
  /** The lane's tag that came with the call. */
  readonly tag?: string | undefined;
  readonly attributes?: Readonly<Record<string, Scalar>> | undefined;
  readonly [key: string]: unknown;
}

export interface DecisionRequest {
  readonly tenantId: string;
  readonly serviceName: string;
  readonly metadata?: RequestMetadata | undefined;
  /** Instead of the service's. */
  readonly balancer?: BalancerName | undefined;
}

/** What chose the version, before holds and fallback. */
export type DecisionReason =
  | 'PINNED'
  | 'LANE'
  | 'RULE'
  | 'EXPERIMENT'
  | 'ASSIGNMENT'
  | 'DEFAULT'
  | 'DEFAULT_SPLIT'
  | 'UNKNOWN_TENANT_DEFAULT';
/** Why the wanted version cannot answer. */
export type FallbackCause = 'NO_INSTANCE' | 'SCHEMA_OUT_OF_RANGE' | 'VERSION_UNKNOWN';
export type RefusalCode =
  | 'TENANT_UNKNOWN'
  | 'TENANT_INACTIVE'
  | 'SERVICE_UNKNOWN'
  | 'VERSION_UNDEFINED'
  | 'NO_INSTANCE'
  | 'SCHEMA_MISMATCH'
  | 'SCHEMA_UNCERTAIN'
  | 'LANE_NOT_SERVED';

/** `from` is the version wanted after holds, `to` the one that answers. */
export interface FallbackTaken {
  readonly from: string;
  readonly to: string;
  readonly cause: FallbackCause;
  readonly mode: FallbackMode;
}

export interface RoutedDecision {
  readonly ok: true;
  readonly tenantId: string;
  readonly serviceName: string;
  readonly version: string;
  readonly instance: InstanceRecord;
  readonly reason: DecisionReason;
  readonly isHeld: boolean;
  /** Ids of the holds that were applied, in order. */
  readonly holds: readonly string[];
  /** 0 to 9 999 where a split decided, else null. */
  readonly bucket: number | null;
  /** Id of the rule that chose, else null. */
  readonly rule: string | null;
  readonly experiment: { readonly id: string; readonly variant: string } | null;
  /** Tag of the lane that the call is in, to be passed on; null where it is in none. */
  readonly lane: string | null;
  /** A copy of the request is meant for this instance too. Never one that a hold or the schema guard forbids. */
  readonly mirror: { readonly version: string; readonly instance: InstanceRecord } | null;
  /** Flags of the version that answers; null where it has none. */
  readonly flags: Readonly<Record<string, Scalar>> | null;
  readonly fallback: FallbackTaken | null;
  /** No healthy instance was left; this one is degraded. */
  readonly isDegraded: boolean;
  /** The revision that was asked for is not kept here; the present one decided. */
  readonly isRevisionMissed: boolean;
  /** Where the version was chosen. */
  readonly epoch: string;
  readonly revision: number;
}

/** `version` is the version wanted after holds, where it got that far. */
export interface RefusedDecision {
  readonly ok: false;
  readonly code: RefusalCode;
  readonly tenantId: string;
  readonly serviceName: string;
  readonly version?: string;
  readonly reason?: DecisionReason;
  readonly epoch: string;
  readonly revision: number;
}

export type Decision = RoutedDecision | RefusedDecision;

/** Flags alone, without an instance: what `decide` would say of them. */
export interface DecidedFlags {
  readonly ok: true;
  readonly tenantId: string;
  readonly serviceName: string;
  readonly version: string;
  readonly reason: DecisionReason;
  /** Of the version that answers; empty where it has none. */
  readonly flags: Readonly<Record<string, Scalar>>;
  readonly epoch: string;
  readonly revision: number;
}

export type FlagsDecision = DecidedFlags | RefusedDecision;

export type ExplainStepName =
  | 'service'
  | 'tenant'
  | 'lane'
  | 'rule'
  | 'experiment'
  | 'version'
  | 'hold'
  | 'schema'
  | 'instances'
  | 'left_out'
  | 'fallback'
  | 'instance'
  | 'mirror'
  | 'flag';

/** One step of a decision. `outcome` is a stable code, `detail` the values it rests on. */
export interface ExplainStep {
  readonly step: ExplainStepName;
  readonly outcome: string;
  readonly version?: string;
  readonly detail: Readonly<Record<string, string | number | boolean | null>>;
}

export interface Explanation {
  readonly decision: Decision;
  readonly steps: readonly ExplainStep[];
}
