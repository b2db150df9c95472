import { createHash, randomUUID } from 'node:crypto';
import type { operations, RollbackPlan, RollbackResult } from '@grey/contracts';
import type { Snapshot } from '@grey/route-core';
import { Injectable } from '@nestjs/common';
import { PlanTokens } from '../assignments/plan-tokens.ts';
import { actorOf, ChangesService } from '../changes/changes.service.ts';
import { FreshSnapshot } from '../holds/fresh-snapshot.ts';
import { itemOfHold } from '../holds/hold-view.ts';
import { HoldsStore } from '../holds/holds.store.ts';
import { callerKey } from '../holds/lift-hold.service.ts';
import { groupShifts, SHOWN_SHIFTS } from '../holds/shift-versions.ts';
import type { Transaction } from '../infra/db/database.ts';
import { ApiError } from '../infra/http/api-error.ts';
import { canonicalJson } from '../infra/http/canonical-json.ts';
import type { Called } from '../infra/http/operation.decorator.ts';
import { Replayed } from '../infra/http/replayed.ts';
import { ServiceRecords } from '../services/service-records.ts';
import { Acknowledgements } from './acknowledgements.ts';
import { type Objections, ObjectionsService } from './objections.service.ts';
import { OffersStore } from './offers.store.ts';
import { assertFollows, hashWish, type Outlook, planRollback, type RollbackWish } from './plan-rollback.ts';
import { PreEmption, type Stopped } from './pre-emption.ts';
import { RewriteJob } from './rewrite-job.ts';
import { RollbacksStore } from './rollbacks.store.ts';

type Ops = typeof operations;
type RollbackCall = Called<Ops['emergencyRollback']>;

/** Takes tenants off a version at once: one hold, in force everywhere; assignments follow as bookkeeping. */
@Injectable()
export class RollbackService {
  constructor(
    private readonly store: RollbacksStore,
    private readonly holds: HoldsStore,
    private readonly offers: OffersStore,
    private readonly services: ServiceRecords,
    private readonly snapshots: FreshSnapshot,
    private readonly tokens: PlanTokens,
    private readonly objections: ObjectionsService,
    private readonly preEmption: PreEmption,
    private readonly changes: ChangesService,
    private readonly acknowledgements: Acknowledgements,
    private readonly job: RewriteJob,
  ) {}

  /** What a rollback would do; changes nothing. @throws ApiError what `planRollback` throws, SNAPSHOT_MISSING */
  async plan({ caller, input }: Called<Ops['planRollback']>): Promise<RollbackPlan> {
    const snapshot = await this.snapshots.get();
    return this.#plan(caller, input.body, snapshot);
  }

  /**
   * @throws ApiError PRECONDITION_REQUIRED with the plan; PLAN_TOKEN_INVALID, PLAN_EXPIRED, PLAN_STALE; and what `plan`
   * throws
   */
  async rollback(call: RollbackCall): Promise<RollbackResult | Replayed<RollbackResult>> {
    const { caller, input, idempotency } = call;
    const snapshot = await this.snapshots.get();
    const holdId = randomUUID();
    const objections = await this.#foresee(call, snapshot, holdId);
    const request = { kind: 'hold.created', actor: actorOf(caller), reason: input.body.reason, idempotency } as const;
    try {
      const answer = await this.changes.commit<RollbackResult>(request, async (tx, changeKey) => {
        const outlook = planRollback(snapshot, caller, input.body, holdId);
        await this.#assertConfirmed(tx, call, outlook);
        return this.#write(tx, changeKey, call, outlook, objections);
      });
      this.job.nudge();
      return await this.acknowledgements.add(answer, input.query);
    } catch (error) {
      if (!(error instanceof PlanWanted)) throw error;
      throw await this.#offer(call, snapshot);
    }
  }

