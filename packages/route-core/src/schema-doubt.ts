import type { DecisionEnv } from './decision-env.ts';
import { isMarked, schemaOf } from './schema-span.ts';
import type { ServiceSlot } from './service-slot.ts';

/**
 * Whether the tenant's schema may be contracted without this process knowing of it: it is marked, and the lease is out.
 * Costs a clock only for what is marked.
 */
export function isDoubtful(slot: ServiceSlot, ordinal: number, env: DecisionEnv): boolean {
  return slot.marks.length !== 0 && isMarked(slot, ordinal) && !env.lease.isHeld();
}

/**
 * Whether even a schema without a mark may have become one that the version cannot serve: nothing was heard for so long, or
 * nothing yet, that the mark itself may be missing here. A version without an upper end serves whatever comes later. Asks the clock last.
 */
export function isOutOfKnowledge(slot: ServiceSlot, number: number, ordinal: number, env: DecisionEnv): boolean {
  return (
    slot.versions[number]!.schemaMax !== Number.POSITIVE_INFINITY &&
    !Number.isNaN(schemaOf(slot, ordinal)) &&
    env.lease.isLost
  );
}
