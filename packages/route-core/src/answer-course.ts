import { chooseMirror } from './choose-mirror.ts';
import type { Course } from './course.ts';
import type { RoutedDecision } from './decision.ts';
import { evaluateFlags } from './flags/evaluate-flags.ts';
import { pickInstance } from './pick-instance.ts';
import type { ServiceSlot } from './service-slot.ts';
import type { SnapshotState } from './snapshot-state.ts';

/**
 * The decision of a course whose version is settled: its instance, flags and mirror.
 * @param slot the service in `current`
 * @param isRevisionMissed the request names a position that is not kept
 */
export function answerCourse(
  course: Course,
  current: SnapshotState,
  slot: ServiceSlot,
  isRevisionMissed: boolean,
): RoutedDecision {
  const { env, request, trace } = course;
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
    isRevisionMissed,
    epoch: course.snapshot.position.epoch,
    revision: course.snapshot.position.revision,
  };
}

function mirrorOf(course: Course, current: SnapshotState, slot: ServiceSlot): RoutedDecision['mirror'] {
  const plan = course.rule!.mirror;
  if (plan === null) return null;
  const { tenantId } = course.request;
  const ordinal = current.names.ordinals.get(tenantId) ?? -1;
  return chooseMirror(slot, plan, course, { tags: current.tagsAt(ordinal), ordinal });
}
