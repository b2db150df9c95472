import type { Course } from '../course.ts';
import type { ExplainStep } from '../decision.ts';
import { drawBucket } from '../splits/draw-bucket.ts';
import { findOwner } from '../splits/range-table.ts';
import type { CompiledRule } from './compile-rule.ts';

/** A rule whose path fits: method, condition and target. Also what `explain` asks, which adds what failed to its trace. */
export function tryRule(rule: CompiledRule, course: Course): boolean {
  if (rule.methods !== null && !hasMethod(rule.methods, course.request.metadata?.method)) {
    if (course.trace !== null) tell(rule, course, 'method', { method: course.request.metadata?.method ?? null });
    return false;
  }
  if (rule.condition !== null && !isMet(rule, course)) return false;
  const { target } = rule;
  if (target.kind === 'lane') return enterLane(rule, target.tag, course);
  let bucket: number | null = null;
  let number: number;
  if (target.kind === 'version') number = target.number;
  else {
    bucket = drawBucket(target.split, course.facts, course.request.tenantId, course.env);
    const owner = bucket < 0 ? -1 : findOwner(target.split.table, bucket);
    if (owner < 0) {
      if (course.trace !== null) tell(rule, course, bucket < 0 ? 'unit_missing' : 'no_share', {});
      return false;
    }
    number = target.split.numbers[owner]!;
  }
  if (course.trace !== null) tell(rule, course, 'matched', bucket === null ? {} : { bucket });
  return choose(rule, course, number, bucket);
}

function choose(rule: CompiledRule, course: Course, number: number, bucket: number | null): true {
  course.number = number;
  course.bucket = bucket;
  course.rule = rule;
  course.reason = 'RULE';
  return true;
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
  // Number 0: in a strict lane that does not serve this service; who settles the version refuses it.
  return choose(rule, course, version === undefined ? 0 : course.slot.names.number(version), null);
}

function hasMethod(methods: ReadonlySet<string>, method: unknown): boolean {
  return typeof method === 'string' && (methods.has(method) || methods.has(method.toUpperCase()));
}

function isMet(rule: CompiledRule, course: Course): boolean {
  if (course.trace === null) return rule.condition!.test(course.facts);
  const { passed, text, value } = rule.condition!.trace(course.facts);
  if (!passed) tell(rule, course, 'condition', { condition: text, value });
  return passed;
}

function tell({ id, name }: CompiledRule, course: Course, outcome: string, detail: ExplainStep['detail']): void {
  course.trace!.add('rule', outcome, { ruleId: id, name, ...detail });
}
