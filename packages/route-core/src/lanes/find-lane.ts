import type { Course } from '../course.ts';
import type { CompiledLane } from './lane-table.ts';

/**
 * The lane that a call is in: the one of its tag, else the first, by tag, whose entry lets it in. A tag that nobody knows is
 * in no lane and enters none. Nobody without a tag enters a strict lane at a service that it does not name: a refusal is
 * for calls that are in the lane already.
 */
export function findLane(course: Course): CompiledLane | null {
  const { lanes } = course.snapshot;
  const tag = course.request.metadata?.tag;
  if (typeof tag === 'string' && tag !== '') {
    const lane = lanes.byTag.get(tag) ?? null;
    course.trace?.add('lane', lane === null ? 'unknown_tag' : 'tagged', { tag: tag.slice(0, 120) });
    return lane;
  }
  for (const lane of lanes.entries) if (mayEnter(lane, course)) return lane;
  return null;
}

function mayEnter(lane: CompiledLane, course: Course): boolean {
  const { trace } = course;
  const { tag } = lane;
  if (lane.isStrict && !lane.versions.has(course.slot.id)) {
    trace?.add('lane', 'service_not_in_lane', { tag });
    return false;
  }
  if (lane.condition !== null) {
    if (trace === null) {
      if (!lane.condition.test(course.facts)) return false;
    } else {
      const { passed, text, value } = lane.condition.trace(course.facts);
      if (!passed) trace.add('lane', 'condition', { tag, condition: text, value });
      if (!passed) return false;
    }
  }
  const isCounted = lane.portion === null || lane.portion(course.facts);
  trace?.add('lane', isCounted ? 'entered' : 'outside_portion', { tag });
  return isCounted;
}
