import type { DecisionReason, DecisionRequest, RoutedDecision } from './decision.ts';
import type { DecisionEnv } from './decision-env.ts';
import { NO_HOLDS } from './follow-holds.ts';
import { NO_LANES } from './lanes/lane-table.ts';
import { PINNED_BIT, VERSION_MASK } from './names.ts';
import { PAGE_BITS, PAGE_MASK } from './pages.ts';
import { pickInstance } from './pick-instance.ts';
import type { ServiceSlot } from './service-slot.ts';
import { schemaOf } from './settle-version.ts';
import { type SnapshotState, TENANT_ACTIVE } from './snapshot-state.ts';
import { findDefaultBucket, findDefaultVersion } from './splits/default-split.ts';
import { checkVersion } from './version-check.ts';

/**
 * The short way, for what most decisions are: an assignment or the default of a service without rules, experiments and holds, in
 * a snapshot without lanes, whose version can answer. It takes a quarter less time and knows nothing of its own: whatever is
 * out of the ordinary is left to the long way (null). `explain` always takes that, and the golden vectors and the histories
 * hold the two against each other.
 */
export function decidePlainly(
  snapshot: SnapshotState,
  slot: ServiceSlot,
  request: DecisionRequest,
  env: DecisionEnv,
): RoutedDecision | null {
  if (!slot.isPlain || snapshot.lanes !== NO_LANES) return null;
  const ordinal = snapshot.names.ordinals.get(request.tenantId) ?? -1;
  if (ordinal < 0 || snapshot.statusAt(ordinal) !== TENANT_ACTIVE) return null;
  const cell = slot.cells[ordinal >>> PAGE_BITS]?.[ordinal & PAGE_MASK] ?? 0;
  let number = cell & VERSION_MASK;
  let reason: DecisionReason = 'ASSIGNMENT';
  let bucket: number | null = null;
  if (cell === 0) {
    const { defaults } = slot;
    if (defaults.numbers.length === 0) return null;
    bucket = findDefaultBucket(defaults, request);
    number = findDefaultVersion(defaults, bucket);
    reason = bucket === null ? 'DEFAULT' : 'DEFAULT_SPLIT';
  } else if ((cell & PINNED_BIT) !== 0) reason = 'PINNED';
  if (checkVersion(slot, number, schemaOf(slot, ordinal), null) !== null) return null;
  const version = slot.versions[number]!;
  if (version.hasFlags) return null;
  const instance = pickInstance(version.table, env, false, request, null);
  return {
    ok: true,
    tenantId: request.tenantId,
    serviceName: request.serviceName,
    version: version.name,
    instance,
    reason,
    isHeld: false,
    holds: NO_HOLDS,
    bucket,
    rule: null,
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
