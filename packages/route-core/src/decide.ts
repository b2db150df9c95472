import { answerCourse } from './answer-course.ts';
import { Course } from './course.ts';
import { decidePlainly } from './decide-plainly.ts';
import type { Decision, DecisionRequest, Explanation } from './decision.ts';
import { type DecisionEnv, peekRandom } from './decision-env.ts';
import { Trace } from './explain-trace.ts';
import { findVersion } from './find-version.ts';
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
  return course instanceof Course ? answerCourse(course, current, found!, earlier === null) : course;
}
