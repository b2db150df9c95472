import type { Objection } from '@grey/contracts';
import type { Caller } from '../access/caller.ts';
import type { Transaction } from '../infra/db/database.ts';

/** Somebody who shall be answered by another version than before. */
export interface VersionMove {
  /** null: everybody whom the service's default, a rule, an experiment or a lane may reach */
  readonly tenantId: string | null;
  readonly serviceId: string;
  /** null: whatever the tenant, or everybody, has now */
  readonly fromVersion: string | null;
  /** null: whatever chooses when what is taken away no longer does */
  readonly toVersion: string | null;
  /** With `tenantId` null: only tenants without an assignment are moved, those who follow the default. */
  readonly isDefault?: boolean;
}

/** A move that says where to. */
export interface DirectedMove extends VersionMove {
  readonly toVersion: string;
}

export function isDirected(move: VersionMove): move is DirectedMove {
  return move.toVersion !== null;
}

export interface GuardContext {
  /** Absent: nothing is to be changed, only judged. */
  readonly caller?: Caller;
  /** Objections that can be overridden are noted in the log, and do not refuse. The caller needs `changes.override`. */
  readonly override?: { readonly reason: string } | undefined;
  /** An emergency rollback: as with an override, objections that can be overridden only warn. */
  readonly isEmergency?: boolean;
  /** The moves are about to be written: what a guard relied on is to stay so until the transaction ends. */
  readonly isHeld?: boolean;
}

/** Something that may object to versions being changed. It judges all moves of a change at once, as they will be together. */
export interface VersionGuard {
  readonly name: string;
  /**
   * @param moves of up to 200 000 cells: a guard reads sets, never one cell after the other. Two moves of one cell are
   * alternatives: each may come true
   * @returns objections to moves; `tenantId` and `serviceId` are those of the move
   */
  check(tx: Transaction, moves: readonly VersionMove[], context: GuardContext): Promise<readonly Objection[]>;
}
