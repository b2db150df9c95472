import { redisKeys } from '@grey/contracts';
import { readHolds, type Snapshot } from '@grey/route-core';
import { projectHolds } from './project-holds.ts';
import { type ProjectionOp, replaceHash } from './projection-ops.ts';

/** What the projection should hold of holds: service → fields. Services without any are not there. */
export function projectAllHolds(snapshot: Snapshot): Map<string, Map<string, string>> {
  const byService = Map.groupBy(readHolds(snapshot), (hold) => hold.serviceId);
  return new Map([...byService].map(([serviceId, holds]) => [serviceId, projectHolds(holds)]));
}

/** Writes the holds of each service, whatever stood there before. */
export function opsOfHolds(
  expected: ReadonlyMap<string, ReadonlyMap<string, string>>,
  serviceIds: Iterable<string>,
): ProjectionOp[] {
  return [...serviceIds].flatMap((id) => replaceHash(redisKeys.serviceHolds(id), expected.get(id) ?? new Map()));
}
