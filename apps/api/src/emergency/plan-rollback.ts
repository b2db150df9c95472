import { createHash } from 'node:crypto';
import type { EmergencyRollback, RollbackPlan } from '@grey/contracts';
import {
  assertHold,
  findService,
  HoldCycleError,
  type HoldRecord,
  listTenants,
  readHolds,
  readLanes,
  type Snapshot,
  type TenantRecord,
  withHolds,
} from '@grey/route-core';
import { type Caller, mayActFor } from '../access/caller.ts';
import { followRecords, isHeld } from '../holds/follow-records.ts';
import { digestOfShifts, type Shifts, shiftVersions } from '../holds/shift-versions.ts';
import { type BeyondHorizon, tellBeyondHorizon } from '../horizon/beyond-horizon.ts';
import { ApiError } from '../infra/http/api-error.ts';
import { canonicalJson } from '../infra/http/canonical-json.ts';
import { findReferences } from '../services/version-references.ts';
import { overlaps, warningsOf } from './rollback-warnings.ts';

/** What is to be rolled back, without why and by what right. */
export type RollbackWish = Pick<
  EmergencyRollback,
  'serviceId' | 'fromVersion' | 'toVersion' | 'affectedTenants' | 'scope' | 'allowRollbackOfRollback'
>;

/** What a rollback would do, by what this process routes by. */
export interface Outlook {
  /** The hold to be made; its scope leaves out who cannot be moved. */
  readonly hold: HoldRecord;
  readonly inScopeCount: number;
  readonly shifts: Shifts['shifts'];
  readonly leftOut: RollbackPlan['leftOut'];
  readonly warnings: RollbackPlan['warnings'];
  readonly alsoReachedBy: RollbackPlan['alsoReachedBy'];
  readonly chain: readonly string[];
  readonly digest: string;
}

/**
 * Works out a rollback without I/O, so that it can be done with everything else down.
 * @throws ApiError SERVICE_UNKNOWN, VERSION_UNKNOWN, VERSION_RETIRED, TENANT_UNKNOWN, TENANT_FORBIDDEN, HOLD_CYCLE,
 * ROLLBACK_OF_ROLLBACK
 */
export function planRollback(snapshot: Snapshot, caller: Caller, wish: RollbackWish, holdId: string): Outlook {
  assertVersions(snapshot, wish);
  const { serviceId, fromVersion, toVersion } = wish;
  const { members, scope, leftOut } = resolveScope(snapshot, caller, wish);
  const wanted: HoldRecord = { id: holdId, serviceId, fromVersion, toVersion, scope };
  assertFollows(readHolds(snapshot), wanted, wish.allowRollbackOfRollback);
  const ids = members.map(({ id }) => id);
  const { shifts, unservable } = shiftVersions(snapshot, withHolds(snapshot, { upsert: [wanted] }), serviceId, ids);
  const beyond = tellBeyondHorizon(snapshot, wanted, unservable);
  const hold = beyond.length === 0 ? wanted : without(wanted, ids, beyond);
  const holds = readHolds(snapshot).filter((one) => one.serviceId === serviceId);
  const warnings = warningsOf(snapshot, wanted, hold, unservable.length);
  const first = members.find(({ id }) => id === shifts[0]?.tenantId);
  const tenant = { id: first?.id ?? '', tags: first?.tags ?? [] };
  return {
    hold,
    inScopeCount: members.length,
    shifts,
    leftOut: [...leftOut, ...beyond],
    warnings,
    alsoReachedBy: referencesTo(snapshot, serviceId, fromVersion),
    chain: followRecords([...holds, wanted], fromVersion, tenant),
    digest: digestOfShifts(shifts, [
      ...leftOut.map((one) => `out ${one.tenantId}`),
      ...unservable.map(({ tenantId }) => `out ${tenantId}`),
    ]),
  };
}

/**
 * Makes sure that a hold fits those there are.
 * @throws ApiError HOLD_CYCLE with the way round, ROLLBACK_OF_ROLLBACK with the holds that lead to its `fromVersion`
 */
export function assertFollows(existing: readonly HoldRecord[], hold: HoldRecord, isAllowed: boolean): void {
  try {
    assertHold(existing, hold);
  } catch (error) {
    if (!(error instanceof HoldCycleError)) throw error;
    throw new ApiError('HOLD_CYCLE', { detail: error.path.join(' → '), path: [...error.path] });
  }
  const earlier = existing.filter(
    (one) => one.serviceId === hold.serviceId && one.toVersion === hold.fromVersion && overlaps(one, hold),
  );
  if (earlier.length > 0 && !isAllowed)
    throw new ApiError('ROLLBACK_OF_ROLLBACK', { references: earlier.map(({ id }) => ({ kind: 'hold', holdId: id })) });
}

