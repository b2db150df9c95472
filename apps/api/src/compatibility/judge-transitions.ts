import type { Objection } from '@grey/contracts';
import type { DirectedMove } from '../guards/version-guard.ts';
import type { CompatibilityMatrix } from './compatibility-matrix.ts';
import { findWay } from './find-way.ts';
import type { GuardedState } from './guarded-state.ts';

type Judged = Pick<GuardedState, 'matrix' | 'defaults' | 'labels' | 'assigned' | 'tenants'>;
type Words = Pick<Objection, 'detail' | 'mend'>;

/** Objections to moves between two versions of one service. Pure. */
export function judgeTransitions(moves: readonly DirectedMove[], state: Judged): Objection[] {
  const objections: Objection[] = [];
  const words = new Map<string, Words | null>();
  for (const move of moves) {
    const { tenantId, serviceId, toVersion } = move;
    if (!state.matrix.mentions(serviceId)) continue;
    for (const from of startsOf(move, state)) {
      const key = `${serviceId} ${from} ${toVersion}`;
      let said = words.get(key);
      if (said === undefined) {
        said = state.matrix.mayMove(serviceId, from, toVersion) ? null : refuse(serviceId, from, toVersion, state);
        words.set(key, said);
      }
      if (said === null) continue;
      const count = tenantId === null ? state.assigned.get(serviceId)?.get(from) : undefined;
      const detail = count === undefined ? said.detail : `${said.detail} ${count} tenant(s) are assigned ${from}.`;
      objections.push({ code: 'INCOMPATIBLE', tenantId, serviceId, detail, mend: said.mend, isOverridable: true });
    }
  }
  return objections;
}

/** The versions that a move may leave. A first default is entered from none. */
function startsOf(
  { tenantId, serviceId, fromVersion, isDefault = false }: DirectedMove,
  { defaults, assigned, tenants }: Judged,
): readonly string[] {
  if (fromVersion !== null) return [fromVersion];
  if (isDefault) return [];
  const followed = defaults.get(serviceId) ?? [];
  if (tenantId !== null) {
    const version = tenants.get(tenantId)?.get(serviceId);
    return version === undefined ? followed : [version];
  }
  return [...new Set([...(assigned.get(serviceId)?.keys() ?? []), ...followed])];
}

function refuse(serviceId: string, from: string, to: string, { matrix, labels }: Judged): Words {
  const isSilent = matrix.successorsOf(serviceId, from) === undefined;
  const detail = isSilent
    ? `${serviceId} ${to} has breaking changes, and ${from} does not list it as compatible.`
    : `${serviceId} ${from} does not list ${to} as compatible.`;
  return { detail, mend: mendOf(serviceId, from, to, matrix, labels.get(serviceId) ?? []) };
}

function mendOf(
  serviceId: string,
  from: string,
  to: string,
  matrix: CompatibilityMatrix,
  labels: readonly string[],
): string {
  const way = findWay(from, to, labels, (a, b) => matrix.mayMove(serviceId, a, b));
  return way === undefined
    ? `No way leads from ${from} to ${to}: let compatible_with of ${from} list ${to} if they do fit.`
    : `Go by way of ${way.slice(0, -1).join(', then ')}.`;
}
