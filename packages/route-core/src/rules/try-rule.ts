import type { Course } from '../course.ts';
import type { ExplainStep } from '../decision.ts';
import { drawBucket } from '../splits/draw-bucket.ts';
import { findOwner, NOBODY } from '../splits/range-table.ts';
import type { CompiledRule } from './compile-rule.ts';
import { hasMethod } from './method-set.ts';

/** Asks a rule whose path fits: method, condition and target. `explain` asks the same and gets told what failed. */
export function tryRule(rule: CompiledRule, course: Course): boolean {
  const { methods } = rule;
  if (methods !== null && !hasMethod(methods, course.request.metadata?.method)) {
    if (course.trace !== null) tell(rule, course, 'method', { method: course.facts.method || null });
    return false;
  }
  if (rule.condition !== null && !isMet(rule, course)) return false;
  if (rule.laneTag !== null) return enterLane(rule, rule.laneTag, course);
  if (rule.split !== null) return drawShare(rule, course);
  if (course.trace !== null) tell(rule, course, 'matched', {});
  return choose(rule, course, rule.number, null);
}

function isMet(rule: CompiledRule, course: Course): boolean {
  if (course.trace === null) return rule.condition!.test(course.facts);
  const { passed, text, value } = rule.condition!.trace(course.facts);
  if (!passed) tell(rule, course, 'condition', { condition: text, value });
  return passed;
}

function drawShare(rule: CompiledRule, course: Course): boolean {
  const split = rule.split!;
  const bucket = drawBucket(split, course.facts, course.request.tenantId, course.env);
  const number = bucket < 0 ? NOBODY : findOwner(split.table, bucket);
  if (number === NOBODY) {
    if (course.trace !== null) tell(rule, course, bucket < 0 ? 'unit_missing' : 'no_share', {});
    return false;
  }
  if (course.trace !== null) tell(rule, course, 'matched', { bucket });
  return choose(rule, course, number, bucket);
}

/**
 * A rule that leads into a lane: its version of this service answers. Where a permissive lane has none, the tag goes on
 * and the request is decided as if the rule were not there. A call is in one lane: who is in another does not change.
 */
function enterLane(rule: CompiledRule, tag: string, course: Course): boolean {
  const lane = course.snapshot.lanes.byTag.get(tag);
  if (lane === undefined || (course.lane !== null && course.lane !== lane)) {
    if (course.trace !== null) tell(rule, course, lane === undefined ? 'unknown_lane' : 'in_other_lane', { tag });
    return false;
  }
  course.lane = lane;
  const version = lane.versions.get(course.slot.id);
  if (version === undefined && !lane.isStrict) {
    if (course.trace !== null) tell(rule, course, 'lane_entered', { tag });
    return false;
  }
  if (course.trace !== null) tell(rule, course, 'matched', { tag });
  // Number 0: in a strict lane that does not serve this service; who chooses the version refuses it.
  return choose(rule, course, version === undefined ? 0 : course.slot.names.number(version), null);
}

function choose(rule: CompiledRule, course: Course, number: number, bucket: number | null): true {
  course.number = number;
  course.bucket = bucket;
  course.rule = rule;
  course.reason = 'RULE';
  return true;
}

function tell({ id, name }: CompiledRule, course: Course, outcome: string, detail: ExplainStep['detail']): void {
  course.trace!.add('rule', outcome, { ruleId: id, name, ...detail });
}
