import { randomUUID } from 'node:crypto';
import type { operations, RollbackPlan, RollbackResult } from '@grey/contracts';
import type { Snapshot } from '@grey/route-core';
import { Injectable } from '@nestjs/common';
import { actorOf, ChangesService } from '../changes/changes.service.ts';
import { FreshSnapshot } from '../holds/fresh-snapshot.ts';
import { ApiError } from '../infra/http/api-error.ts';
import type { Called } from '../infra/http/operation.decorator.ts';
import { Replayed } from '../infra/http/replayed.ts';
import { Acknowledgements } from './acknowledgements.ts';
import { type Objections, ObjectionsService } from './objections.service.ts';
import { OverrideService } from './override.service.ts';
import { type Outlook, planRollback } from './plan-rollback.ts';
import { RewriteJob } from './rewrite-job.ts';
import { PlanWanted, type RollbackCall, RollbackPlansService, showOutlook } from './rollback-plans.service.ts';
import { WriteRollbackService, type WrittenRollback } from './write-rollback.service.ts';

type Answer = RollbackResult | Replayed<RollbackResult>;
/** After this long PostgreSQL counts as away, in milliseconds: one that was stopped takes connections and says nothing. */
const PATIENCE_MS = 3_000;

/** Takes tenants off a version at once: one hold, in force everywhere; assignments follow as bookkeeping. */
@Injectable()
export class RollbackService {
  constructor(
    private readonly plans: RollbackPlansService,
    private readonly writing: WriteRollbackService,
    private readonly snapshots: FreshSnapshot,
    private readonly objections: ObjectionsService,
    private readonly changes: ChangesService,
    private readonly overrides: OverrideService,
    private readonly acknowledgements: Acknowledgements,
    private readonly job: RewriteJob,
  ) {}

  /** What a rollback would do; changes nothing. @throws ApiError what `planRollback` throws, SNAPSHOT_MISSING */
  async plan({ caller, input }: Called<(typeof operations)['planRollback']>): Promise<RollbackPlan> {
    return this.plans.plan(caller, input.body, await this.snapshots.get());
  }

  /**
   * @throws ApiError PRECONDITION_REQUIRED with the plan; PLAN_TOKEN_INVALID, PLAN_EXPIRED, PLAN_STALE; NOT_DURABLE with
   * PostgreSQL away and the disk full; and what `plan` throws
   */
  async rollback(call: RollbackCall): Promise<Answer> {
    const snapshot = await this.snapshots.get();
    try {
      const answer = this.overrides.findAnswer(call) ?? (await this.#rollbackSomewhere(call, snapshot));
      const { position } = answer instanceof Replayed ? answer.body : answer;
      if (position !== null) await this.snapshots.reach(position);
      // Bookkeeping begins when the routers have it: they must not wait behind what it writes.
      return await this.acknowledgements.add(answer, call.input.query).finally(() => this.job.nudge());
    } catch (error) {
      if (!(error instanceof PlanWanted)) throw error;
      throw await this.plans.offer(call, snapshot);
    }
  }

  /** In the log; with PostgreSQL away in the journal, under the same id: should the log have it after all, it is one. */
  async #rollbackSomewhere(call: RollbackCall, snapshot: Snapshot): Promise<Answer> {
    const holdId = randomUUID();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new ApiError('DATABASE_UNAVAILABLE')), PATIENCE_MS);
    });
    try {
      return await Promise.race([this.#rollbackInLog(call, snapshot, holdId), late]);
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 'DATABASE_UNAVAILABLE') throw error;
      return await this.overrides.rollback(call, holdId);
    } finally {
      clearTimeout(timer);
    }
  }

  async #rollbackInLog(call: RollbackCall, snapshot: Snapshot, holdId: string): Promise<Answer> {
    const { caller, input, idempotency } = call;
    const { reason, operatorId = null, allowRollbackOfRollback } = input.body;
    const objections = await this.#foresee(call, snapshot, holdId);
    const request = { kind: 'hold.created', actor: actorOf(caller), reason, idempotency } as const;
    return this.changes.commit<RollbackResult>(request, async (tx, changeKey) => {
      const outlook = planRollback(snapshot, caller, input.body, holdId);
      await this.plans.assertConfirmed(call, outlook, (offers, callerId, hash) => offers.take(tx, callerId, hash));
      const written = await this.writing.write(tx, changeKey, outlook.hold, {
        actor: actorOf(caller),
        reason,
        operatorId,
        affectedCount: outlook.shifts.length,
        leftOut: outlook.leftOut,
        isRollbackOfRollbackAllowed: allowRollbackOfRollback,
        noted: notedOf(outlook, objections),
      });
      const { items, services } = written;
      return {
        items,
        services,
        answer: ({ changeId, position, at = new Date().toISOString() }) => ({
          rollbackId: holdId,
          changeId,
          position,
          at,
          durability: 'log',
          ...showOutlook(outlook, objections),
          preempted: written.stopped.map(showStopped),
          convergence: null,
        }),
      };
    });
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
}

/** Who was left out, and what the rollback overrode: that is audited. */
function notedOf({ shifts, leftOut }: Outlook, objections: Objections | undefined): Record<string, unknown> {
  const overridden = [...(objections?.frozen ?? []), ...(objections?.warnings ?? [])].slice(0, 100);
  return {
    affectedCount: shifts.length,
    ...(leftOut.length === 0 ? {} : { leftOut }),
    ...(overridden.length === 0 ? {} : { overridden }),
  };
}

function showStopped({ item: _, ...preempted }: WrittenRollback['stopped'][number]) {
  return preempted;
}
