export { analyzeRules, type RuleAnalysisInput } from './analysis/analyze-rules.ts';
export { checkRuleSet, LARGEST_RULE_SET, MOST_CONDITION_NODES, type RuleSetFault } from './analysis/check-rule-set.ts';
export type { RuleFinding, RuleFindingCode } from './analysis/rule-finding.ts';
export { reportEnd, reportStart } from './balancers/instance-loads.ts';
export {
  type CompiledCondition,
  type ConditionFault,
  type ConditionTrace,
  checkCondition,
  compileCondition,
  compileVersionRange,
  Facts,
  METADATA_NAMES,
  normalizePath,
  type ParsedCel,
  parseCel,
  parseVersionRange,
  printCel,
} from './conditions/index.ts';
export { decide, decideAt, explain, explainAt } from './decide.ts';
export { decideFlags } from './decide-flags.ts';
export type * from './decision.ts';
export { createDecisionEnv, type DecisionEnv, type SchemaLease } from './decision-env.ts';
export { HoldCycleError, PositionGapError, SnapshotLimitError } from './errors.ts';
export { assertHold } from './holds.ts';
export { listTenants } from './list-tenants.ts';
export { murmurHash3 } from './murmur-hash3.ts';
export { findSchema, findService, readCells, readHolds, readLanes } from './read-cells.ts';
export { readService, type ServiceSource } from './read-service.ts';
export { formatOfDelta } from './reader-of-rules.ts';
export type * from './records.ts';
export { composeRuleSet, type RuleDraft, type RuleSetDraft, type TargetDraft } from './rules/compose-rule-set.ts';
export { draftSnapshot } from './simulation/draft-snapshot.ts';
export { createReplayEnv, type ReplayEnv } from './simulation/replay-env.ts';
export { simulate } from './simulation/simulate.ts';
export type * from './simulation/simulation-result.ts';
export { applyDelta, applyDeltaInSteps, buildSnapshot, buildSnapshotInSteps, withInstances } from './snapshot.ts';
export { SnapshotHistory } from './snapshot-history.ts';
export { decodeSnapshot, decodeSnapshotInSteps } from './snapshot-image-decode.ts';
export { type EncodeSnapshotOptions, encodeSnapshot, encodeSnapshotInSteps } from './snapshot-image-encode.ts';
export { SnapshotImageError, type SnapshotImageFault } from './snapshot-image-error.ts';
export type { Snapshot, SnapshotStats } from './snapshot-state.ts';
export { assignRanges, type OwnedRanges, type WantedWeight } from './splits/assign-ranges.ts';
export { BUCKET_COUNT, beginSalt, bucketOf } from './splits/bucket-of.ts';
export { checkRanges, type RangeProblem } from './splits/check-ranges.ts';
export { withHolds } from './with-holds.ts';
