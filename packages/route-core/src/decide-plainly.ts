import { answerCourse } from './answer-course.ts';
import { Facts } from './conditions/index.ts';
import { Course } from './course.ts';
import type { Decision, DecisionReason, DecisionRequest } from './decision.ts';
import type { DecisionEnv } from './decision-env.ts';
import { settle } from './find-version.ts';
import { NO_HOLDS } from './follow-holds.ts';
import { NO_LANES } from './lanes/lane-table.ts';
import { PINNED_BIT, VERSION_MASK } from './names.ts';
import { PAGE_BITS, PAGE_MASK } from './pages.ts';
import { pickInstance } from './pick-instance.ts';
import { applyRules } from './rules/apply-rules.ts';
import type { RuleMatch } from './rules/rule-match.ts';
import { isDoubtful, isOutOfKnowledge } from './schema-doubt.ts';
import type { ServiceSlot } from './service-slot.ts';
import { type SnapshotState, TENANT_ACTIVE } from './snapshot-state.ts';
import { findDefaultBucket, findDefaultVersion } from './splits/default-split.ts';
import { checkVersion } from './version-check.ts';

/**
 * The short way, for what most decisions are: a rule, an assignment or the default of a service without experiments and holds,
 * in a snapshot without lanes, whose version can answer. It does without a course and takes half the time; whatever is out of
 * the ordinary goes on the long way, from its beginning (null) or from the version chosen. `explain` always takes that, and
 * the golden vectors and the histories hold the two against each other.
 */
export function decidePlainly(
  snapshot: SnapshotState,
  slot: ServiceSlot,
  request: DecisionRequest,
  env: DecisionEnv,
): Decision | null {
  if (!slot.isPlain || snapshot.lanes !== NO_LANES) return null;
  const ordinal = snapshot.names.ordinals.get(request.tenantId) ?? -1;
  if (ordinal < 0 || snapshot.statusAt(ordinal) !== TENANT_ACTIVE) return null;
  const cell = slot.cells[ordinal >>> PAGE_BITS]?.[ordinal & PAGE_MASK] ?? 0;
  const { defaults } = slot;
  const plan = slot.plan!;
  // Who has nothing to fall back on takes the long way before a rule has drawn anything.
  if (cell === 0 && defaults.numbers.length === 0) return null;
  let facts: Facts | null = null;
  let match: RuleMatch | null = null;
  if (plan.hasRules && (cell & PINNED_BIT) === 0) {
    facts = new Facts(request.tenantId, request.metadata, env);
    match = applyRules(plan.rules, facts, null);
  }
  let number = cell & VERSION_MASK;
  let reason: DecisionReason = 'ASSIGNMENT';
  let bucket: number | null = null;
  if (match !== null) {
    number = match.number;
    bucket = match.bucket;
    reason = 'RULE';
  } else if (cell === 0) {
    bucket = findDefaultBucket(defaults, request);
    number = findDefaultVersion(defaults, bucket);
    reason = bucket === null ? 'DEFAULT' : 'DEFAULT_SPLIT';
  } else if ((cell & PINNED_BIT) !== 0) reason = 'PINNED';
  const rule = match === null ? null : match.rule;
  const version = slot.versions[number];
  if (
    checkVersion(slot, number, ordinal, null) !== null ||
    (slot.schemaCount !== 0 && (isDoubtful(slot, ordinal, env) || isOutOfKnowledge(slot, number, ordinal, env))) ||
    version!.hasFlags ||
    (rule !== null && rule.mirror !== null)
  ) {
    const course = new Course(snapshot, slot, ordinal, reason, request, env, null);
    course.number = number;
    course.bucket = bucket;
    course.rule = rule;
    course.knownFacts = facts;
    return goOn(course, ordinal);
  }
  const instance = pickInstance(version!.table, env, false, request, facts);
  return {
    ok: true,
    tenantId: request.tenantId,
    serviceName: request.serviceName,
    version: version!.name,
    instance,
    reason,
    isHeld: false,
    holds: NO_HOLDS,
    bucket,
    rule: rule === null ? null : rule.id,
    experiment: null,
    lane: null,
    mirror: null,
    flags: null,
    fallback: null,
    isDegraded: instance.health === 'degraded',
    isRevisionMissed: false,
    epoch: snapshot.position.epoch,
    revision: snapshot.position.revision,
  };
}

/** The rest of the long way, for a version that cannot answer or one that has more to say. */
function goOn(course: Course, ordinal: number): Decision {
  const { slot, snapshot } = course;
  const settled = settle(course, snapshot, slot, ordinal);
  return settled instanceof Course ? answerCourse(settled, snapshot, slot, false) : settled;
}
