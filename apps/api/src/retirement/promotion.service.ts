import { createHash } from 'node:crypto';
import type { GuardOverride, operations, PromotionPlan, Service } from '@grey/contracts';
import { Injectable } from '@nestjs/common';
import type { Caller } from '../access/caller.ts';
import { CellMoves } from '../assignments/cell-moves.service.ts';
import type { Evaluation } from '../assignments/plan-cells.ts';
import { PlanTokens } from '../assignments/plan-tokens.ts';
import { actorOf, ChangesService } from '../changes/changes.service.ts';
import type { VersionMove } from '../guards/version-guard.ts';
import { type Objection, type Sifted, VersionGuards } from '../guards/version-guards.ts';
import type { Transaction } from '../infra/db/database.ts';
import { ApiError } from '../infra/http/api-error.ts';
import { canonicalJson } from '../infra/http/canonical-json.ts';
import type { Called } from '../infra/http/operation.decorator.ts';
import { TargetCheck } from '../services/check-targets.ts';
import { LiveInstances } from '../services/live-instances.ts';
import { ServiceDefaults } from '../services/service-defaults.service.ts';
import { ServiceRecords } from '../services/service-records.ts';
import { VersionStatuses } from '../services/version-statuses.service.ts';
import { StragglersStore } from './stragglers.store.ts';

type Ops = typeof operations;
const SHOWN = 1_000;

/** The two versions, and whether the one that goes is to end. */
interface Promotion {
  readonly serviceId: string;
  readonly fromVersion: string;
  readonly toVersion: string;
  readonly retires: boolean;
  readonly override: GuardOverride | undefined;
}

interface Outlook {
  readonly cells: Evaluation;
  readonly defaultBefore: Service['defaultVersions'];
  readonly defaultAfter: Service['defaultVersions'];
  readonly judged: Sifted<VersionMove>;
}

/** The last step of a release: the new version becomes the default, whoever is left moves to it, and the old one goes. */
@Injectable()
export class PromotionService {
  constructor(
    private readonly store: StragglersStore,
    private readonly statuses: VersionStatuses,
    private readonly defaults: ServiceDefaults,
    private readonly services: ServiceRecords,
    private readonly targets: TargetCheck,
    private readonly cells: CellMoves,
    private readonly guards: VersionGuards,
    private readonly tokens: PlanTokens,
    private readonly changes: ChangesService,
    private readonly instances: LiveInstances,
  ) {}

