import type { Assignment, operations } from '@grey/contracts';
import { Injectable } from '@nestjs/common';
import { assertTenant } from '../access/caller.ts';
import { actorOf, ChangesService, type Committed } from '../changes/changes.service.ts';
import { VersionGuards } from '../guards/version-guards.ts';
import { ApiError } from '../infra/http/api-error.ts';
import { assertMatch, etagOf } from '../infra/http/etag.ts';
import type { Called } from '../infra/http/operation.decorator.ts';
import { TargetCheck } from '../services/check-targets.ts';
import { AssignmentsStore, type CellRow } from './assignments.store.ts';
import { itemOfMove } from './item-of-move.ts';
import { cellKey, isSame } from './plan-cells.ts';
import { versionMovesOf } from './version-moves.ts';

type Ops = typeof operations;
/** Entity tag of a cell without an assignment. */
const NOTHING = etagOf(0);

/** Assigns one version to one tenant. */
@Injectable()
export class SetVersionService {
  constructor(
    private readonly store: AssignmentsStore,
    private readonly targets: TargetCheck,
    private readonly guards: VersionGuards,
    private readonly changes: ChangesService,
  ) {}

  /**
   * @throws ApiError TENANT_FORBIDDEN, TENANT_UNKNOWN, SERVICE_UNKNOWN, VERSION_UNKNOWN, VERSION_RETIRED, MOVE_REFUSED;
   * PRECONDITION_FAILED with the cell as it is
   */
  set({ caller, input, ifMatch }: Called<Ops['setTenantServiceVersion'] | Ops['setTenantService']>) {
    const { tenantId, serviceId } = input.params;
    const { targetVersion, pinned, currentVersion, reason, override } = input.body;
    assertTenant(caller, tenantId);
    return this.changes.commit({ kind: 'assignment.set', actor: actorOf(caller), reason }, async (tx) => {
      const tenantName = (await this.store.findTenants(tx, [tenantId], true)).get(tenantId);
      if (tenantName === undefined) throw new ApiError('TENANT_UNKNOWN');
      await this.targets.assertTargets(tx, [{ serviceId, targetVersion }], true);
      const cell = await this.#readCell(tx, tenantId, serviceId, true);
      const current = stateOf(tenantId, serviceId, cell);
      assertMatch(ifMatch, current);
      if (currentVersion !== undefined && currentVersion !== current.version)
        throw new ApiError('PRECONDITION_FAILED', { current });
      if (cell !== undefined && isSame({ targetVersion, pinned }, cell))
        return { items: [], answer: (at) => assignmentView(cell, cell, at) };
      const move = {
        tenantId,
        tenantName,
        serviceId,
        fromVersion: cell?.version ?? null,
        toVersion: targetVersion,
        fromPinned: cell?.isPinned ?? false,
        toPinned: pinned ?? cell?.isPinned ?? false,
        stamp: cell?.stamp,
      };
      await this.guards.assertAllowed(tx, versionMovesOf([move]), { caller, override, isHeld: true });
      await this.store.writeMoves(tx, [move]);
      const written = (await this.#readCell(tx, tenantId, serviceId, false)) as CellRow;
      return { items: [itemOfMove(move)], answer: (at) => assignmentView(cell, written, at) };
    });
  }

  async #readCell(
    tx: Parameters<AssignmentsStore['readCells']>[0],
    tenantId: string,
    serviceId: string,
    isLocked: boolean,
  ) {
    const cells = await this.store.readCells(tx, { tenantIds: [tenantId], serviceIds: [serviceId] }, isLocked);
    return cells.get(cellKey(tenantId, serviceId));
  }
}

function stateOf(tenantId: string, serviceId: string, cell: CellRow | undefined) {
  return {
    tenantId,
    serviceId,
    version: cell?.version ?? null,
    isPinned: cell?.isPinned ?? false,
    updatedAt: cell?.updatedAt.toISOString() ?? null,
    etag: cell === undefined ? NOTHING : etagOf(cell.stamp),
  };
}

function assignmentView(before: CellRow | undefined, cell: CellRow, { changeId, position }: Committed): Assignment {
  return {
    tenantId: cell.tenantId,
    serviceId: cell.serviceId,
    version: cell.version,
    isPinned: cell.isPinned,
    previousVersion: before?.version ?? null,
    isChanged: changeId !== null,
    changeId,
    position,
    updatedAt: cell.updatedAt.toISOString(),
    etag: etagOf(cell.stamp),
  };
}
