import type { ApplyResult, Objection, operations, Plan, PlannedMove, PlanRequest } from '@grey/contracts';
import { Injectable } from '@nestjs/common';
import { type Caller, mayActFor } from '../access/caller.ts';
import { actorOf, ChangesService } from '../changes/changes.service.ts';
import { type GuardContext, VersionGuards } from '../guards/version-guards.ts';
import type { Transaction } from '../infra/db/database.ts';
import { ApiError } from '../infra/http/api-error.ts';
import type { Called } from '../infra/http/operation.decorator.ts';
import { TargetCheck } from '../services/check-targets.ts';
import { ServiceRecords } from '../services/service-records.ts';
import { AssignmentsStore } from './assignments.store.ts';
import { itemOfMove } from './item-of-move.ts';
import {
  type CellMove,
  type CellWish,
  countByService,
  digestOfMoves,
  type Evaluation,
  evaluateCells,
  hashPlanRequest,
  summaryOf,
} from './plan-cells.ts';
import { PlanTokens } from './plan-tokens.ts';
import { refuseCells } from './refuse-cells.ts';
import { versionMovesOf } from './version-moves.ts';

type Ops = typeof operations;
const SHOWN = 1_000;
/** One transaction of this size takes some ten seconds; larger moves are made in parts. */
const CELL_LIMIT = 200_000;

/** An evaluation, and what guards had to say. */
interface Sifted extends Evaluation {
  readonly objections: readonly Objection[];
  readonly overridden: readonly Objection[];
}

/** Moves many cells: first a plan, then the plan applied, or nothing. */
@Injectable()
export class PlansService {
  constructor(
    private readonly store: AssignmentsStore,
    private readonly targets: TargetCheck,
    private readonly tokens: PlanTokens,
    private readonly changes: ChangesService,
    private readonly services: ServiceRecords,
    private readonly guards: VersionGuards,
  ) {}

  /** @throws ApiError SERVICE_UNKNOWN, VERSION_UNKNOWN, VERSION_RETIRED, VALIDATION_FAILED for duplicate cells */
  async plan({ caller, input }: Called<Ops['planAssignments']>): Promise<Plan> {
    const { evaluation, position } = await this.store.consistentRead(async (tx) => ({
      evaluation: await this.#evaluate(tx, caller, input.body, false),
      position: await this.changes.readPosition(tx),
    }));
    const { moves, refusals, overridden } = evaluation;
    const { token, expiresAt } = this.tokens.sign({
      callerId: callerKey(caller),
      requestHash: hashPlanRequest(input.body),
      digest: digestOfMoves(moves),
    });
    return {
      planToken: token,
      expiresAt: expiresAt.toISOString(),
      position,
      summary: summaryOf(evaluation),
      moves: moves.slice(0, SHOWN).map(showMove),
      refusals: refusals.slice(0, SHOWN),
      overridden: overridden.slice(0, SHOWN),
      isTruncated: moves.length > SHOWN || refusals.length > SHOWN,
      byService: countByService(moves),
    };
  }

  /** @throws ApiError PLAN_TOKEN_INVALID, PLAN_EXPIRED, PLAN_STALE and what `plan` throws */
  apply({ caller, input, idempotency }: Called<Ops['applyAssignments']>) {
    const { plan, planToken, reason } = input.body;
    const request = { kind: 'assignments.applied', actor: actorOf(caller), reason, idempotency } as const;
    return this.changes.commit<ApplyResult>(request, async (tx) => {
      const digest = this.tokens.verify(planToken, {
        callerId: callerKey(caller),
        requestHash: hashPlanRequest(plan),
      });
      const evaluation = await this.#evaluate(tx, caller, plan, true);
      if (digestOfMoves(evaluation.moves) !== digest) throw stale(evaluation.objections);
      await this.store.writeMoves(tx, evaluation.moves);
      return {
        items: evaluation.moves.map(itemOfMove),
        answer: ({ changeId, position }) => ({
          changeId,
          position,
          summary: summaryOf(evaluation),
          refusals: evaluation.refusals.slice(0, SHOWN),
          overridden: evaluation.overridden.slice(0, SHOWN),
        }),
      };
    });
  }

