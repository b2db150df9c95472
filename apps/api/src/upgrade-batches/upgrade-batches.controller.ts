import type { ServerResponse } from 'node:http';
import { operations } from '@grey/contracts';
import { Controller, Res } from '@nestjs/common';
import { Call, type Called, Operation } from '../infra/http/operation.decorator.ts';
import { BatchActionsService } from './batch-actions.service.ts';
import { BatchStreams } from './batch-streams.ts';
import { BatchViews } from './batch-views.service.ts';
import { PlanBatchService } from './plan-batch.service.ts';
import { UpgradeBatchesService } from './upgrade-batches.service.ts';

/** The fixed path stands before the one with an id, which would take it for one. */
@Controller()
export class UpgradeBatchesController {
  constructor(
    private readonly batches: UpgradeBatchesService,
    private readonly plans: PlanBatchService,
    private readonly views: BatchViews,
    private readonly actions: BatchActionsService,
    private readonly streams: BatchStreams,
  ) {}

  @Operation(operations.planUpgradeBatch)
  plan(@Call() call: Called<typeof operations.planUpgradeBatch>) {
    return this.plans.plan(call);
  }

  @Operation(operations.createUpgradeBatch)
  create(@Call() call: Called<typeof operations.createUpgradeBatch>) {
    return this.batches.create(call);
  }

  @Operation(operations.listUpgradeBatches)
  list(@Call() call: Called<typeof operations.listUpgradeBatches>) {
    return this.views.list(call);
  }

  @Operation(operations.getUpgradeBatch)
  get(@Call() call: Called<typeof operations.getUpgradeBatch>) {
    return this.views.get(call);
  }

  @Operation(operations.listBatchExceptions)
  listExceptions(@Call() call: Called<typeof operations.listBatchExceptions>) {
    return this.views.listExceptions(call);
  }

  @Operation(operations.streamUpgradeBatch)
  stream(@Call() call: Called<typeof operations.streamUpgradeBatch>, @Res() res: ServerResponse) {
    return this.streams.open(call, res);
  }

  @Operation(operations.pauseUpgradeBatch)
  pause(@Call() call: Called<typeof operations.pauseUpgradeBatch>) {
    return this.actions.pause(call);
  }

  @Operation(operations.resumeUpgradeBatch)
  resume(@Call() call: Called<typeof operations.resumeUpgradeBatch>) {
    return this.actions.resume(call);
  }

  @Operation(operations.rollBackUpgradeBatch)
  rollBack(@Call() call: Called<typeof operations.rollBackUpgradeBatch>) {
    return this.actions.rollBack(call);
  }

  @Operation(operations.confirmUpgradeBatch)
  confirm(@Call() call: Called<typeof operations.confirmUpgradeBatch>) {
    return this.actions.confirm(call);
  }
}
