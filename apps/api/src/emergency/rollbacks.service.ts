import type { operations, Rollback } from '@grey/contracts';
import { Injectable } from '@nestjs/common';
import type { Caller } from '../access/caller.ts';
import type { HoldRow } from '../holds/hold-row.ts';
import { holdView, LISTED_TENANTS } from '../holds/hold-view.ts';
import { HoldsService } from '../holds/holds.service.ts';
import { maySeeHold } from '../holds/may-see-hold.ts';
import { ApiError } from '../infra/http/api-error.ts';
import type { Called } from '../infra/http/operation.decorator.ts';
import { type RollbackRow, RollbacksStore } from './rollbacks.store.ts';

type Ops = typeof operations;
const LISTED = 100;

/** Rollbacks and how far their bookkeeping is. */
@Injectable()
export class RollbacksService {
  constructor(
    private readonly store: RollbacksStore,
    private readonly holds: HoldsService,
  ) {}

  list({ caller }: Called<Ops['listRollbacks']>): Promise<{ items: Rollback[] }> {
    return this.store.consistentRead(async (tx) => {
      const items: Rollback[] = [];
      for (const row of await this.store.list(tx, LISTED)) {
        const hold = await this.holds.find(tx, row.holdId);
        if (hold !== undefined && maySeeHold(caller, hold)) items.push(rollbackView(row, hold, caller));
      }
      return { items };
    });
  }

  /** @throws ApiError HOLD_UNKNOWN */
  get({ caller, input }: Called<Ops['getRollback']>): Promise<Rollback> {
    return this.store.consistentRead(async (tx) => {
      const row = await this.store.find(tx, input.params.holdId);
      const hold = row && (await this.holds.find(tx, row.holdId));
      if (row === undefined || hold === undefined || !maySeeHold(caller, hold)) throw new ApiError('HOLD_UNKNOWN');
      return rollbackView(row, hold, caller);
    });
  }
}

function rollbackView(row: RollbackRow, hold: HoldRow, caller: Caller): Rollback {
  // A lifted hold is not followed any more, also before bookkeeping has noticed.
  const state = row.state === 'rewriting' && hold.liftedAt !== null ? 'stopped' : row.state;
  return {
    id: row.holdId,
    hold: holdView(hold, caller, LISTED_TENANTS),
    changeId: row.changeId,
    affectedCount: row.affectedCount,
    state,
    totalCount: row.totalCount,
    rewrittenCount: row.rewrittenCount,
    finishedAt: row.finishedAt?.toISOString() ?? null,
  };
}
