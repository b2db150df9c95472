import { Injectable } from '@nestjs/common';
import type { Transaction } from '../infra/db/database.ts';
import { RollbacksStore } from './rollbacks.store.ts';

/** What bookkeeping of rollbacks has rewritten, for features that take back what led a tenant to the broken version. */
@Injectable()
export class RewrittenCells {
  constructor(private readonly store: RollbacksStore) {}

  /**
   * A tenant has no way back to a version any more, since what it needs there was taken back: undoing a rollback must not
   * lead it there again.
   */
  async forget(tx: Transaction, tenantId: string, serviceId: string, version: string): Promise<void> {
    await this.store.forgetMoves(tx, tenantId, serviceId, version);
  }
}
