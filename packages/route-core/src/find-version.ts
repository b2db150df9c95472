import { chooseVersion } from './choose-version.ts';
import { Course } from './course.ts';
import type { DecisionReason, DecisionRequest, RefusalCode, RefusedDecision } from './decision.ts';
import type { DecisionEnv } from './decision-env.ts';
import type { Trace } from './explain-trace.ts';
import type { ServiceSlot } from './service-slot.ts';
import { settleVersion } from './settle-version.ts';
import { type SnapshotState, TENANT_ACTIVE } from './snapshot-state.ts';

/**
 * Everything up to the version that answers: service and tenant, who chooses, what settles it.
 * @param slot the service as it is now
 */
export function findVersion(
  slot: ServiceSlot | undefined,
  current: SnapshotState,
  earlier: SnapshotState,
  request: DecisionRequest,
  env: DecisionEnv,
  trace: Trace | null,
): Course | RefusedDecision {
  const { tenantId, serviceName } = request;
  if (slot === undefined || slot.record === null) {
    trace?.add('service', 'unknown', { serviceName });
    return refuse(current, request, 'SERVICE_UNKNOWN');
  }
  const ordinal = current.names.ordinals.get(tenantId) ?? -1;
  const status = ordinal < 0 ? 0 : current.statusAt(ordinal);
  const refusal = checkTenant(slot, status, tenantId, trace);
  if (refusal !== null) return refuse(current, request, refusal);
  const course = begin(current, earlier, slot, ordinal, status, request, env, trace);
  const unchosen = chooseVersion(course);
  if (unchosen !== null) return refuse(course.snapshot, request, unchosen, undefined, course.reason);
  return settle(course, current, slot, ordinal);
}

/**
 * What is left once the version is chosen.
 * @param slot the service as it is now, of which `current` is the snapshot
 * @param ordinal of the tenant there
 */
export function settle(
  course: Course,
  current: SnapshotState,
  slot: ServiceSlot,
  ordinal: number,
): Course | RefusedDecision {
  const unsettled = settleVersion(course, current, slot, ordinal);
  if (unsettled === null) return course;
  return refuse(course.snapshot, course.request, unsettled, slot.names.names[course.number], course.reason);
}

function checkTenant(slot: ServiceSlot, status: number, tenantId: string, trace: Trace | null): RefusalCode | null {
  if (status === TENANT_ACTIVE) {
    trace?.add('tenant', 'active', { tenantId });
    return null;
  }
  if (status !== 0) {
    trace?.add('tenant', 'inactive', { tenantId });
    return 'TENANT_INACTIVE';
  }
  const policy = slot.record!.unknownTenant;
  trace?.add('tenant', 'unknown', { tenantId, policy });
  return policy === 'reject' ? 'TENANT_UNKNOWN' : null;
}

/** An earlier snapshot that did not have the service yet cannot choose: then the present one does. */
function begin(
  current: SnapshotState,
  earlier: SnapshotState,
  slot: ServiceSlot,
  ordinal: number,
  status: number,
  request: DecisionRequest,
  env: DecisionEnv,
  trace: Trace | null,
): Course {
  const reason: DecisionReason = status === 0 ? 'UNKNOWN_TENANT_DEFAULT' : 'DEFAULT';
  const then = earlier === current ? slot : earlier.services.get(request.serviceName);
  if (earlier === current || then === undefined || then.record === null) {
    // A name without a tenant has no assignment of its own, though cells may name it.
    return new Course(current, slot, status === 0 ? -1 : ordinal, reason, request, env, trace);
  }
  const known = earlier.names.ordinals.get(request.tenantId) ?? -1;
  return new Course(earlier, then, status === 0 ? -1 : known, reason, request, env, trace);
}

function refuse(
  snapshot: SnapshotState,
  request: DecisionRequest,
  code: RefusalCode,
  version?: string,
  reason?: DecisionReason,
): RefusedDecision {
  return {
    ok: false,
    code,
    tenantId: request.tenantId,
    serviceName: request.serviceName,
    ...(version === undefined ? {} : { version }),
    ...(reason === undefined ? {} : { reason }),
    epoch: snapshot.position.epoch,
    revision: snapshot.position.revision,
  };
}
