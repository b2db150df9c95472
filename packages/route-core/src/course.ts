import { Facts } from './conditions/index.ts';
import type { DecisionReason, DecisionRequest, FallbackTaken, RoutedDecision } from './decision.ts';
import type { DecisionEnv } from './decision-env.ts';
import type { Trace } from './explain-trace.ts';
import { NO_HOLDS } from './follow-holds.ts';
import type { CompiledLane } from './lanes/lane-table.ts';
import type { CompiledRule } from './rules/compile-rule.ts';
import type { RuleMatch } from './rules/rule-match.ts';
import type { ServiceSlot } from './service-slot.ts';
import type { SnapshotState } from './snapshot-state.ts';

/** One decision on its way: what it is about, and what the steps have chosen so far. */
export class Course {
  /** Where the version is chosen: the present snapshot, or the earlier one that the request names. */
  readonly snapshot: SnapshotState;
  /** The service there. */
  readonly slot: ServiceSlot;
  /** The tenant there; -1 for a name that was never seen. */
  readonly ordinal: number;
  readonly request: DecisionRequest;
  readonly env: DecisionEnv;
  /** null when nobody asked why. */
  readonly trace: Trace | null;
  /** The version by its number in the service's names; 0 = none yet. */
  number = 0;
  reason: DecisionReason;
  bucket: number | null = null;
  rule: CompiledRule | null = null;
  experiment: RoutedDecision['experiment'] = null;
  lane: CompiledLane | null = null;
  holds: readonly string[] = NO_HOLDS;
  fallback: FallbackTaken | null = null;

  /** `facts` where something has asked for them. */
  knownFacts: Facts | null = null;

  constructor(
    snapshot: SnapshotState,
    slot: ServiceSlot,
    ordinal: number,
    reason: DecisionReason,
    request: DecisionRequest,
    env: DecisionEnv,
    trace: Trace | null,
  ) {
    this.snapshot = snapshot;
    this.slot = slot;
    this.ordinal = ordinal;
    this.reason = reason;
    this.request = request;
    this.env = env;
    this.trace = trace;
  }

  /** The version that a rule has chosen. */
  takeMatch({ bucket, number, rule }: RuleMatch): void {
    this.number = number;
    this.bucket = bucket;
    this.rule = rule;
    this.reason = 'RULE';
  }

  /** What conditions and units read, made when the first of them asks. */
  get facts(): Facts {
    this.knownFacts ??= new Facts(this.request.tenantId, this.request.metadata, this.env);
    return this.knownFacts;
  }
}
