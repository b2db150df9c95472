import type { Course } from './course.ts';
import type { RefusalCode } from './decision.ts';
import { applyExperiments } from './experiments/apply-experiments.ts';
import { findLane } from './lanes/find-lane.ts';
import { NO_LANES } from './lanes/lane-table.ts';
import { PINNED_BIT, VERSION_MASK } from './names.ts';
import { PAGE_BITS, PAGE_MASK } from './pages.ts';
import { applyRules } from './rules/apply-rules.ts';
import { findDefaultBucket, findDefaultUnit, findDefaultVersion } from './splits/default-split.ts';

/**
 * Who says which version: a pinned assignment, the lane, a rule, an experiment, the assignment, the default; the first that
 * says anything. Writes what was chosen into the course.
 * @returns why the request is refused, or null
 */
export function chooseVersion(course: Course): RefusalCode | null {
  const { slot, snapshot, ordinal, trace } = course;
  const cell = ordinal < 0 ? 0 : (slot.cells[ordinal >>> PAGE_BITS]?.[ordinal & PAGE_MASK] ?? 0);
  // A pinned tenant stays pinned, but the call goes on in its lane.
  if (snapshot.lanes !== NO_LANES) course.lane = findLane(course);
  if ((cell & PINNED_BIT) !== 0) {
    course.number = cell & VERSION_MASK;
    course.reason = 'PINNED';
  } else if (course.lane !== null && !followLane(course)) return 'LANE_NOT_SERVED';
  if (course.number === 0 && slot.plan!.hasRules) {
    const match = applyRules(slot.plan!.rules, course.facts, course);
    if (match !== null) course.takeMatch(match);
    if (match !== null && match.number === 0) return 'LANE_NOT_SERVED';
  }
  if (course.number === 0 && slot.plan!.hasExperiments) applyExperiments(slot.plan!.experiments, course);
  if (course.number === 0 && cell !== 0) {
    course.number = cell & VERSION_MASK;
    course.reason = 'ASSIGNMENT';
  }
  if (course.number === 0 && !takeDefault(course)) {
    trace?.add('version', 'undefined', {});
    return 'VERSION_UNDEFINED';
  }
  if (trace !== null) traceChoice(course);
  return null;
}

/** The lane's version of this service, if it has one. false = it has none, and is strict. */
function followLane(course: Course): boolean {
  const { slot, trace } = course;
  const lane = course.lane!;
  const version = lane.versions.get(slot.id);
  if (version === undefined) {
    trace?.add('lane', lane.isStrict ? 'not_served' : 'passed_through', { tag: lane.tag });
    if (lane.isStrict) course.reason = 'LANE';
    return !lane.isStrict;
  }
  course.number = slot.names.number(version);
  course.reason = 'LANE';
  return true;
}

function takeDefault(course: Course): boolean {
  const { defaults } = course.slot;
  if (defaults.numbers.length === 0) return false;
  course.bucket = findDefaultBucket(defaults, course.request);
  course.number = findDefaultVersion(defaults, course.bucket);
  if (course.bucket !== null && course.reason === 'DEFAULT') course.reason = 'DEFAULT_SPLIT';
  return true;
}

function traceChoice(course: Course): void {
  const { bucket, reason, slot } = course;
  const isDefault = bucket !== null && course.rule === null && course.experiment === null;
  const detail = bucket === null ? {} : isDefault ? { bucket, unit: findDefaultUnit(course.request) } : { bucket };
  course.trace!.add('version', reason, detail, slot.names.names[course.number]);
}
