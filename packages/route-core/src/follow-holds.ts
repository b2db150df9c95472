import type { Trace } from './explain-trace.ts';
import { findHold } from './holds.ts';
import type { ServiceSlot } from './service-slot.ts';

export const NO_HOLDS: readonly string[] = Object.freeze([]);

/** `number` 0: the holds lead in a circle, no version is left. */
export interface FollowedHolds {
  readonly number: number;
  readonly ids: readonly string[];
}

/** Follows the chain of holds from a version to the first that is not held for this tenant. Ends on any data. */
export function followHolds(
  slot: ServiceSlot,
  start: number,
  tenantId: string,
  tags: readonly string[],
  trace: Trace | null,
): FollowedHolds {
  const { holdTable } = slot;
  const { names } = slot.names;
  let hold = holdTable === null ? undefined : findHold(holdTable, start, tenantId, tags);
  if (hold === undefined || holdTable === null) {
    trace?.add('hold', 'none', {}, names[start]);
    return { number: start, ids: NO_HOLDS };
  }
  const ids: string[] = [];
  const seen = new Set<number>();
  let number = start;
  while (hold !== undefined) {
    ids.push(hold.id);
    seen.add(number);
    trace?.add('hold', 'applied', { holdId: hold.id, from: names[number]! }, names[hold.to]);
    number = hold.to;
    if (seen.has(number)) {
      trace?.add('hold', 'circle', { holdId: hold.id }, names[number]);
      return { number: 0, ids };
    }
    hold = findHold(holdTable, number, tenantId, tags);
  }
  return { number, ids };
}
