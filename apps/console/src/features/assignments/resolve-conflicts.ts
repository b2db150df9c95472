import type { CellMove, Refusal } from '../../api/generated/model/index.ts';

export type Choice = 'yours' | 'theirs';
const keyOf = (cell: { tenantId: string; serviceId: string }) => `${cell.tenantId}\n${cell.serviceId}`;

/** Refusals that are conflicts: somebody moved the cell after the operator saw it. */
export function conflictsOf(refusals: readonly Refusal[]): Refusal[] {
  return refusals.filter((refusal) => refusal.code === 'PRECONDITION_FAILED');
}

/**
 * The cells of the next plan after the operator's choices: "theirs" drops the cell, "yours" keeps the target and
 * accepts what is there now as the new starting point. A conflict without a choice stays as it was.
 */
export function resolveConflicts(
  cells: readonly CellMove[],
  conflicts: readonly Refusal[],
  choiceOf: (conflict: Refusal) => Choice | undefined,
): CellMove[] {
  const byCell = new Map(conflicts.map((conflict) => [keyOf(conflict), conflict]));
  return cells.flatMap((cell) => {
    const conflict = byCell.get(keyOf(cell));
    const choice = conflict && choiceOf(conflict);
    if (!conflict || !choice) return [cell];
    return choice === 'theirs' ? [] : [{ ...cell, currentVersion: conflict.theirs ?? null }];
  });
}
