import type { operations } from '@grey/contracts';
import { Injectable } from '@nestjs/common';
import type { HoldRow } from '../holds/hold-row.ts';
import { LiftHoldService, type Restoration } from '../holds/lift-hold.service.ts';
import type { Transaction } from '../infra/db/database.ts';
import { ApiError } from '../infra/http/api-error.ts';
import type { Called } from '../infra/http/operation.decorator.ts';
import { itemOfRewrite } from './rewrite-assignments.service.ts';
import { RollbacksStore } from './rollbacks.store.ts';

/** Takes a rollback back: the hold is lifted and what bookkeeping wrote is written back, as one change. */
@Injectable()
export class UndoRollbackService {
  constructor(
    private readonly store: RollbacksStore,
    private readonly lifting: LiftHoldService,
  ) {}

  /** @throws ApiError what `LiftHoldService.lift` throws */
  undo(call: Called<(typeof operations)['undoRollback']>) {
    return this.lifting.lift(call, {
      kind: 'rollback.undone',
      restore: (tx, hold, isLocked) => this.#restore(tx, hold, isLocked),
    });
  }

  async #restore(tx: Transaction, hold: HoldRow, isLocked: boolean): Promise<Restoration> {
    const { id, serviceId } = hold;
    // Bookkeeping under way is waited for, portion by portion, and finds the rollback undone.
    const rollback = await (isLocked ? this.store.lock(tx, id) : this.store.find(tx, id));
    if (rollback === undefined) throw new ApiError('HOLD_UNKNOWN');
    const { cells, keptCount } = await this.store.readRewritten(tx, id, serviceId, isLocked);
    return {
      cells: cells.map(({ tenantId, toVersion, isPinned }) => ({ tenantId, serviceId, version: toVersion, isPinned })),
      items: cells.map((cell) => itemOfRewrite(hold, cell)),
      keptCount,
      write: async () => {
        await this.store.writeCells(tx, serviceId, cells);
        await this.store.setState(tx, id, 'undone');
      },
    };
  }
}
