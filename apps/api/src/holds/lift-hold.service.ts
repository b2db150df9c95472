import { createHash } from 'node:crypto';
import type { LiftPlan, LiftResult, operations, VersionShift } from '@grey/contracts';
import { type AssignmentRecord, applyDelta, listTenants, type Snapshot } from '@grey/route-core';
import { Injectable } from '@nestjs/common';
import { type Caller, mayActFor } from '../access/caller.ts';
import { PlanTokens } from '../assignments/plan-tokens.ts';
import { actorOf, type ChangeRequest, ChangesService } from '../changes/changes.service.ts';
import type { ItemDraft } from '../changes/item-draft.ts';
import { VersionGuards, type VersionMove } from '../guards/version-guards.ts';
import type { Transaction } from '../infra/db/database.ts';
import { ApiError } from '../infra/http/api-error.ts';
import type { Called } from '../infra/http/operation.decorator.ts';
import { FreshSnapshot } from './fresh-snapshot.ts';
import type { HoldRow } from './hold-row.ts';
import { holdView, itemOfHold } from './hold-view.ts';
import { HoldsStore } from './holds.store.ts';
import { maySeeHold } from './may-see-hold.ts';
import { digestOfShifts, groupShifts, SHOWN_SHIFTS, type Shifts, shiftVersions } from './shift-versions.ts';

type LiftCall = Called<(typeof operations)['liftHold' | 'undoRollback']>;

/** What is written back together with a hold that is lifted. */
export interface Restoration {
  readonly cells: readonly AssignmentRecord[];
  readonly items: readonly ItemDraft[];
  /** Assignments that are left as they are, since somebody has changed them. */
  readonly keptCount: number;
  write(tx: Transaction): Promise<void>;
}

/** A way to lift a hold: alone, or with what its bookkeeping wrote. */
export interface LiftManner {
  readonly kind: ChangeRequest['kind'];
  /** @param isLocked keeps what is read from others until the transaction ends */
  restore(tx: Transaction, hold: HoldRow, isLocked: boolean): Promise<Restoration>;
}

const NOTHING: Restoration = { cells: [], items: [], keptCount: 0, write: async () => undefined };
const ALONE: LiftManner = { kind: 'hold.lifted', restore: async () => NOTHING };

/** Takes holds away: first what that would move, then it. */
@Injectable()
export class LiftHoldService {
  constructor(
    private readonly store: HoldsStore,
    private readonly snapshots: FreshSnapshot,
    private readonly tokens: PlanTokens,
    private readonly changes: ChangesService,
    private readonly guards: VersionGuards,
  ) {}

  /**
   * @throws ApiError PRECONDITION_REQUIRED with the plan when no token is sent; HOLD_UNKNOWN, HOLD_LIFTED,
   * MOVE_REFUSED, PLAN_TOKEN_INVALID, PLAN_EXPIRED, PLAN_STALE, SNAPSHOT_MISSING
   */
  async lift(call: LiftCall, manner: LiftManner = ALONE) {
    const { caller, input, idempotency } = call;
    const { planToken, reason, override } = input.body;
    const snapshot = await this.snapshots.get();
    if (planToken === undefined) throw await this.#offer(call, manner, snapshot);
    const request = { kind: manner.kind, actor: actorOf(caller), reason, idempotency };
    return this.changes.commit<LiftResult>(request, async (tx) => {
      const digest = this.tokens.verify(planToken, claimsOf(call, manner));
      const before = await this.#find(tx, call, true);
      const restoration = await manner.restore(tx, before, true);
      const shifts = shiftsOf(snapshot, before, restoration);
      if (digestOf(shifts, restoration) !== digest) throw new ApiError('PLAN_STALE');
      const moves = movesOf(before.serviceId, shifts.shifts);
      await this.guards.assertAllowed(tx, moves, { caller, override, isHeld: true });
      const hold = await this.store.lift(tx, before.id, { reason, actor: actorOf(caller) });
      await restoration.write(tx);
      return {
        items: [itemOfHold(before, false), ...restoration.items],
        answer: ({ changeId, position }) => ({
          hold: holdView(hold, caller),
          changeId,
          position,
          affectedCount: shifts.shifts.length + shifts.unservable.length,
          restoredCount: restoration.cells.length,
          keptCount: restoration.keptCount,
        }),
      };
    });
  }

