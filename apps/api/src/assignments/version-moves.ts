import type { VersionMove } from '../guards/version-guard.ts';
import type { CellMove } from './plan-cells.ts';

/** A move of a cell as guards see it, with the cell it came from. */
export interface GuardedMove extends VersionMove {
  readonly cell: CellMove;
}

/**
 * Moves of cells as guards see them. A cell that is only pinned or let go stays where it is. A cell that is dropped
 * goes to its service's default, which may be several versions: each of them may come true.
 *
 * @param defaults versions of the default by service; needed for cells that are dropped
 */
export function versionMovesOf(
  cells: readonly CellMove[],
  defaults: ReadonlyMap<string, readonly string[]> = new Map(),
): GuardedMove[] {
  const moves: GuardedMove[] = [];
  for (const cell of cells) {
    const { tenantId, serviceId, fromVersion, toVersion } = cell;
    if (toVersion === null) {
      const followed = defaults.get(serviceId) ?? [];
      for (const one of followed.length === 0 ? [null] : followed)
        moves.push({ tenantId, serviceId, fromVersion, toVersion: one, cell });
    } else if (toVersion !== fromVersion) moves.push({ tenantId, serviceId, fromVersion, toVersion, cell });
  }
  return moves;
}
