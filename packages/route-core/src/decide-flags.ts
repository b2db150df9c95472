import { Course } from './course.ts';
import type { DecisionRequest, FlagsDecision } from './decision.ts';
import type { DecisionEnv } from './decision-env.ts';
import { findVersion } from './find-version.ts';
import { evaluateFlags } from './flags/evaluate-flags.ts';
import type { Snapshot, SnapshotState } from './snapshot-state.ts';

const NO_FLAGS = Object.freeze({});

/**
 * The flags that `decide` would give, for who needs no instance. No cursor moves.
 * @param earlier as in `decideAt`; undefined: `snapshot` decides
 */
export function decideFlags(
  snapshot: Snapshot,
  request: DecisionRequest,
  env: DecisionEnv,
  earlier: Snapshot = snapshot,
): FlagsDecision {
  const current = snapshot as SnapshotState;
  const slot = current.services.get(request.serviceName);
  const course = findVersion(slot, current, earlier as SnapshotState, request, env, null);
  if (!(course instanceof Course)) return course;
  const { number, reason } = course;
  const version = slot!.versions[number]!;
  const flags = version.hasFlags ? evaluateFlags(slot!.plan!.flagsOf(version.name), course) : null;
  const { tenantId, serviceName } = request;
  const { epoch, revision } = course.snapshot.position;
  return { ok: true, tenantId, serviceName, version: version.name, reason, flags: flags ?? NO_FLAGS, epoch, revision };
}
