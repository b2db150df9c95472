import type { HoldRecord } from '@grey/route-core';

const SPECIFICITY = { tenants: 0, tag: 1, all: 2 } as const;

/** Who is asked about: holds apply to tenants by id and by tag. */
export interface HeldTenant {
  readonly id: string;
  readonly tags: readonly string[];
}

/**
 * Follows holds from a version as the engine does (the most specific first, then the lowest id), on records instead of a
 * snapshot: bookkeeping goes by the database, not by what a router happens to have.
 *
 * @param holds of one service
 * @returns every version on the way, `version` first; the last one is where the tenant lands
 */
export function followRecords(holds: readonly HoldRecord[], version: string, tenant: HeldTenant): string[] {
  const path = [version];
  for (;;) {
    const next = findRecord(holds, path.at(-1) as string, tenant)?.toVersion;
    if (next === undefined || path.includes(next)) return path;
    path.push(next);
  }
}

function findRecord(holds: readonly HoldRecord[], version: string, tenant: HeldTenant): HoldRecord | undefined {
  return holds
    .filter((hold) => hold.fromVersion === version && isHeld(hold, tenant))
    .sort((x, y) => SPECIFICITY[x.scope.kind] - SPECIFICITY[y.scope.kind] || (x.id < y.id ? -1 : 1))[0];
}

/** Whether the tenant is in the scope of a hold. */
export function isHeld({ scope }: Pick<HoldRecord, 'scope'>, tenant: HeldTenant): boolean {
  if (scope.kind === 'tenants') return scope.tenantIds.includes(tenant.id);
  return scope.kind === 'all' || tenant.tags.includes(scope.tag);
}