  /** Locks in one order (tenants, versions, cells), so that two bulk changes cannot block each other. */
  async #evaluate(tx: Transaction, caller: Caller, request: PlanRequest, isLocked: boolean): Promise<Sifted> {
    const { wishes, tenantIds } = await this.#resolve(tx, caller, request);
    assertDistinct(wishes);
    const mine = tenantIds.filter((id) => mayActFor(caller, id));
    const nameById = await this.store.findTenants(tx, mine, isLocked);
    await this.targets.assertTargets(tx, 'cells' in request ? request.cells : request.targets, isLocked);
    const allowed = wishes.filter((wish) => nameById.has(wish.tenantId));
    const keys = {
      tenantIds: allowed.map((wish) => wish.tenantId),
      serviceIds: allowed.map((wish) => wish.serviceId),
    };
    const cells = await this.store.readCells(tx, keys, isLocked);
    const evaluation = evaluateCells(wishes, { nameById, mayActFor: (id) => mayActFor(caller, id) }, cells);
    return this.#sift(tx, { caller, override: request.override, isHeld: isLocked }, evaluation);
  }

  /** Refuses the cells that a guard objects to. */
  async #sift(tx: Transaction, context: GuardContext, evaluation: Evaluation): Promise<Sifted> {
    const moves = versionMovesOf(evaluation.moves, await this.#readDefaults(tx, evaluation.moves));
    const { objections, overridden } = await this.guards.sift(tx, moves, context);
    const allowed = objections.length === 0 ? evaluation : refuseCells(evaluation, objections);
    return { ...allowed, objections, overridden };
  }

  /** Where cells go that are dropped. */
  async #readDefaults(tx: Transaction, moves: readonly CellMove[]): Promise<Map<string, readonly string[]>> {
    const dropped = new Set(moves.flatMap(({ serviceId, toVersion }) => (toVersion === null ? [serviceId] : [])));
    const defaults = new Map<string, readonly string[]>();
    for (const serviceId of dropped) {
      const set = (await this.services.read(tx, serviceId)).defaults.filter(({ weight }) => weight > 0);
      defaults.set(
        serviceId,
        set.map(({ version }) => version),
      );
    }
    return defaults;
  }

  async #resolve(tx: Transaction, caller: Caller, request: PlanRequest) {
    if ('cells' in request) {
      const wishes = request.cells.map(
        ({ tenantId, serviceId, targetVersion, pinned, currentVersion }): CellWish => ({
          tenantId,
          serviceId,
          targetVersion,
          pinned,
          currentVersion,
        }),
      );
      return { wishes, tenantIds: [...new Set(wishes.map((wish) => wish.tenantId))] };
    }
    const { selection, targets } = request;
    const tenantIds = await this.#select(tx, caller, selection);
    assertSize(tenantIds.length * targets.length);
    const wishes = tenantIds.flatMap((tenantId) =>
      targets.map(
        ({ serviceId, targetVersion, pinned }): CellWish => ({
          tenantId,
          serviceId,
          targetVersion,
          pinned,
          currentVersion: undefined,
        }),
      ),
    );
    return { wishes, tenantIds };
  }

  async #select(tx: Transaction, caller: Caller, selection: Selection): Promise<readonly string[]> {
    if (selection.kind === 'tenants') return selection.tenantIds;
    if (selection.kind === 'version') return this.store.selectAssigned(tx, selection, caller.tenantIds);
    const filter = selection.kind === 'tag' ? { tag: selection.tag } : {};
    return (await this.store.selectTenants(tx, filter, caller.tenantIds)).map(({ id }) => id);
  }
}

type Selection = Extract<PlanRequest, { selection: unknown }>['selection'];

/** What was planned is not what would be done; where guards object to something, that may be why, and they are named. */
function stale(objections: readonly Objection[]): ApiError {
  const [first] = objections;
  if (first === undefined) return new ApiError('PLAN_STALE');
  const others = objections.length === 1 ? '' : ` And ${objections.length - 1} more.`;
  return new ApiError('PLAN_STALE', {
    detail: `Guards object to what was, or would be, planned: ${first.detail}${others}`,
    objections: objections.slice(0, SHOWN),
  });
}

/** @throws ApiError VALIDATION_FAILED: of two wishes for one cell, which one would count? */
function assertDistinct(wishes: readonly CellWish[]): void {
  const seen = new Map<string, Set<string>>();
  for (const { tenantId, serviceId } of wishes) {
    const tenantIds = seen.get(serviceId) ?? new Set();
    seen.set(serviceId, tenantIds);
    if (tenantIds.has(tenantId)) {
      const message = `${tenantId}/${serviceId} is named twice`;
      throw new ApiError('VALIDATION_FAILED', { detail: `${message}.`, errors: [{ path: 'body', message }] });
    }
    tenantIds.add(tenantId);
  }
}

/** @throws ApiError VALIDATION_FAILED */
function assertSize(cellCount: number): void {
  if (cellCount <= CELL_LIMIT) return;
  const message = `${cellCount} cells in one plan; the limit is ${CELL_LIMIT}: plan fewer services at a time`;
  throw new ApiError('VALIDATION_FAILED', { detail: message, errors: [{ path: 'body', message }] });
}

function callerKey(caller: Caller): string {
  return `${caller.kind}:${caller.id}`;
}

function showMove({ stamp: _, ...move }: CellMove): PlannedMove {
  return move;
}
