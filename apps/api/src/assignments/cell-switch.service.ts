import { Injectable } from '@nestjs/common';
import type { ItemDraft } from '../changes/item-draft.ts';
import { type GuardContext, VersionGuards } from '../guards/version-guards.ts';
import type { Transaction } from '../infra/db/database.ts';
import { ApiError } from '../infra/http/api-error.ts';
import { TargetCheck } from '../services/check-targets.ts';
import { AssignmentsStore } from './assignments.store.ts';
import { itemOfMove } from './item-of-move.ts';
import { cellKey } from './plan-cells.ts';
import { versionMovesOf } from './version-moves.ts';

/** What a tenant is assigned of a service. */
export interface AssignedCell {
  readonly version: string;
  readonly isPinned: boolean;
}

export interface SwitchWish {
  readonly tenantId: string;
  readonly serviceId: string;
  /** Versions that it may be switched from; null among them: no assignment. Anything else is somebody else's doing. */
  readonly from: readonly (string | null)[];
  /** null: no assignment; a pin stays as it is where `isPinned` is left out. */
  readonly to: { readonly version: string; readonly isPinned?: boolean } | null;
}

/** Which cell was found; `items` is empty when it was left as it is. */
export interface Switched {
  readonly found: AssignedCell | null;
  readonly isMoved: boolean;
  readonly items: readonly ItemDraft[];
}

/** Switches one tenant as a part of something longer, and lets be what somebody else has moved meanwhile. */
@Injectable()
export class CellSwitch {
  constructor(
    private readonly store: AssignmentsStore,
    private readonly targets: TargetCheck,
    private readonly guards: VersionGuards,
  ) {}

  async read(tx: Transaction, tenantId: string, serviceId: string): Promise<AssignedCell | null> {
    const cells = await this.store.readCells(tx, { tenantIds: [tenantId], serviceIds: [serviceId] }, false);
    return shown(cells.get(cellKey(tenantId, serviceId)));
  }

  /**
   * Locks what an assignment locks, in the same order, and moves the cell when it is where it was expected.
   * @param context for the guards; null: they are not asked, since something is taken back
   * @throws ApiError TENANT_UNKNOWN, SERVICE_UNKNOWN, VERSION_UNKNOWN, VERSION_RETIRED, MOVE_REFUSED
   */
  async switch(tx: Transaction, wish: SwitchWish, context: GuardContext | null): Promise<Switched> {
    const { tenantId, serviceId, from, to } = wish;
    const tenantName = (await this.store.findTenants(tx, [tenantId], true)).get(tenantId);
    if (tenantName === undefined) throw new ApiError('TENANT_UNKNOWN');
    const keys = { tenantIds: [tenantId], serviceIds: [serviceId] };
    const isWanted = (version: string | null) => from.includes(version) && version !== (to?.version ?? null);
    // A version that nobody goes to need not be there any more.
    const before = (await this.store.readCells(tx, keys, false)).get(cellKey(tenantId, serviceId));
    if (!isWanted(before?.version ?? null)) return { found: shown(before), isMoved: false, items: [] };
    await this.targets.assertTargets(tx, [{ serviceId, targetVersion: to?.version ?? null }], true);
    const cell = (await this.store.readCells(tx, keys, true)).get(cellKey(tenantId, serviceId));
    if (!isWanted(cell?.version ?? null)) return { found: shown(cell), isMoved: false, items: [] };
    const move = {
      tenantId,
      tenantName,
      serviceId,
      fromVersion: cell?.version ?? null,
      toVersion: to?.version ?? null,
      fromPinned: cell?.isPinned ?? false,
      toPinned: to !== null && (to.isPinned ?? cell?.isPinned ?? false),
      stamp: cell?.stamp,
    };
    if (context !== null) await this.guards.assertAllowed(tx, versionMovesOf([move]), context);
    await this.store.writeMoves(tx, [move]);
    return { found: shown(cell), isMoved: true, items: [itemOfMove(move)] };
  }
}

function shown(cell: AssignedCell | undefined): AssignedCell | null {
  return cell === undefined ? null : { version: cell.version, isPinned: cell.isPinned };
}