  /** @throws ApiError SERVICE_UNKNOWN, VERSION_UNKNOWN, VERSION_RETIRED, VALIDATION_FAILED for one version twice */
  plan({ caller, input }: Called<Ops['planPromotion']>): Promise<PromotionPlan> {
    const promotion = promotionOf(input);
    const { serviceId, fromVersion, toVersion, retires } = promotion;
    return this.store.consistentRead(async (tx) => {
      const outlook = await this.#evaluate(tx, caller, promotion, false);
      const { cells, defaultBefore, defaultAfter, judged } = outlook;
      const { objections, overridden } = judged;
      const { references } = await this.statuses.read(tx, serviceId, fromVersion);
      const left = references.filter(
        ({ kind, isBlocking }) => retires && isBlocking && kind !== 'assignments' && kind !== 'default',
      );
      const refusals = [...cells.refusals, ...objections.filter(isOfTenant).map(refusalOf)];
      const general = objections.filter((one) => !isOfTenant(one));
      const isPossible = refusals.length === 0 && general.length === 0 && left.length === 0;
      const signed = isPossible
        ? this.tokens.sign({ ...claimsOf(caller, promotion), digest: this.#digest(outlook) })
        : null;
      return {
        planToken: signed?.token ?? null,
        expiresAt: signed?.expiresAt.toISOString() ?? null,
        position: await this.changes.readPosition(tx),
        serviceId,
        fromVersion,
        toVersion,
        retires,
        defaultBefore,
        defaultAfter,
        defaultCount: await this.store.countUnassigned(tx, serviceId),
        summary: { ...this.cells.summary(cells), refusedCount: refusals.length },
        pinnedCount: cells.moves.filter(({ toPinned }) => toPinned).length,
        moves: cells.moves.slice(0, SHOWN).map(({ stamp: _, ...move }) => move),
        isTruncated: Math.max(cells.moves.length, refusals.length) > SHOWN,
        refusals: refusals.slice(0, SHOWN),
        objections: general,
        overridden: overridden.slice(0, SHOWN),
        references: left,
        instanceCount: this.instances.listLive(serviceId).filter(({ version }) => version === toVersion).length,
      };
    });
  }

  /**
   * @throws ApiError what `plan` throws; PLAN_TOKEN_INVALID, PLAN_EXPIRED, PLAN_STALE; MOVE_REFUSED, VERSION_REFERENCED for
   * what came up since the plan
   */
  promote({ caller, input, idempotency }: Called<Ops['promoteVersion']>) {
    const promotion = promotionOf(input);
    const { serviceId, fromVersion, retires } = promotion;
    const { planToken, reason } = input.body;
    const request = { kind: 'version.promoted', actor: actorOf(caller), reason, idempotency } as const;
    return this.changes.commit(request, async (tx) => {
      const digest = this.tokens.verify(planToken, claimsOf(caller, promotion));
      const before = await this.statuses.lock(tx, serviceId, fromVersion);
      const outlook = await this.#evaluate(tx, caller, promotion, true);
      const { cells, judged, defaultAfter } = outlook;
      const [first] = judged.objections;
      if (first !== undefined)
        throw new ApiError('MOVE_REFUSED', { detail: first.detail, objections: judged.objections.slice(0, SHOWN) });
      if (cells.refusals.length > 0 || this.#digest(outlook) !== digest) throw new ApiError('PLAN_STALE');
      const { item, view: service } = await this.defaults.set(tx, serviceId, defaultAfter);
      const moved = await this.cells.write(tx, cells.moves);
      const ended = retires ? await this.statuses.set(tx, serviceId, fromVersion, 'retired') : undefined;
      return {
        items: [item ?? [], moved, ended?.item ?? []].flat(),
        services: [await this.services.read(tx, serviceId)],
        answer: ({ changeId, position }) => ({
          changeId,
          position,
          service,
          version: ended?.view ?? { ...before, assignmentCount: before.assignmentCount - moved.length },
          movedCount: moved.length,
        }),
      };
    });
  }

  /** All moves are judged together: the default and the tenants change in one moment. */
  async #evaluate(tx: Transaction, caller: Caller, promotion: Promotion, isHeld: boolean): Promise<Outlook> {
    const { serviceId, fromVersion, toVersion } = promotion;
    const { view } = await this.statuses.read(tx, serviceId, fromVersion);
    if (view.status === 'retired') throw new ApiError('VERSION_RETIRED');
    await this.targets.assertTargets(tx, [{ serviceId, targetVersion: toVersion }], isHeld);
    const defaultBefore = await this.defaults.read(tx, serviceId);
    const defaultAfter = [{ version: toVersion, weight: 10_000 }];
    const cells = await this.cells.evaluate(tx, caller, promotion, isHeld);
    const moves = [...this.defaults.moves(serviceId, defaultBefore, defaultAfter), ...this.cells.guarded(cells)];
    const judged = await this.guards.sift(tx, moves, { caller, override: promotion.override, isHeld });
    return { cells, defaultBefore, defaultAfter, judged };
  }

  #digest({ cells, defaultBefore }: Outlook): string {
    return `${this.cells.digest(cells)} ${canonicalJson(defaultBefore)}`;
  }
}

function promotionOf({ params, body }: Called<Ops['planPromotion'] | Ops['promoteVersion']>['input']): Promotion {
  const { serviceId, version: toVersion } = params;
  const { fromVersion, retires, override } = body;
  if (fromVersion === toVersion)
    throw new ApiError('VALIDATION_FAILED', {
      errors: [{ path: 'body.fromVersion', message: 'is the version that comes' }],
    });
  return { serviceId, fromVersion, toVersion, retires, override };
}

function claimsOf(caller: Caller, promotion: Promotion): { callerId: string; requestHash: string } {
  const requestHash = createHash('sha256')
    .update(`promote\n${canonicalJson(promotion)}`)
    .digest('base64url');
  return { callerId: `${caller.kind}:${caller.id}`, requestHash };
}

function isOfTenant(objection: Objection): objection is Objection & { tenantId: string } {
  return objection.tenantId !== null;
}

function refusalOf({ tenantId, serviceId, code, detail, mend, isOverridable }: Objection & { tenantId: string }) {
  return { tenantId, serviceId, code, message: detail, mend, isOverridable };
}
