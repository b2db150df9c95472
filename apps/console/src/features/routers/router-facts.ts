import type { Router, RouterList } from '../../api/generated/model/index.ts';

/**
 * `current`: has the furthest known position. `behind`: knows the epoch, lacks revisions. `other_epoch`: decides by a log
 * that was replaced. `differs`: has the same position as others and yet another configuration. `no_snapshot`: refuses.
 */
export type RouterState = 'current' | 'behind' | 'other_epoch' | 'differs' | 'no_snapshot';

export interface RouterRow extends Router {
  readonly state: RouterState;
}

export interface RouterFacts {
  /** By kind, host and id, so that a row stays where it is while the page is read. */
  readonly rows: readonly RouterRow[];
  /** Routers that decide by the furthest known position, and by the same configuration as the others there. */
  readonly effectiveCount: number;
  readonly differingCount: number;
}

/** What the list of routers says about "has my change arrived everywhere?". */
export function factsOf({ items }: Pick<RouterList, 'items'>): RouterFacts {
  const odd = findOdd(items);
  const rows = items
    .map((router) => ({ ...router, state: stateOf(router, odd) }))
    .sort((a, b) => compare(a.kind, b.kind) || compare(a.host, b.host) || compare(a.id, b.id));
  return {
    rows,
    effectiveCount: rows.filter((row) => row.state === 'current').length,
    differingCount: odd.size,
  };
}

function stateOf(router: Router, odd: ReadonlySet<string>): RouterState {
  if (router.position === null) return 'no_snapshot';
  if (odd.has(router.id)) return 'differs';
  if (router.behind === null) return 'other_epoch';
  return router.behind === 0 ? 'current' : 'behind';
}

/**
 * Ids of routers whose configuration is not that of the majority at the same position; without a majority nobody can be
 * called right, so all of them. Different positions have different digests by nature and are not compared.
 */
function findOdd(routers: readonly Router[]): ReadonlySet<string> {
  const odd = new Set<string>();
  for (const peers of groupBy(routers, ({ position }) => position && `${position.epoch} ${position.revision}`)) {
    const camps = groupBy(peers, (router) => router.digest);
    const largest = Math.max(...camps.map((camp) => camp.length));
    const isSettled = camps.filter((camp) => camp.length === largest).length === 1;
    if (camps.length < 2) continue;
    for (const camp of camps) if (!isSettled || camp.length < largest) for (const { id } of camp) odd.add(id);
  }
  return odd;
}

/** Groups under equal keys; what has no key is in no group. */
function groupBy<T>(items: readonly T[], keyOf: (item: T) => string | null): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    if (key === null) continue;
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return [...groups.values()];
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
