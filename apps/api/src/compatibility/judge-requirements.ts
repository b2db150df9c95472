import type { Objection } from '@grey/contracts';
import type { DirectedMove } from '../guards/version-guard.ts';
import type { GuardedState, StateGroup } from './guarded-state.ts';
import { mendOfBreach } from './mend-of-breach.ts';

type Judged = Pick<GuardedState, 'matrix' | 'defaults' | 'labels' | 'tenants' | 'everybody'>;
/** Versions that a move brings about, by service: several where each may come true. */
type Wanted = Map<string, Set<string>>;

/**
 * Objections to moves after which two services of a tenant do not fit each other. Only pairs with a service that moves
 * count: what is broken elsewhere does not keep a tenant where it is. Pure.
 */
export function judgeRequirements(moves: readonly DirectedMove[], state: Judged): Objection[] {
  const linked = moves.filter(({ serviceId }) => state.matrix.partnersOf(serviceId).size > 0);
  const everybody = linked.filter((move) => move.tenantId === null);
  const named = linked.filter((move) => move.tenantId !== null);
  return [...judgeTenants(named, state), ...judgeEverybody(everybody, state)];
}

function judgeTenants(moves: readonly DirectedMove[], state: Judged): Objection[] {
  const objections: Objection[] = [];
  const byTenant = new Map<string, Wanted>();
  for (const { tenantId, serviceId, toVersion } of moves) {
    const id = tenantId as string;
    const wanted = byTenant.get(id) ?? new Map<string, Set<string>>();
    byTenant.set(id, wanted);
    wanted.set(serviceId, (wanted.get(serviceId) ?? new Set()).add(toVersion));
  }
  // Of ten thousand tenants that are moved together, most have the same: what is said of one holds for all of them.
  const said = new Map<string, readonly Said[]>();
  for (const [tenantId, wanted] of byTenant) {
    const assigned = state.tenants.get(tenantId);
    const versionsOf = (serviceId: string) => wanted.get(serviceId) ?? present(serviceId, assigned, state);
    const key = signOf(wanted, versionsOf, state);
    const all = said.get(key) ?? breachesOf(wanted, versionsOf, state);
    said.set(key, all);
    for (const { serviceId, detail, mend } of all) objections.push(objection(tenantId, serviceId, detail, mend));
  }
  return objections;
}

interface Said {
  readonly serviceId: string;
  readonly detail: string;
  readonly mend: string;
}

type VersionsOf = (serviceId: string) => Iterable<string>;

/** All that judging a tenant depends on, as a text. */
function signOf(wanted: Wanted, versionsOf: VersionsOf, { matrix }: Judged): string {
  const parts: string[] = [];
  for (const [serviceId, versions] of wanted) {
    parts.push(`${serviceId}:`, ...versions);
    for (const otherId of matrix.partnersOf(serviceId))
      if (!wanted.has(otherId)) parts.push(`${otherId}:`, ...versionsOf(otherId));
  }
  // No name or label holds a space or a colon.
  return parts.join(' ');
}

function breachesOf(wanted: Wanted, versionsOf: VersionsOf, state: Judged): Said[] {
  const all: Said[] = [];
  for (const serviceId of wanted.keys())
    forEachBreach(serviceId, versionsOf, state, (breach, words) =>
      all.push({ serviceId, detail: `${words}.`, mend: mendOfBreach(breach, state) }),
    );
  return all;
}

/** One objection for each pair that does not fit, however many tenants have it. */
function judgeEverybody(moves: readonly DirectedMove[], state: Judged): Objection[] {
  const wanted: Wanted = new Map();
  for (const { serviceId, toVersion } of moves)
    wanted.set(serviceId, (wanted.get(serviceId) ?? new Set()).add(toVersion));
  const found = new Map<string, Found>();
  for (const { serviceId, toVersion, isDefault = false } of moves)
    for (const group of state.everybody) {
      if (isDefault && group.versions.has(serviceId)) continue;
      const versionsOf = (other: string) =>
        other === serviceId ? [toVersion] : (wanted.get(other) ?? present(other, group.versions, state));
      forEachBreach(serviceId, versionsOf, state, (breach, words) => {
        const key = JSON.stringify(breach);
        const one = found.get(key) ?? { breach, words, tenantCount: 0, examples: [] };
        if (!wanted.has(breach.otherId)) addGroup(one, group);
        found.set(key, one);
      });
    }
  return [...found.values()].map((one) =>
    objection(null, one.breach.serviceId, describe(one), mendOfBreach(one.breach, state)),
  );
}

/** Two versions of one tenant that do not fit; the first is where a move leads. */
export interface Breach {
  readonly serviceId: string;
  readonly version: string;
  readonly otherId: string;
  readonly otherVersion: string;
}

interface Found {
  readonly breach: Breach;
  readonly words: string;
  tenantCount: number;
  readonly examples: string[];
}

function forEachBreach(
  serviceId: string,
  versionsOf: (serviceId: string) => Iterable<string>,
  { matrix }: Judged,
  take: (breach: Breach, words: string) => void,
): void {
  for (const version of versionsOf(serviceId))
    for (const otherId of matrix.partnersOf(serviceId))
      for (const otherVersion of versionsOf(otherId)) {
        const words = matrix.breach(serviceId, version, otherId, otherVersion);
        if (words !== null) take({ serviceId, version, otherId, otherVersion }, words);
      }
}

/** What a tenant has of a service: its assignment, else what the default may give; nothing: it does not use it. */
function present(
  serviceId: string,
  assigned: ReadonlyMap<string, string> | undefined,
  { defaults }: Judged,
): readonly string[] {
  const version = assigned?.get(serviceId);
  return version === undefined ? (defaults.get(serviceId) ?? []) : [version];
}

function addGroup(found: Found, { tenantCount, examples }: StateGroup): void {
  found.tenantCount += tenantCount;
  found.examples.push(...examples.slice(0, 3 - found.examples.length));
}

function describe({ breach, words, tenantCount, examples }: Found): string {
  if (tenantCount === 0) return `${words}.`;
  const names = `${examples.join(', ')}${tenantCount > examples.length ? ', …' : ''}`;
  return `${words}; ${tenantCount} tenant(s) have ${breach.otherId} ${breach.otherVersion} (${names}).`;
}

function objection(tenantId: string | null, serviceId: string, detail: string, mend: string): Objection {
  return { code: 'INCOMPATIBLE', tenantId, serviceId, detail, mend, isOverridable: true };
}
