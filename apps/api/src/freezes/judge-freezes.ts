import type { Objection } from '@grey/contracts';
import type { GuardContext, VersionMove } from '../guards/version-guard.ts';

/** A freeze that is in force, for as long as its window lasts. */
export interface ActiveFreeze {
  readonly id: string;
  readonly title: string;
  readonly reason: string;
  /** Empty: every service */
  readonly serviceIds: ReadonlySet<string>;
  /** Tenants that it is for; null: everybody. */
  readonly tenantIds: ReadonlySet<string> | null;
  /** Epoch milliseconds */
  readonly endsAt: number;
}

/** Assignments by service and tenant, of tenants in freezes that are not for everybody; the value: whether it is pinned. */
export type FrozenCells = ReadonlyMap<string, ReadonlyMap<string, boolean>>;

const EXAMPLES = 3;

/**
 * Objections to moves of what is frozen: one for each tenant and service. A move of everybody is frozen when it reaches
 * tenants of a freeze: a default those without an assignment, everything else those that are not pinned. Pure.
 */
export function judgeFreezes(
  moves: readonly VersionMove[],
  freezes: readonly ActiveFreeze[],
  cells: FrozenCells,
  { isEmergency = false }: Pick<GuardContext, 'isEmergency'> = {},
): Objection[] {
  const objections = new Map<string, Objection>();
  const ofService = new Map<string, readonly ActiveFreeze[]>();
  const said = new Map<string, Pick<Objection, 'detail' | 'mend'>>();
  for (const move of moves) {
    const { tenantId, serviceId, fromVersion, toVersion, isDefault = false } = move;
    if (fromVersion !== null && fromVersion === toVersion) continue;
    const candidates = remember(ofService, serviceId, () =>
      freezes.filter(({ serviceIds }) => serviceIds.size === 0 || serviceIds.has(serviceId)),
    );
    if (candidates.length === 0) continue;
    const key = `${tenantId ?? ''}/${serviceId}`;
    if (objections.has(key) && (tenantId !== null || isDefault)) continue;
    const isOut = isEmergency ? () => false : isOutOfReach(cells.get(serviceId), isDefault);
    const hits = candidates.flatMap((freeze): Hit[] => {
      const { tenantIds } = freeze;
      if (tenantIds === null) return [{ freeze, tenants: null }];
      if (tenantId !== null) return tenantIds.has(tenantId) ? [{ freeze, tenants: null }] : [];
      const tenants = [...tenantIds].filter((id) => !isOut(id));
      return tenants.length === 0 ? [] : [{ freeze, tenants }];
    });
    if (hits.length === 0) continue;
    const words = remember(said, `${tenantId === null ? `${key} ${isDefault}` : ''} ${hits.map(idOf).join(' ')}`, () =>
      describe(hits),
    );
    objections.set(key, { code: 'FROZEN', tenantId, serviceId, ...words, isOverridable: true });
  }
  return [...objections.values()];
}

interface Hit {
  readonly freeze: ActiveFreeze;
  /** Those that a move of everybody reaches; null: the freeze is for everybody, or the move for one. */
  readonly tenants: readonly string[] | null;
}

function idOf({ freeze }: Hit): string {
  return freeze.id;
}

function isOutOfReach(cells: ReadonlyMap<string, boolean> | undefined, isDefault: boolean) {
  return (tenantId: string): boolean => {
    const isPinned = cells?.get(tenantId);
    return isDefault ? isPinned !== undefined : isPinned === true;
  };
}

function describe(hits: readonly Hit[]): Pick<Objection, 'detail' | 'mend'> {
  const freezes = hits.map(({ freeze, tenants }) => {
    const whom = tenants === null ? '' : `, for ${listed(tenants)}`;
    return `“${freeze.title}” until ${timeOf(freeze.endsAt)}${whom} (${freeze.reason})`;
  });
  const end = timeOf(Math.max(...hits.map(({ freeze }) => freeze.endsAt)));
  const isPartly = hits.every(({ tenants }) => tenants !== null);
  return {
    detail: `Frozen by ${freezes.join(' and ')}.`,
    mend: `Wait until ${end}, ${isPartly ? 'leave these tenants out, ' : ''}or override it with a reason.`,
  };
}

function listed(tenants: readonly string[]): string {
  const names = [...tenants].sort().slice(0, EXAMPLES).join(', ');
  return `${tenants.length} tenant(s): ${names}${tenants.length > EXAMPLES ? ', …' : ''}`;
}

function timeOf(instant: number): string {
  return new Date(instant).toISOString();
}

function remember<K, V>(known: Map<K, V>, key: K, make: () => V): V {
  const found = known.get(key);
  if (found !== undefined) return found;
  const made = make();
  known.set(key, made);
  return made;
}
