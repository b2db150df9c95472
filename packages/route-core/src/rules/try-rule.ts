import type { Facts } from '../conditions/index.ts';
import type { Course } from '../course.ts';
import type { ExplainStep } from '../decision.ts';
import { drawBucket } from '../splits/draw-bucket.ts';
import { findOwner, NOBODY } from '../splits/range-table.ts';
import type { CompiledRule } from './compile-rule.ts';
import { hasMethod } from './method-set.ts';
import type { RuleMatch } from './rule-match.ts';

/**
 * Asks a rule whose path fits: method, condition and target. `explain` asks the same and gets told what failed.
 * @param course as for `applyRules`
 */
export function tryRule(rule: CompiledRule, facts: Facts, course: Course | null): RuleMatch | null {
  const { match, methods, test } = rule;
  if (methods !== null && !hasMethod(methods, facts.metadata.method)) {
    tell(rule, course, 'method', { method: facts.method || null });
    return null;
  }
  if (test !== null && !(course === null || course.trace === null ? test(facts) : traceTest(rule, facts, course)))
    return null;
  if (match === null) return rule.split === null ? enterLane(rule, course) : drawShare(rule, facts, course);
  tell(rule, course, 'matched', {});
  return match;
}

function traceTest(rule: CompiledRule, facts: Facts, course: Course): boolean {
  const { passed, text, value } = rule.condition!.trace(facts);
  if (!passed) tell(rule, course, 'condition', { condition: text, value });
  return passed;
}

function drawShare(rule: CompiledRule, facts: Facts, course: Course | null): RuleMatch | null {
  const split = rule.split!;
  const bucket = drawBucket(split, facts);
  const number = bucket < 0 ? NOBODY : findOwner(split.table, bucket);
  if (number === NOBODY) {
    tell(rule, course, bucket < 0 ? 'unit_missing' : 'no_share', {});
    return null;
  }
  tell(rule, course, 'matched', { bucket });
  return { rule, number, bucket };
}

/**
 * A rule that leads into a lane: its version of this service answers. Where a permissive lane has none, the tag goes on
 * and the request is decided as if the rule were not there. A call is in one lane: who is in another does not change.
 */
function enterLane(rule: CompiledRule, course: Course | null): RuleMatch | null {
  if (course === null) return null;
  const tag = rule.laneTag!;
  const lane = course.snapshot.lanes.byTag.get(tag);
  if (lane === undefined || (course.lane !== null && course.lane !== lane)) {
    tell(rule, course, lane === undefined ? 'unknown_lane' : 'in_other_lane', { tag });
    return null;
  }
  course.lane = lane;
  const version = lane.versions.get(course.slot.id);
  if (version === undefined && !lane.isStrict) {
    tell(rule, course, 'lane_entered', { tag });
    return null;
  }
  tell(rule, course, 'matched', { tag });
  return { rule, number: version === undefined ? 0 : course.slot.names.number(version), bucket: null };
}

function tell({ id, name }: CompiledRule, course: Course | null, outcome: string, detail: ExplainStep['detail']): void {
  if (course === null || course.trace === null) return;
  course.trace.add('rule', outcome, { ruleId: id, name, ...detail });
}
