import { chooseMirror } from './choose-mirror.ts';
import { Course } from './course.ts';
import { decidePlainly } from './decide-plainly.ts';
import type { Decision, DecisionRequest, Explanation, RoutedDecision } from './decision.ts';
import { type DecisionEnv, peekRandom } from './decision-env.ts';
import { Trace } from './explain-trace.ts';
import { findVersion } from './find-version.ts';
import { evaluateFlags } from './flags/evaluate-flags.ts';
import { pickInstance } from './pick-instance.ts';
import type { ServiceSlot } from './service-slot.ts';
import { schemaOf } from './settle-version.ts';
import type { Snapshot, SnapshotState } from './snapshot-state.ts';

/**
 * Which version and which instance answer. The version follows from snapshot and request, and from the time and the draws of
 * `env` where rules ask for them; the instance also from the cursors in `env`, which move. Never throws: what cannot be
 * routed is a refused decision with a code.
 */
export function decide(snapshot: Snapshot, request: DecisionRequest, env: DecisionEnv): Decision {
  return run(snapshot as SnapshotState, snapshot as SnapshotState, request, env, null);
}

/**
 * The same for a request that names an earlier position, so that all services of one call tree choose by one revision: the
 * version is chosen by `earlier`; tenant, holds, schema guard, instances and fallback are those of `current`, as an emergency
 * must not be passed by. `undefined` = the position is not kept: `current` decides, and `isRevisionMissed` says so.
 */
export function decideAt(
  current: Snapshot,
  earlier: Snapshot | undefined,
  request: DecisionRequest,
  env: DecisionEnv,
): Decision {
  return run(current as SnapshotState, (earlier ?? null) as SnapshotState | null, request, env, null);
}

/** The decision that `decide` would give now, with the steps that led to it, at most 500. Moves no cursor, uses up no draw. */
export function explain(snapshot: Snapshot, request: DecisionRequest, env: DecisionEnv): Explanation {
  return explainAt(snapshot, snapshot, request, env);
}

/** The same for `decideAt`. */
export function explainAt(
  current: Snapshot,
  earlier: Snapshot | undefined,
  request: DecisionRequest,
  env: DecisionEnv,
): Explanation {
  const trace = new Trace();
  const decision = peekRandom(env, () =>
    run(current as SnapshotState, (earlier ?? null) as SnapshotState | null, request, env, trace),
  );
  return { decision, steps: trace.steps };
}

/** @param earlier where the version is chosen; null = not kept */
function run(
  current: SnapshotState,
  earlier: SnapshotState | null,
  request: DecisionRequest,
  env: DecisionEnv,
  trace: Trace | null,
): Decision {
  const found = current.services.get(request.serviceName);
  if (found !== undefined && trace === null && earlier === current) {
    const plain = decidePlainly(current, found, request, env);
    if (plain !== null) return plain;
  }
  const course = findVersion(found, current, earlier ?? current, request, env, trace);
  if (!(course instanceof Course)) return course;
  const slot = found!;
  const version = slot.versions[course.number]!;
  const instance = pickInstance(version.table, env, trace !== null, request, course.knownFacts);
  trace?.add(
    'instance',
    request.balancer ?? slot.record!.balancer,
    { instanceId: instance.instanceId, address: instance.address },
    version.name,
  );
  return {
    ok: true,
    tenantId: request.tenantId,
    serviceName: request.serviceName,
    version: version.name,
    instance,
    reason: course.reason,
    isHeld: course.holds.length > 0,
    holds: course.holds,
    bucket: course.bucket,
    rule: course.rule === null ? null : course.rule.id,
    experiment: course.experiment,
    lane: course.lane === null ? null : course.lane.tag,
    mirror: course.rule === null ? null : mirrorOf(course, current, slot),
    flags: version.hasFlags ? evaluateFlags(slot.plan!.flagsOf(version.name), course) : null,
    fallback: course.fallback,
    isDegraded: instance.health === 'degraded',
    isRevisionMissed: earlier === null,
    epoch: course.snapshot.position.epoch,
    revision: course.snapshot.position.revision,
  };
}

function mirrorOf(course: Course, current: SnapshotState, slot: ServiceSlot): RoutedDecision['mirror'] {
  const plan = course.rule!.mirror;
  if (plan === null) return null;
  const { tenantId } = course.request;
  const ordinal = current.names.ordinals.get(tenantId) ?? -1;
  const subject = { tags: current.tagsAt(ordinal), schema: schemaOf(slot, ordinal) };
  return chooseMirror(slot, plan, course, subject);
}
