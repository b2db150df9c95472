import type { Course } from './course.ts';
import type { RefusalCode } from './decision.ts';
import type { Trace } from './explain-trace.ts';
import { fallBack } from './fall-back.ts';
import { followHolds } from './follow-holds.ts';
import { isDoubtful, isOutOfKnowledge } from './schema-doubt.ts';
import type { ServiceSlot } from './service-slot.ts';
import type { SnapshotState } from './snapshot-state.ts';
import { checkVersion, REFUSAL_FOR, traceSchema } from './version-check.ts';

/**
 * From the version chosen to the one that answers: holds, schema guard, instances, fallback. Always by the present snapshot,
 * also where an earlier one chose: an emergency must not be passed by.
 * @returns why the request is refused, or null; `course.number` is then a version of the present slot that has an instance
 */
export function settleVersion(
  course: Course,
  snapshot: SnapshotState,
  slot: ServiceSlot,
  ordinal: number,
): RefusalCode | null {
  const { trace } = course;
  const { tenantId } = course.request;
  if (slot.names !== course.slot.names) course.number = slot.names.number(course.slot.names.names[course.number]!);
  if (slot.holdTable !== null) {
    const followed = followHolds(slot, course.number, tenantId, snapshot.tagsAt(ordinal), trace);
    // A circle leaves no version that is not held: refusing is the only answer that keeps what the holds promise.
    if (followed.number === 0) return 'VERSION_UNDEFINED';
    course.number = followed.number;
    course.holds = followed.ids;
  } else trace?.add('hold', 'none', {});
  // Not even another version: which of them the schema serves is what cannot be known.
  if (isDoubtful(slot, ordinal, course.env)) return doubt(course.number, slot, ordinal, trace);
  const cause = checkVersion(slot, course.number, ordinal, trace);
  if (cause === null) {
    if (!isOutOfKnowledge(slot, course.number, ordinal, course.env)) return null;
    return doubt(course.number, slot, ordinal, trace);
  }
  const plan = course.rule?.fallback ?? slot.plan!.fallback;
  const found = fallBack(slot, plan, course.number, cause, {
    tenantId,
    tags: snapshot.tagsAt(ordinal),
    ordinal,
    trace,
  });
  if (found === null) return REFUSAL_FOR[cause];
  if (isOutOfKnowledge(slot, found.number, ordinal, course.env)) return doubt(found.number, slot, ordinal, trace);
  course.fallback = found.taken;
  course.number = found.number;
  if (found.holds.length > 0) course.holds = [...course.holds, ...found.holds];
  return null;
}

function doubt(number: number, slot: ServiceSlot, ordinal: number, trace: Trace | null): RefusalCode {
  if (trace !== null && slot.versions[number] !== undefined) traceSchema(slot, number, ordinal, 'uncertain', trace);
  return 'SCHEMA_UNCERTAIN';
}