/** What a plan token is bound to. */
export function hashWish({ serviceId, fromVersion, toVersion, affectedTenants, scope, ...wish }: RollbackWish): string {
  const said = affectedTenants === undefined ? scope : { kind: 'tenants', tenantIds: affectedTenants };
  const text = canonicalJson([serviceId, fromVersion, toVersion, said, wish.allowRollbackOfRollback]);
  return createHash('sha256').update(`rollback\n${text}`).digest('base64url');
}

function assertVersions(snapshot: Snapshot, { serviceId, fromVersion, toVersion }: RollbackWish): void {
  const service = findService(snapshot, serviceId);
  if (service === undefined) throw new ApiError('SERVICE_UNKNOWN');
  for (const label of [fromVersion, toVersion]) {
    const version = service.versions.find((one) => one.version === label);
    if (version === undefined)
      throw new ApiError('VERSION_UNKNOWN', { detail: `${serviceId} has no version ${label}.` });
    if (label === toVersion && version.status === 'retired')
      throw new ApiError('VERSION_RETIRED', { detail: `${serviceId} ${label} is retired.` });
  }
}

interface Resolved {
  readonly members: readonly TenantRecord[];
  readonly scope: HoldRecord['scope'];
  readonly leftOut: RollbackPlan['leftOut'];
}

function resolveScope(snapshot: Snapshot, caller: Caller, wish: RollbackWish): Resolved {
  const ids = wish.affectedTenants ?? (wish.scope?.kind === 'tenants' ? wish.scope.tenantIds : undefined);
  const tenants = listTenants(snapshot);
  if (ids !== undefined) return resolveTenants(tenants, caller, [...new Set(ids)]);
  // Who may act for some tenants only names them.
  if (caller.tenantIds !== null) throw new ApiError('TENANT_FORBIDDEN');
  const scope: HoldRecord['scope'] =
    wish.scope?.kind === 'tag' ? { kind: 'tag', tag: wish.scope.tag } : { kind: 'all' };
  const members = tenants.filter(({ id, tags = [] }) => isHeld({ scope }, { id, tags }));
  return { members, scope, leftOut: [] };
}

function resolveTenants(tenants: readonly TenantRecord[], caller: Caller, ids: readonly string[]): Resolved {
  const byId = new Map(tenants.map((tenant) => [tenant.id, tenant]));
  const leftOut = ids.flatMap((tenantId) => {
    if (!mayActFor(caller, tenantId))
      return [{ tenantId, code: 'TENANT_FORBIDDEN', message: 'the caller may not act for this tenant' }];
    return byId.has(tenantId) ? [] : [{ tenantId, code: 'TENANT_UNKNOWN', message: 'no tenant has this id' }];
  });
  const isOut = new Set(leftOut.map(({ tenantId }) => tenantId));
  const members = ids.flatMap((id) => (isOut.has(id) ? [] : [byId.get(id) as TenantRecord]));
  if (members.length === 0)
    throw new ApiError('TENANT_UNKNOWN', { detail: 'Of the tenants named, none can be moved.' });
  return { members, scope: { kind: 'tenants', tenantIds: members.map(({ id }) => id) }, leftOut };
}

/** Of those who cannot be moved, so many are told why when nobody can. */
const TOLD = 3;

/** The hold for everybody in the scope but some: from then on it lists its tenants, and knows none who come later. */
function without(hold: HoldRecord, ids: readonly string[], beyond: readonly BeyondHorizon[]): HoldRecord {
  const out = new Set(beyond.map(({ tenantId }) => tenantId));
  const tenantIds = ids.filter((id) => !out.has(id));
  if (tenantIds.length > 0) return { ...hold, scope: { kind: 'tenants', tenantIds } };
  const told = beyond.slice(0, TOLD).map(({ tenantId, message }) => `${tenantId}: ${message}.`);
  const more = beyond.length > TOLD ? ` And ${beyond.length - TOLD} more.` : '';
  throw new ApiError('TENANT_UNKNOWN', {
    detail: `Of the tenants named, none can be moved. ${told.join(' ')}${more}`,
  });
}

function referencesTo(snapshot: Snapshot, serviceId: string, version: string): RollbackPlan['alsoReachedBy'] {
  const service = findService(snapshot, serviceId);
  return findReferences(serviceId, version, {
    ruleSet: service?.ruleSet,
    experiments: service?.experiments ?? [],
    lanes: readLanes(snapshot),
    fallbackVersion: service?.fallbackVersion ?? null,
    // Those are followed and shown as the chain.
    holds: [],
  }).map((reference) => ({ ...reference }));
}
