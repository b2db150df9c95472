import { expect, it } from 'vitest';
import { HoldCycleError, PositionGapError, SnapshotLimitError } from './index.ts';

it('errors say which they are to who catches them, and what was wrong to who reads them', () => {
  const [have, got] = [
    { epoch: 'e1', revision: 4 },
    { epoch: 'e2', revision: 6 },
  ];
  const gap = new PositionGapError(have, got);
  expect(gap).toMatchObject({ name: 'PositionGapError', code: 'POSITION_GAP', have, got });
  expect(gap.message).toBe('a snapshot at e1/4 cannot take the change e2/6');

  const cycle = new HoldCycleError(['v1', 'v2', 'v1']);
  expect(cycle).toMatchObject({ name: 'HoldCycleError', code: 'HOLD_CYCLE', path: ['v1', 'v2', 'v1'] });
  expect(cycle.message).toBe('the hold closes a circle: v1 → v2 → v1');

  const limit = new SnapshotLimitError(9);
  expect(limit).toMatchObject({ name: 'SnapshotLimitError', code: 'SNAPSHOT_LIMIT' });
  expect(limit.message).toBe('a service cannot name more than 9 versions');
});
