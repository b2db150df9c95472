/** A hold as far as following it needs. */
export interface HoldRecord {
  readonly id: string;
  readonly serviceId: string;
  readonly fromVersion: string;
  readonly toVersion: string;
  readonly scope:
    | { readonly kind: 'all' }
    | { readonly kind: 'tenants'; readonly tenantIds: readonly string[] }
    | { readonly kind: 'tag'; readonly tag: string };
}

export interface Link<H extends HoldRecord> {
  readonly hold: H;
  /** Some of those whom the first hold is for stay here. */
  readonly isPartial: boolean;
}

/**
 * The holds of one service that apply one after the other, beginning with a version. Where several lead away from a version,
 * the widest is followed. Holds are never circular: the API refuses the last link of a circle.
 */
export function followHolds<H extends HoldRecord>(holds: readonly H[], fromVersion: string): Link<H>[] {
  const links: Link<H>[] = [];
  const seen = new Set<string>();
  for (let version = fromVersion; !seen.has(version); ) {
    seen.add(version);
    const next = holds.filter((one) => one.fromVersion === version).sort((a, b) => widthOf(b) - widthOf(a))[0];
    if (next === undefined) break;
    links.push({ hold: next, isPartial: links.length > 0 && next.scope.kind !== 'all' });
    version = next.toVersion;
  }
  return links;
}

/** Holds that apply to a tenant. @param tags of the tenant */
export function holdsOf<H extends HoldRecord>(
  holds: readonly H[],
  tenant: { id: string; tags: readonly string[] },
): H[] {
  return holds.filter(({ scope }) => {
    if (scope.kind === 'all') return true;
    return scope.kind === 'tag' ? tenant.tags.includes(scope.tag) : scope.tenantIds.includes(tenant.id);
  });
}

/** The version that answers in the end, with the holds that led there. */
export function landingOf<H extends HoldRecord>(holds: readonly H[], version: string): { version: string; via: H[] } {
  const via = followHolds(holds, version).map(({ hold }) => hold);
  return { version: via.at(-1)?.toVersion ?? version, via };
}

function widthOf({ scope }: HoldRecord): number {
  if (scope.kind === 'all') return Number.POSITIVE_INFINITY;
  return scope.kind === 'tag' ? Number.MAX_SAFE_INTEGER : scope.tenantIds.length;
}
