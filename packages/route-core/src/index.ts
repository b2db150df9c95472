export { decide, explain } from './decide.ts';
export type * from './decision.ts';
export { HoldCycleError, PositionGapError, SnapshotLimitError } from './errors.ts';
export { assertHold } from './holds.ts';
export { murmurHash3 } from './murmur-hash3.ts';
export { createDecisionEnv, type DecisionEnv } from './pick-instance.ts';
export type * from './records.ts';
export { applyDelta, buildSnapshot, withInstances } from './snapshot.ts';
export type { Snapshot, SnapshotStats } from './snapshot-state.ts';
