import type { Decision, DecisionReason, DecisionRequest, Explanation, RefusalCode } from './decision.ts';
import { type DecisionEnv, peekRandom } from './decision-env.ts';
import { Trace } from './explain-trace.ts';
import { fallBack } from './fall-back.ts';
import { followHolds, NO_HOLDS } from './follow-holds.ts';
import { continueHash } from './murmur-hash3.ts';
import { PINNED_BIT, VERSION_MASK } from './names.ts';
import { PAGE_BITS, PAGE_MASK } from './pages.ts';
import { pickInstance } from './pick-instance.ts';
import type { DefaultSplit } from './service-slot.ts';
import { type Snapshot, type SnapshotState, TENANT_ACTIVE } from './snapshot-state.ts';
import { checkVersion, REFUSAL_FOR } from './version-check.ts';

const BUCKET_COUNT = 10_000;

/**
 * Which version and which instance answer. The version follows from snapshot and request alone; the instance also from
 * `env`, whose cursors move. Never throws: what cannot be routed is a refused decision with a code.
 */
export function decide(snapshot: Snapshot, request: DecisionRequest, env: DecisionEnv): Decision {
  return run(snapshot as SnapshotState, request, env, null);
}

/** The decision that `decide` would give now, with every step that led to it. Moves no cursor and uses up no random number. */
export function explain(snapshot: Snapshot, request: DecisionRequest, env: DecisionEnv): Explanation {
  const trace = new Trace();
  const decision = peekRandom(env, () => run(snapshot as SnapshotState, request, env, trace));
  return { decision, steps: trace.steps };
}

function run(snapshot: SnapshotState, request: DecisionRequest, env: DecisionEnv, trace: Trace | null): Decision {
  const { tenantId, serviceName } = request;
  const slot = snapshot.services.get(serviceName);
  if (slot === undefined || slot.record === null) {
    trace?.add('service', 'unknown', { serviceName });
    return refuse(snapshot, request, 'SERVICE_UNKNOWN');
  }
  const ordinal = snapshot.names.ordinals.get(tenantId) ?? -1;
  const status = ordinal < 0 ? 0 : snapshot.statusAt(ordinal);
  let number = 0;
  let reason: DecisionReason = 'DEFAULT';
  if (status === 0) {
    trace?.add('tenant', 'unknown', { tenantId, policy: slot.record.unknownTenant });
    if (slot.record.unknownTenant === 'reject') return refuse(snapshot, request, 'TENANT_UNKNOWN');
    reason = 'UNKNOWN_TENANT_DEFAULT';
  } else {
    trace?.add('tenant', status === TENANT_ACTIVE ? 'active' : 'inactive', { tenantId });
    if (status !== TENANT_ACTIVE) return refuse(snapshot, request, 'TENANT_INACTIVE');
    const cell = slot.cells[ordinal >>> PAGE_BITS]?.[ordinal & PAGE_MASK] ?? 0;
    if (cell !== 0) {
      number = cell & VERSION_MASK;
      reason = (cell & PINNED_BIT) !== 0 ? 'PINNED' : 'ASSIGNMENT';
    }
  }

  let bucket: number | null = null;
  if (number === 0) {
    const { defaults } = slot;
    const count = defaults.numbers.length;
    if (count === 0) {
      trace?.add('version', 'undefined', {});
      return refuse(snapshot, request, 'VERSION_UNDEFINED', undefined, reason);
    }
    if (count === 1) number = defaults.numbers[0]!;
    else {
      bucket = continueHash(defaults.salt, findUnit(request)) % BUCKET_COUNT;
      number = findShare(defaults, bucket);
      if (status !== 0) reason = 'DEFAULT_SPLIT';
    }
  }
  trace?.add('version', reason, bucket === null ? {} : { bucket, unit: findUnit(request) }, slot.names.names[number]);

  let holds: readonly string[] = NO_HOLDS;
  if (slot.holdTable !== null) {
    const followed = followHolds(slot, number, tenantId, snapshot.tagsAt(ordinal), trace);
    // A circle leaves no version that is not held: refusing is the only answer that keeps what the holds promise.
    if (followed.number === 0) {
      return refuse(snapshot, request, 'VERSION_UNDEFINED', slot.names.names[number], reason);
    }
    number = followed.number;
    holds = followed.ids;
  } else trace?.add('hold', 'none', {});

  const schema = ordinal < 0 ? Number.NaN : (slot.schemas[ordinal >>> PAGE_BITS]?.[ordinal & PAGE_MASK] ?? Number.NaN);
  const cause = checkVersion(slot, number, schema, trace);
  let fallback = null;
  if (cause !== null) {
    const found = fallBack(slot, number, cause, { tenantId, tags: snapshot.tagsAt(ordinal), schema, trace });
    if (found === null) return refuse(snapshot, request, REFUSAL_FOR[cause], slot.names.names[number], reason);
    fallback = found.taken;
    number = found.number;
    if (found.holds.length > 0) holds = [...holds, ...found.holds];
  }

  const version = slot.versions[number]!;
  const instance = pickInstance(version.table, env, trace !== null);
  trace?.add(
    'instance',
    slot.record.balancer,
    { instanceId: instance.instanceId, address: instance.address },
    version.name,
  );
  return {
    ok: true,
    tenantId,
    serviceName,
    version: version.name,
    instance,
    reason,
    isHeld: holds.length > 0,
    holds,
    bucket,
    rule: null,
    experiment: null,
    lane: null,
    mirror: null,
    flags: null,
    fallback,
    isDegraded: version.table.isDegraded,
    isRevisionMissed: false,
    epoch: snapshot.position.epoch,
    revision: snapshot.position.revision,
  };
}

/** Who is counted in a split: the user, else the session, else the tenant. Empty ids count as missing. */
function findUnit(request: DecisionRequest): string {
  const { metadata } = request;
  return metadata?.userId || metadata?.sessionId || request.tenantId;
}

function findShare(defaults: DefaultSplit, bucket: number): number {
  const { ends, numbers } = defaults;
  for (let i = 0; i < ends.length; i++) if (bucket < ends[i]!) return numbers[i]!;
  // Weights that do not reach 10 000 leave buckets without an owner.
  return defaults.baseline;
}

function refuse(
  snapshot: SnapshotState,
  request: DecisionRequest,
  code: RefusalCode,
  version?: string,
  reason?: DecisionReason,
): Decision {
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
