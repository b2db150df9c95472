import { createHash } from 'node:crypto';
import type { ShiftGroup, VersionShift } from '@grey/contracts';
import { createDecisionEnv, decide, type Snapshot } from '@grey/route-core';

/** Shown with a plan. */
export const SHOWN_SHIFTS = 100;

export interface Shifts {
  readonly shifts: readonly VersionShift[];
  /** Tenants whose database has a schema that the version they would get cannot serve. */
  readonly unservable: readonly Unservable[];
}

export interface Unservable {
  readonly tenantId: string;
  /** The version that they would get; null: none is known. */
  readonly version: string | null;
}

/**
 * Who gets another version of a service after a change than before it, by the engine itself, for requests that say nothing
 * of themselves. Instances do not count: what is wanted after holds is compared, not where a fallback leads.
 */
export function shiftVersions(
  before: Snapshot,
  after: Snapshot,
  serviceId: string,
  tenantIds: Iterable<string>,
): Shifts {
  const env = createDecisionEnv();
  const shifts: VersionShift[] = [];
  const unservable: Unservable[] = [];
  for (const tenantId of tenantIds) {
    const request = { tenantId, serviceName: serviceId };
    const from = wantedOf(decide(before, request, env));
    const to = wantedOf(decide(after, request, env));
    if (from.version === to.version) continue;
    if (to.isSchemaOutside) unservable.push({ tenantId, version: to.version });
    else shifts.push({ tenantId, fromVersion: from.version, toVersion: to.version, chosenBy: from.reason });
  }
  return { shifts, unservable };
}

function wantedOf(decision: ReturnType<typeof decide>) {
  if (!decision.ok)
    return {
      version: decision.version ?? null,
      reason: decision.reason ?? decision.code,
      isSchemaOutside: decision.code === 'SCHEMA_MISMATCH',
    };
  return {
    version: decision.fallback?.from ?? decision.version,
    reason: decision.reason,
    isSchemaOutside: decision.fallback?.cause === 'SCHEMA_OUT_OF_RANGE',
  };
}

/** What a plan stands and falls with. Order does not matter. @param further what else it rests on, a line each */
export function digestOfShifts(shifts: readonly VersionShift[], further: readonly string[] = []): string {
  const lines = shifts.map(({ tenantId, fromVersion, toVersion }) => `${tenantId} ${fromVersion} ${toVersion}`);
  const hash = createHash('sha256');
  for (const line of [...lines, ...further].sort()) hash.update(`${line}\n`);
  return hash.digest('base64url');
}

/** How many tenants go from what to what. */
export function groupShifts(shifts: readonly VersionShift[]): ShiftGroup[] {
  const groups = new Map<string, ShiftGroup>();
  for (const { fromVersion, toVersion } of shifts) {
    const key = JSON.stringify([fromVersion, toVersion]);
    const tenantCount = (groups.get(key)?.tenantCount ?? 0) + 1;
    groups.set(key, { fromVersion, toVersion, tenantCount });
  }
  return [...groups.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
}
