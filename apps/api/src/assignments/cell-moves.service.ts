import { Injectable } from '@nestjs/common';
import { type Caller, mayActFor } from '../access/caller.ts';
import type { ItemDraft } from '../changes/item-draft.ts';
import type { VersionMove } from '../guards/version-guard.ts';
import type { Transaction } from '../infra/db/database.ts';
import { AssignmentsStore } from './assignments.store.ts';
import { itemOfMove } from './item-of-move.ts';
import { type CellMove, digestOfMoves, type Evaluation, evaluateCells, summaryOf } from './plan-cells.ts';
import { versionMovesOf } from './version-moves.ts';

/** Everybody who is assigned one version of a service shall be assigned another. */
export interface VersionSwap {
  readonly serviceId: string;
  readonly fromVersion: string;
  readonly toVersion: string;
}

/** Moves of assignments as a part of other changes: what would move, and moving it. Guards are asked by the change. */
@Injectable()
export class CellMoves {
  constructor(private readonly store: AssignmentsStore) {}

  /** Pins stay. @param isHeld keeps tenants and cells as they are until the transaction ends */
  async evaluate(tx: Transaction, caller: Caller, swap: VersionSwap, isHeld: boolean): Promise<Evaluation> {
    const { serviceId, fromVersion, toVersion } = swap;
    const tenantIds = await this.store.selectAssigned(tx, { serviceId, version: fromVersion }, null);
    const nameById = await this.store.findTenants(tx, tenantIds, isHeld);
    const keys = { tenantIds, serviceIds: tenantIds.map(() => serviceId) };
    const cells = await this.store.readCells(tx, keys, isHeld);
    const wishes = tenantIds.map((tenantId) => ({
      tenantId,
      serviceId,
      targetVersion: toVersion,
      pinned: undefined,
      currentVersion: fromVersion,
    }));
    return evaluateCells(wishes, { nameById, mayActFor: (id) => mayActFor(caller, id) }, cells);
  }

  /** The moves as guards judge them. */
  guarded({ moves }: Evaluation): readonly VersionMove[] {
    return versionMovesOf(moves);
  }

  digest({ moves }: Evaluation): string {
    return digestOfMoves(moves);
  }

  summary(evaluation: Evaluation) {
    return summaryOf(evaluation);
  }

  async write(tx: Transaction, moves: readonly CellMove[]): Promise<ItemDraft[]> {
    await this.store.writeMoves(tx, moves);
    return moves.map(itemOfMove);
  }
}
