import type { Lane } from '@grey/contracts';
import type { LaneState } from '../changes/delta-of-items.ts';
import { etagOf } from '../infra/http/etag.ts';
import type { LaneEntry, LaneRow } from './lanes.store.ts';

/** What the log keeps of a lane. */
export function laneState({ name, record }: LaneRow): LaneState {
  return { name, mode: record.mode, versions: record.versions, entry: record.entry ?? null };
}

/** A lane in the words of the API. */
export function laneView(row: LaneRow, entries: readonly LaneEntry[]): Lane {
  return {
    tag: row.tag,
    ...(laneState(row) as Pick<Lane, 'name' | 'mode' | 'versions' | 'entry'>),
    enteredBy: entries
      .filter((entry) => entry.tag === row.tag)
      .map(({ serviceId, ruleId, ruleName }) => ({ serviceId, ruleId, ruleName })),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    etag: etagOf(row.stamp),
  };
}
