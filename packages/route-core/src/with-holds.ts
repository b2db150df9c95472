import type { HoldRecord, RecordChanges } from './records.ts';
import { SnapshotDraft } from './snapshot-draft.ts';
import type { Snapshot, SnapshotState } from './snapshot-state.ts';
import { runSteps } from './steps.ts';

/**
 * The same configuration at the same position with holds added or taken away: to see what a hold would do, and for holds
 * that must be in force before the log can take them. Versions that a hold names and the service has not get a number.
 * @throws SnapshotLimitError
 */
export function withHolds(snapshot: Snapshot, changes: RecordChanges<HoldRecord, string>): Snapshot {
  const draft = new SnapshotDraft(snapshot as SnapshotState);
  draft.writeHolds(changes);
  return runSteps(draft.finishInSteps(snapshot.position));
}
