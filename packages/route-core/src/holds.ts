import { HoldCycleError } from './errors.ts';
import type { VersionNames } from './names.ts';
import type { HoldRecord, HoldScope } from './records.ts';

/** A hold with its version numbers; `tenantIds` and `tag` are null where they do not restrict. */
export interface CompiledHold {
  readonly id: string;
  readonly to: number;
  readonly tenantIds: ReadonlySet<string> | null;
  readonly tag: string | null;
}

/** Holds by the number of the version they lead away from; null when the service has none. */
export type HoldTable = readonly (readonly CompiledHold[] | undefined)[] | null;

const SPECIFICITY = { tenants: 0, tag: 1, all: 2 } as const;

/** Of several holds on one version the most specific applies (tenants, tag, all), then the lowest id: no order of arrival. */
export function compileHolds(holds: readonly HoldRecord[], names: VersionNames): HoldTable {
  if (holds.length === 0) return null;
  const sorted = [...holds].sort(
    (x, y) => SPECIFICITY[x.scope.kind] - SPECIFICITY[y.scope.kind] || (x.id < y.id ? -1 : 1),
  );
  const table: CompiledHold[][] = [];
  for (const hold of sorted) {
    const from = names.number(hold.fromVersion);
    while (table.length <= from) table.push([]);
    table[from]!.push({
      id: hold.id,
      to: names.number(hold.toVersion),
      tenantIds: hold.scope.kind === 'tenants' ? new Set(hold.scope.tenantIds) : null,
      tag: hold.scope.kind === 'tag' ? hold.scope.tag : null,
    });
  }
  return table;
}

/** The hold that moves this tenant away from a version, if any. */
export function findHold(
  table: NonNullable<HoldTable>,
  version: number,
  tenantId: string,
  tags: readonly string[],
): CompiledHold | undefined {
  const holds = table[version];
  if (holds === undefined) return undefined;
  for (const hold of holds) {
    if (hold.tenantIds !== null ? hold.tenantIds.has(tenantId) : hold.tag === null || tags.includes(hold.tag)) {
      return hold;
    }
  }
  return undefined;
}

/**
 * Refuses a hold that could send a tenant in a circle, together with the holds there are (one of the same id is
 * about to be replaced and does not count). Tags are taken to overlap with everything, as anyone may get them later.
 * @throws HoldCycleError
 */
export function assertHold(existing: Iterable<HoldRecord>, hold: HoldRecord): void {
  const edges = new Map<string, HoldRecord[]>();
  for (const other of existing) {
    if (other.serviceId !== hold.serviceId || other.id === hold.id) continue;
    const list = edges.get(other.fromVersion);
    if (list === undefined) edges.set(other.fromVersion, [other]);
    else list.push(other);
  }
  const seen = new Set<string>();
  const follow = (version: string, tenants: readonly string[] | null, path: readonly string[]): void => {
    if (version === hold.fromVersion) throw new HoldCycleError([...path, version]);
    const key = JSON.stringify([version, tenants]);
    if (seen.has(key)) return;
    seen.add(key);
    for (const edge of edges.get(version) ?? []) {
      const both = intersect(tenants, edge.scope);
      if (both === null || both.length > 0) follow(edge.toVersion, both, [...path, version]);
    }
  };
  follow(hold.toVersion, intersect(null, hold.scope), [hold.fromVersion]);
}

/** Tenants that both restrictions leave; null = not restricted to a list. */
function intersect(tenants: readonly string[] | null, scope: HoldScope): readonly string[] | null {
  if (scope.kind !== 'tenants') return tenants;
  const ids = [...new Set(scope.tenantIds)].sort();
  return tenants === null ? ids : ids.filter((id) => tenants.includes(id));
}
