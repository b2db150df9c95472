import type { FallbackMode, InstanceRecord } from './records.ts';

/** What a request says about itself. Of the known keys `userId` and `sessionId` choose the bucket of a weighted default. */
export interface RequestMetadata {
  readonly userId?: string | undefined;
  readonly sessionId?: string | undefined;
  readonly region?: string | undefined;
  readonly [key: string]: unknown;
}

export interface DecisionRequest {
  readonly tenantId: string;
  readonly serviceName: string;
  readonly metadata?: RequestMetadata | undefined;
}

/** What chose the version, before holds and fallback. */
export type DecisionReason = 'PINNED' | 'ASSIGNMENT' | 'DEFAULT' | 'DEFAULT_SPLIT' | 'UNKNOWN_TENANT_DEFAULT';
/** Why the wanted version cannot answer. */
export type FallbackCause = 'NO_INSTANCE' | 'SCHEMA_OUT_OF_RANGE' | 'VERSION_UNKNOWN';
export type RefusalCode =
  | 'TENANT_UNKNOWN'
  | 'TENANT_INACTIVE'
  | 'SERVICE_UNKNOWN'
  | 'VERSION_UNDEFINED'
  | 'NO_INSTANCE'
  | 'SCHEMA_MISMATCH';

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
  readonly fallback: FallbackTaken | null;
  /** No healthy instance was left; this one is degraded. */
  readonly isDegraded: boolean;
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

export type ExplainStepName =
  | 'service'
  | 'tenant'
  | 'version'
  | 'hold'
  | 'schema'
  | 'instances'
  | 'fallback'
  | 'instance';

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