  async #offer(call: LiftCall, manner: LiftManner, snapshot: Snapshot): Promise<ApiError> {
    const planned = await this.store.consistentRead(async (tx) => {
      const hold = await this.#find(tx, call, false);
      const restoration = await manner.restore(tx, hold, false);
      const all = shiftsOf(snapshot, hold, restoration);
      const moves = movesOf(hold.serviceId, all.shifts);
      return { hold, restoration, all, objections: await this.guards.check(tx, moves, { caller: call.caller }) };
    });
    const { hold, restoration, all, objections } = planned;
    const claims = { ...claimsOf(call, manner), digest: digestOf(all, restoration) };
    const { token, expiresAt } = this.tokens.sign(claims);
    const visible = all.shifts.filter(({ tenantId }) => mayActFor(call.caller, tenantId));
    const plan: LiftPlan = {
      planToken: token,
      expiresAt: expiresAt.toISOString(),
      position: snapshot.position,
      holdId: hold.id,
      affectedCount: all.shifts.length + all.unservable.length,
      byMove: groupShifts(all.shifts),
      moves: visible.slice(0, SHOWN_SHIFTS),
      isTruncated: visible.length > SHOWN_SHIFTS,
      objections: objections
        .filter(({ tenantId }) => tenantId === null || mayActFor(call.caller, tenantId))
        .slice(0, SHOWN_SHIFTS),
      restoredCount: restoration.cells.length,
      keptCount: restoration.keptCount,
    };
    return new ApiError('PRECONDITION_REQUIRED', { plan });
  }

  async #find(tx: Transaction, { caller, input }: LiftCall, isLocked: boolean): Promise<HoldRow> {
    const { holdId } = input.params;
    const row = await (isLocked ? this.store.lock(tx, holdId) : this.store.find(tx, holdId));
    if (row === undefined || !maySeeHold(caller, row)) throw new ApiError('HOLD_UNKNOWN');
    if (row.liftedAt !== null) throw new ApiError('HOLD_LIFTED');
    return row;
  }
}

function movesOf(serviceId: string, shifts: readonly VersionShift[]): VersionMove[] {
  return shifts.map(({ tenantId, fromVersion, toVersion }) => ({ tenantId, serviceId, fromVersion, toVersion }));
}

/** What the engine says of the snapshot without the hold and with the cells written back. */
function shiftsOf(snapshot: Snapshot, hold: HoldRow, { cells }: Restoration): Shifts {
  const { epoch, revision } = snapshot.position;
  const after = applyDelta(snapshot, {
    epoch,
    revision: revision + 1,
    holds: { remove: [hold.id] },
    ...(cells.length === 0 ? {} : { assignments: { upsert: cells } }),
  });
  const tenantIds = listTenants(snapshot).map(({ id }) => id);
  return shiftVersions(snapshot, after, hold.serviceId, tenantIds);
}

function digestOf({ shifts, unservable }: Shifts, { cells }: Restoration): string {
  const written = cells.map(({ tenantId, version }) => `written ${tenantId} ${version}`);
  return digestOfShifts(shifts, [...unservable.map(({ tenantId }) => `unservable ${tenantId}`), ...written]);
}

function claimsOf({ caller, input }: LiftCall, { kind }: LiftManner): { callerId: string; requestHash: string } {
  const requestHash = createHash('sha256').update(`${kind}\n${input.params.holdId}`).digest('base64url');
  return { callerId: callerKey(caller), requestHash };
}

/** The caller as plan tokens name them. */
export function callerKey(caller: Caller): string {
  return `${caller.kind}:${caller.id}`;
}
