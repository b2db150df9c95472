import { randomUUID } from 'node:crypto';
import type { Objection, operations, UpgradeBatch } from '@grey/contracts';
import { Injectable } from '@nestjs/common';
import { actorOf, ChangesService } from '../changes/changes.service.ts';
import { ApiError } from '../infra/http/api-error.ts';
import type { Called } from '../infra/http/operation.decorator.ts';
import { BatchCoordinator } from './batch-coordinator.ts';
import { itemOfBatch } from './batch-view.ts';
import { BatchViews } from './batch-views.service.ts';
import { PlanBatchService } from './plan-batch.service.ts';
import { UpgradeBatchesStore } from './upgrade-batches.store.ts';

type Ops = typeof operations;
const SHOWN = 1_000;

/** Batches of upgrades, made of a plan. */
@Injectable()
export class UpgradeBatchesService {
  constructor(
    private readonly store: UpgradeBatchesStore,
    private readonly plans: PlanBatchService,
    private readonly views: BatchViews,
    private readonly changes: ChangesService,
    private readonly coordinator: BatchCoordinator,
  ) {}

  /**
   * @throws ApiError SERVICE_UNKNOWN, VERSION_UNKNOWN, VERSION_RETIRED, PLAN_TOKEN_INVALID, PLAN_EXPIRED, PLAN_STALE;
   * VALIDATION_FAILED when nobody would be upgraded
   */
  async create({ caller, input, idempotency }: Called<Ops['createUpgradeBatch']>): Promise<UpgradeBatch> {
    const { name, reason, planToken, ...plan } = input.body;
    const request = { kind: 'upgrade_batch.created', actor: actorOf(caller), reason, idempotency } as const;
    const answer = await this.changes.commit<UpgradeBatch>(request, async (tx) => {
      const digest = this.plans.verify(planToken, caller, plan);
      const selection = await this.plans.select(tx, caller, plan, true);
      if (selection.digest !== digest) throw stale(selection.objections);
      const tenantCount = selection.waves.reduce((sum, { tenantIds }) => sum + tenantIds.length, 0);
      if (tenantCount === 0) throw nobody();
      const { kind, serviceId, fromVersion = null, toVersion, concurrency, order, options, override } = plan;
      const draft = {
        id: randomUUID(),
        name: name ?? `${serviceId} ${toVersion}`,
        kind,
        serviceId,
        fromVersion,
        toVersion,
        concurrency,
        order,
        options,
        overrideReason: override?.reason ?? null,
        isNamed: plan.scope.kind === 'tenants',
        requestedBy: actorOf(caller),
        reason: reason ?? null,
      };
      await this.store.insert(tx, draft, selection.waves);
      const row = await this.views.find(tx, draft.id);
      const view = await this.views.show(tx, row);
      return { items: [itemOfBatch(null, row, { tenantCount })], answer: () => view };
    });
    this.coordinator.nudge();
    return answer as UpgradeBatch;
  }
}

function nobody(): ApiError {
  const message = 'nobody would be upgraded; the plan says why';
  return new ApiError('VALIDATION_FAILED', { detail: `${message}.`, errors: [{ path: 'body', message }] });
}

/** What was planned is not what would be begun; where guards object to somebody, that may be why. */
function stale(objections: readonly Objection[]): ApiError {
  const [first] = objections;
  if (first === undefined) return new ApiError('PLAN_STALE');
  const others = objections.length === 1 ? '' : ` And ${objections.length - 1} more.`;
  return new ApiError('PLAN_STALE', {
    detail: `Guards object to what was, or would be, planned: ${first.detail}${others}`,
    objections: objections.slice(0, SHOWN),
  });
}
