import type { Position } from './records.ts';

/** A delta does not follow the snapshot it was applied to: the caller has to load afresh. */
export class PositionGapError extends Error {
  readonly code = 'POSITION_GAP';
  readonly have: Position;
  readonly got: Position;

  constructor(have: Position, got: Position) {
    super(`a snapshot at ${have.epoch}/${have.revision} cannot take the change ${got.epoch}/${got.revision}`);
    this.name = 'PositionGapError';
    this.have = have;
    this.got = got;
  }
}

/** A hold would lead back to the version it leads away from. `path` names the versions of the circle in order. */
export class HoldCycleError extends Error {
  readonly code = 'HOLD_CYCLE';
  readonly path: readonly string[];

  constructor(path: readonly string[]) {
    super(`the hold closes a circle: ${path.join(' → ')}`);
    this.name = 'HoldCycleError';
    this.path = path;
  }
}

/** One service names more versions than a column can number. A fresh `buildSnapshot` forgets the names no longer in use. */
export class SnapshotLimitError extends Error {
  readonly code = 'SNAPSHOT_LIMIT';

  constructor(limit: number) {
    super(`a service cannot name more than ${limit} versions`);
    this.name = 'SnapshotLimitError';
  }
}
