import type { ServerResponse } from 'node:http';
import { operations } from '@grey/contracts';
import { Controller, Res } from '@nestjs/common';
import { Call, type Called, Operation } from '../infra/http/operation.decorator.ts';
import { StartUpgradeService } from './start-upgrade.service.ts';
import { UpgradeStreams } from './upgrade-streams.ts';
import { UpgradesService } from './upgrades.service.ts';

@Controller()
export class UpgradesController {
  constructor(
    private readonly upgrades: UpgradesService,
    private readonly starting: StartUpgradeService,
    private readonly streams: UpgradeStreams,
  ) {}

  @Operation(operations.upgradeSchema)
  startSchemaByLabel(@Call() call: Called<typeof operations.upgradeSchema>) {
    return this.starting.startSchemaByLabel(call);
  }

  /** The interceptor sends the answer, which is not always the same one. */
  @Operation(operations.startSchemaUpgrade)
  startSchema(@Call() call: Called<typeof operations.startSchemaUpgrade>, @Res() _res: ServerResponse) {
    return this.starting.startSchema(call);
  }

  @Operation(operations.planUpgrade)
  plan(@Call() call: Called<typeof operations.planUpgrade>) {
    return this.starting.plan(call);
  }

  @Operation(operations.startUpgrade)
  start(@Call() call: Called<typeof operations.startUpgrade>) {
    return this.starting.start(call);
  }

  @Operation(operations.listUpgrades)
  list(@Call() call: Called<typeof operations.listUpgrades>) {
    return this.upgrades.list(call);
  }

  @Operation(operations.getUpgrade)
  get(@Call() call: Called<typeof operations.getUpgrade>) {
    return this.upgrades.get(call);
  }

  @Operation(operations.streamUpgrade)
  stream(@Call() call: Called<typeof operations.streamUpgrade>, @Res() res: ServerResponse) {
    return this.streams.open(call, res);
  }

  @Operation(operations.cancelUpgrade)
  cancel(@Call() call: Called<typeof operations.cancelUpgrade>) {
    return this.upgrades.cancel(call);
  }

  @Operation(operations.retryUpgrade)
  retry(@Call() call: Called<typeof operations.retryUpgrade>) {
    return this.upgrades.retry(call);
  }

  @Operation(operations.skipUpgrade)
  skip(@Call() call: Called<typeof operations.skipUpgrade>) {
    return this.upgrades.skip(call);
  }

  @Operation(operations.confirmContract)
  confirm(@Call() call: Called<typeof operations.confirmContract>) {
    return this.upgrades.confirm(call);
  }

  @Operation(operations.settleUpgrade)
  settle(@Call() call: Called<typeof operations.settleUpgrade>) {
    return this.upgrades.settle(call);
  }
}
