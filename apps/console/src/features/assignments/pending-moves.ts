import { useSyncExternalStore } from 'react';
import type { CellMove } from '../../api/generated/model/index.ts';

/** A move the operator has noted but not applied. `currentVersion` is what stood there when it was noted. */
export interface PendingMove extends CellMove {
  currentVersion: string | null;
}

export type PendingMoves = readonly PendingMove[];
const none: PendingMoves = [];

/** Notes a move; noting what is there already, pin included, takes the note away. */
export function noteMove(moves: PendingMoves, move: PendingMove, isPinnedNow: boolean): PendingMoves {
  const others = moves.filter((one) => one.tenantId !== move.tenantId || one.serviceId !== move.serviceId);
  const isNothing =
    move.targetVersion === move.currentVersion && (move.pinned === undefined || move.pinned === isPinnedNow);
  return isNothing ? others : [...others, move];
}

/** A move whose cell no longer holds what the operator saw. */
export interface Conflict {
  readonly move: PendingMove;
  readonly theirs: string | null;
}

export function findConflicts(moves: PendingMoves, now: ReadonlyMap<string, string | null>): Conflict[] {
  return moves.flatMap((move) => {
    const theirs = now.get(move.serviceId);
    return theirs !== undefined && theirs !== move.currentVersion && theirs !== move.targetVersion
      ? [{ move, theirs }]
      : [];
  });
}

const storageKey = 'grey.pending-moves';
const listeners = new Set<() => void>();
let byTenant: Record<string, PendingMoves> = read();

function read(): Record<string, PendingMoves> {
  try {
    return JSON.parse(globalThis.sessionStorage?.getItem(storageKey) ?? '{}');
  } catch {
    return {};
  }
}

/** Notes survive leaving the page and reloading it, not closing the tab. */
export function setPendingMoves(tenantId: string, moves: PendingMoves): void {
  const { [tenantId]: _, ...others } = byTenant;
  byTenant = moves.length > 0 ? { ...others, [tenantId]: moves } : others;
  sessionStorage.setItem(storageKey, JSON.stringify(byTenant));
  for (const listener of listeners) listener();
}

export function usePendingMoves(tenantId: string): PendingMoves {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => byTenant[tenantId] ?? none,
  );
}