  /** What will have been overridden; nothing when the request is not even possible, as the transaction will say so. */
  async #foresee(call: RollbackCall, snapshot: Snapshot, holdId: string): Promise<Objections | undefined> {
    let outlook: Outlook;
    try {
      outlook = planRollback(snapshot, call.caller, call.input.body, holdId);
    } catch (error) {
      if (error instanceof ApiError) return undefined;
      throw error;
    }
    return this.objections.find(call.caller, outlook);
  }

  /** By a token, by the number of tenants, or by having been shown the plan for this very request. */
  async #assertConfirmed(tx: Transaction, call: RollbackCall, outlook: Outlook): Promise<void> {
    const { maxAffected, planToken } = call.input.body;
    const { caller } = call;
    const claims = { callerId: callerKey(caller), requestHash: hashWish(call.input.body) };
    if (planToken !== undefined) {
      if (this.tokens.verify(planToken, claims) !== outlook.digest) throw new ApiError('PLAN_STALE');
    } else {
      const offered = await this.offers.take(tx, claims.callerId, hashRequest(call));
      const isConfirmed = offered !== undefined && this.tokens.verify(offered, claims) === outlook.digest;
      if (!isConfirmed && (maxAffected === undefined || outlook.shifts.length > maxAffected)) throw new PlanWanted();
    }
  }

  async #write(
    tx: Transaction,
    changeKey: string,
    { caller, input }: RollbackCall,
    outlook: Outlook,
    objections: Objections | undefined,
  ) {
    const { hold, shifts, leftOut } = outlook;
    const { reason, operatorId = null, allowRollbackOfRollback } = input.body;
    assertFollows(await this.holds.lockActive(tx, hold.serviceId), hold, allowRollbackOfRollback);
    await this.services.holdVersions(tx, hold.serviceId, [hold.toVersion]);
    const row = await this.holds.insert(tx, hold, { reason, actor: actorOf(caller), operatorId });
    await this.store.insert(tx, hold.id, changeKey, shifts.length);
    const stopped = await this.preEmption.preempt(tx, hold);
    const overridden = [...(objections?.frozen ?? []), ...(objections?.warnings ?? [])].slice(0, 100);
    const noted = {
      affectedCount: shifts.length,
      ...(leftOut.length === 0 ? {} : { leftOut }),
      ...(overridden.length === 0 ? {} : { overridden }),
    };
    return {
      items: [itemOfHold(row, true, noted), ...stopped.map(({ item }) => item)],
      services: stopped.length === 0 ? [] : [await this.services.read(tx, hold.serviceId)],
      answer: ({
        changeId,
        position,
        at,
      }: {
        changeId: string | null;
        position: RollbackResult['position'];
        at?: string;
      }) =>
        ({
          rollbackId: hold.id,
          changeId,
          position,
          at: at ?? row.createdAt.toISOString(),
          durability: 'log',
          ...showOutlook(outlook, objections),
          preempted: stopped.map(showStopped),
          convergence: null,
        }) satisfies RollbackResult,
    };
  }

  async #offer(call: RollbackCall, snapshot: Snapshot): Promise<ApiError> {
    const plan = await this.#plan(call.caller, call.input.body, snapshot);
    await this.offers.keep(callerKey(call.caller), hashRequest(call), plan.planToken, new Date(plan.expiresAt));
    return new ApiError('PRECONDITION_REQUIRED', { plan });
  }

  async #plan(caller: RollbackCall['caller'], wish: RollbackWish, snapshot: Snapshot): Promise<RollbackPlan> {
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
}

/** Nobody has said yes to this rollback yet. */
class PlanWanted extends Error {}

function showOutlook({ shifts, leftOut, warnings }: Outlook, objections: Objections | undefined) {
  return {
    affectedCount: shifts.length,
    byMove: groupShifts(shifts),
    leftOut,
    warnings: [...warnings, ...(objections?.warnings ?? [])],
    frozen: objections?.frozen ?? [],
  };
}

function showStopped({ item: _, ...preempted }: Stopped) {
  return preempted;
}

/** Everything that was said: only the very same request confirms a plan. */
function hashRequest({ input }: RollbackCall): string {
  return createHash('sha256').update(canonicalJson(input.body)).digest('base64url');
}
