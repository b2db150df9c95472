import { createHash, randomUUID } from 'node:crypto';
import type { operations, RollbackPlan } from '@grey/contracts';
import type { Snapshot } from '@grey/route-core';
import { Injectable } from '@nestjs/common';
import type { Caller } from '../access/caller.ts';
import { PlanTokens } from '../assignments/plan-tokens.ts';
import { callerKey } from '../holds/lift-hold.service.ts';
import { groupShifts, SHOWN_SHIFTS } from '../holds/shift-versions.ts';
import { ApiError } from '../infra/http/api-error.ts';
import { canonicalJson } from '../infra/http/canonical-json.ts';
import type { Called } from '../infra/http/operation.decorator.ts';
import { type Objections, ObjectionsService } from './objections.service.ts';
import { OffersStore } from './offers.store.ts';
import { hashWish, type Outlook, planRollback, type RollbackWish } from './plan-rollback.ts';

export type RollbackCall = Called<(typeof operations)['emergencyRollback']>;

/** Nobody has said yes to this rollback yet. */
export class PlanWanted extends Error {}

/** Shows what a rollback would do, and knows whether somebody has said yes to it. */
@Injectable()
export class RollbackPlansService {
  constructor(
    private readonly offers: OffersStore,
    private readonly tokens: PlanTokens,
    private readonly objections: ObjectionsService,
  ) {}

  /** @throws ApiError what `planRollback` throws */
  async plan(caller: Caller, wish: RollbackWish, snapshot: Snapshot): Promise<RollbackPlan> {
    const outlook = planRollback(snapshot, caller, wish, randomUUID());
    const objections = await this.objections.find(caller, outlook);
    const claims = { callerId: callerKey(caller), requestHash: hashWish(wish), digest: outlook.digest };
    const { token, expiresAt } = this.tokens.sign(claims);
    return {
      planToken: token,
      expiresAt: expiresAt.toISOString(),
      position: snapshot.position,
      inScopeCount: outlook.inScopeCount,
      ...showOutlook(outlook, objections),
      preempted: [...objections.preempted],
      moves: outlook.shifts.slice(0, SHOWN_SHIFTS),
      isTruncated: outlook.shifts.length > SHOWN_SHIFTS,
      alsoReachedBy: outlook.alsoReachedBy,
      chain: [...outlook.chain],
    };
  }

  /** The plan as an answer to who has not seen it; the very same request after it says yes. */
  async offer(call: RollbackCall, snapshot: Snapshot): Promise<ApiError> {
    const plan = await this.plan(call.caller, call.input.body, snapshot);
    await this.offers.keep(callerKey(call.caller), hashRequest(call), plan.planToken, new Date(plan.expiresAt));
    return new ApiError('PRECONDITION_REQUIRED', { plan });
  }

  /**
   * By a token, by the number of tenants, or by having been shown the plan for this very request.
   *
   * @param take the token of the plan that was offered for a request, which is gone with this
   * @throws PlanWanted; ApiError PLAN_TOKEN_INVALID, PLAN_EXPIRED, PLAN_STALE
   */
  async assertConfirmed(
    call: RollbackCall,
    outlook: Outlook,
    take: (offers: OffersStore, callerId: string, requestHash: string) => Promise<string | undefined>,
  ): Promise<void> {
    const { maxAffected, planToken } = call.input.body;
    const claims = { callerId: callerKey(call.caller), requestHash: hashWish(call.input.body) };
    if (planToken !== undefined) {
      if (this.tokens.verify(planToken, claims) !== outlook.digest) throw new ApiError('PLAN_STALE');
    } else {
      const offered = await take(this.offers, claims.callerId, hashRequest(call));
      const isConfirmed = offered !== undefined && this.tokens.verify(offered, claims) === outlook.digest;
      if (!isConfirmed && (maxAffected === undefined || outlook.shifts.length > maxAffected)) throw new PlanWanted();
    }
  }
}

/** What a plan and the answer have in common. */
export function showOutlook({ shifts, leftOut, warnings }: Outlook, objections: Objections | undefined) {
  return {
    affectedCount: shifts.length,
    byMove: groupShifts(shifts),
    leftOut,
    warnings: [...warnings, ...(objections?.warnings ?? [])],
    frozen: objections?.frozen ?? [],
  };
}

/** Everything that was said: only the very same request confirms a plan. */
function hashRequest({ input }: RollbackCall): string {
  return createHash('sha256').update(canonicalJson(input.body)).digest('base64url');
}
