import type { Course } from './course.ts';
import type { RefusalCode } from './decision.ts';
import { fallBack } from './fall-back.ts';
import { followHolds } from './follow-holds.ts';
import { PAGE_BITS, PAGE_MASK } from './pages.ts';
import type { ServiceSlot } from './service-slot.ts';
import type { SnapshotState } from './snapshot-state.ts';
import { checkVersion, REFUSAL_FOR } from './version-check.ts';

/** The schema version of the tenant's database; NaN where none is recorded. */
export function schemaOf(slot: ServiceSlot, ordinal: number): number {
  return ordinal < 0 ? Number.NaN : (slot.schemas[ordinal >>> PAGE_BITS]?.[ordinal & PAGE_MASK] ?? Number.NaN);
}

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
  const schema = schemaOf(slot, ordinal);
  const cause = checkVersion(slot, course.number, schema, trace);
  if (cause === null) return null;
  const plan = course.rule?.fallback ?? slot.plan!.fallback;
  const found = fallBack(slot, plan, course.number, cause, {
    tenantId,
    tags: snapshot.tagsAt(ordinal),
    schema,
    trace,
  });
  if (found === null) return REFUSAL_FOR[cause];
  course.fallback = found.taken;
  course.number = found.number;
  if (found.holds.length > 0) course.holds = [...course.holds, ...found.holds];
  return null;
}
