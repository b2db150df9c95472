import { createHash } from 'node:crypto';
import type { Plan, PlannedMove, PlanRequest, Refusal } from '@grey/contracts';
import { canonicalJson } from '../infra/http/canonical-json.ts';

/** What a request wants of one cell of the matrix. `targetVersion` null: drop the assignment. */
export interface CellWish {
  readonly tenantId: string;
  readonly serviceId: string;
  readonly targetVersion: string | null;
  /** undefined: as it is */
  readonly pinned: boolean | undefined;
  /** What the caller saw; undefined: no precondition. */
  readonly currentVersion: string | null | undefined;
}

/** A cell as it is now; a cell that is not there has no assignment. */
export interface CellState {
  readonly version: string;
  readonly isPinned: boolean;
  /** Changes with every write of the cell. */
  readonly stamp: bigint;
}

export interface CellMove extends PlannedMove {
  /** Stamp of the cell it starts from; undefined: there is no assignment yet. */
  readonly stamp: bigint | undefined;
}

export interface Evaluation {
  readonly moves: readonly CellMove[];
  readonly refusals: readonly Refusal[];
  readonly noopCount: number;
}

/** Tenants that may be moved, by id, with their names. */
export interface KnownTenants {
  readonly nameById: ReadonlyMap<string, string>;
  mayActFor(tenantId: string): boolean;
}

/** Key of a cell; `/` is in no id. */
export function cellKey(tenantId: string, serviceId: string): string {
  return `${tenantId}/${serviceId}`;
}

/** Decides, cell by cell, what moves, what is so already, and what is refused and why. Pure. */
export function evaluateCells(
  wishes: readonly CellWish[],
  tenants: KnownTenants,
  cells: ReadonlyMap<string, CellState>,
): Evaluation {
  const moves: CellMove[] = [];
  const refusals: Refusal[] = [];
  let noopCount = 0;
  for (const wish of wishes) {
    const cell = cells.get(cellKey(wish.tenantId, wish.serviceId));
    const refusal = refuse(wish, tenants, cell);
    if (refusal !== undefined) refusals.push(refusal);
    else if (isSame(wish, cell)) noopCount += 1;
    else moves.push(moveOf(wish, tenants.nameById.get(wish.tenantId) as string, cell));
  }
  return { moves, refusals, noopCount };
}

function refuse(wish: CellWish, tenants: KnownTenants, cell: CellState | undefined): Refusal | undefined {
  const { tenantId, serviceId } = wish;
  if (!tenants.mayActFor(tenantId))
    return { tenantId, serviceId, code: 'TENANT_FORBIDDEN', message: 'The caller may not act for this tenant.' };
  if (!tenants.nameById.has(tenantId))
    return { tenantId, serviceId, code: 'TENANT_UNKNOWN', message: 'No tenant has this id.' };
  const theirs = cell?.version ?? null;
  if (wish.currentVersion === undefined || wish.currentVersion === theirs) return undefined;
  const message = 'The cell has changed since the caller saw it.';
  return { tenantId, serviceId, code: 'PRECONDITION_FAILED', message, yours: wish.currentVersion, theirs };
}

/** True when the cell is as it is wanted already. */
export function isSame(wish: Pick<CellWish, 'targetVersion' | 'pinned'>, cell: CellState | undefined): boolean {
  if (wish.targetVersion === null) return cell === undefined;
  return cell?.version === wish.targetVersion && (wish.pinned === undefined || wish.pinned === cell.isPinned);
}

function moveOf(wish: CellWish, tenantName: string, cell: CellState | undefined): CellMove {
  const fromPinned = cell?.isPinned ?? false;
  return {
    tenantId: wish.tenantId,
    tenantName,
    serviceId: wish.serviceId,
    fromVersion: cell?.version ?? null,
    toVersion: wish.targetVersion,
    fromPinned,
    toPinned: wish.targetVersion !== null && (wish.pinned ?? fromPinned),
    stamp: cell?.stamp,
  };
}

/** What a plan stands and falls with: every move with the exact cell it starts from. Order does not matter. */
export function digestOfMoves(moves: readonly CellMove[]): string {
  const lines = moves.map(
    (move) =>
      `${cellKey(move.tenantId, move.serviceId)} ${move.stamp ?? '-'} ${move.toVersion ?? '-'} ${move.toPinned}\n`,
  );
  return createHash('sha256').update(lines.sort().join('')).digest('base64url');
}

export function hashPlanRequest(request: PlanRequest): string {
  return createHash('sha256').update(canonicalJson(request)).digest('base64url');
}

export function summaryOf({ moves, refusals, noopCount }: Evaluation): Plan['summary'] {
  return {
    moveCount: moves.length,
    noopCount,
    refusedCount: refusals.length,
    tenantCount: new Set(moves.map((move) => move.tenantId)).size,
    serviceCount: new Set(moves.map((move) => move.serviceId)).size,
  };
}

/** How many tenants go from what to what, per service. */
export function countByService(moves: readonly PlannedMove[]): Plan['byService'] {
  const groups = new Map<string, Plan['byService'][number]>();
  for (const { serviceId, fromVersion, toVersion } of moves) {
    const key = JSON.stringify([serviceId, fromVersion, toVersion]);
    const group = groups.get(key) ?? { serviceId, fromVersion, toVersion, tenantCount: 0 };
    group.tenantCount += 1;
    groups.set(key, group);
  }
  return [...groups.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
}
