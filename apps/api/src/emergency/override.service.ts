import type { RollbackResult } from '@grey/contracts';
import { Injectable } from '@nestjs/common';
import { actorOf } from '../changes/changes.service.ts';
import { FreshSnapshot } from '../holds/fresh-snapshot.ts';
import { ApiError } from '../infra/http/api-error.ts';
import { Replayed } from '../infra/http/replayed.ts';
import { PendingOverrides } from './pending-overrides.ts';
import { planRollback } from './plan-rollback.ts';
import { type RollbackCall, RollbackPlansService, showOutlook } from './rollback-plans.service.ts';

/** Said where compatibility and freezes would be, which are in PostgreSQL. */
const NOT_CHECKED = {
  code: 'NOT_CHECKED',
  message: 'PostgreSQL is away: compatibility and freezes were not looked up, and nothing is stopped before it is back',
};

/** Rolls back without PostgreSQL. The caller's token and the plan's are verified without it; so is everything else. */
@Injectable()
export class OverrideService {
  constructor(
    private readonly plans: RollbackPlansService,
    private readonly snapshots: FreshSnapshot,
    private readonly pending: PendingOverrides,
  ) {}

  /**
   * What was answered under the same Idempotency-Key to a request that the log does not have yet.
   * @throws ApiError IDEMPOTENCY_CONFLICT
   */
  findAnswer({ idempotency }: RollbackCall): Replayed<RollbackResult> | undefined {
    if (idempotency === undefined) return undefined;
    const earlier = this.pending.findByKey(idempotency.callerId, idempotency.key);
    if (earlier === undefined) return undefined;
    if (earlier.idempotency?.requestHash !== idempotency.requestHash) throw new ApiError('IDEMPOTENCY_CONFLICT');
    return new Replayed(earlier.answer);
  }

  /** @throws PlanWanted; ApiError NOT_DURABLE and what `planRollback` throws */
  async rollback(call: RollbackCall, holdId: string): Promise<RollbackResult> {
    const { caller, input, idempotency = null } = call;
    const { reason, operatorId = null } = input.body;
    const outlook = planRollback(this.snapshots.now(), caller, input.body, holdId);
    await this.plans.assertConfirmed(call, outlook, async (offers, callerId, hash) => offers.recall(callerId, hash));
    const at = new Date().toISOString();
    const shown = showOutlook(outlook, undefined);
    const answer: RollbackResult = {
      rollbackId: holdId,
      changeId: null,
      position: null,
      at,
      durability: 'journal',
      ...shown,
      warnings: [...shown.warnings, NOT_CHECKED],
      preempted: [],
      convergence: null,
    };
    const durability = await this.pending.take({
      hold: outlook.hold,
      actor: actorOf(caller),
      reason,
      operatorId,
      at,
      idempotency,
      answer,
    });
    return { ...answer, durability };
  }
}
