import { operations } from '@grey/contracts';
import { Controller } from '@nestjs/common';
import { Call, type Called, Operation } from '../infra/http/operation.decorator.ts';
import { TenantSyncService } from './tenant-sync.service.ts';
import { TenantSyncStatusService } from './tenant-sync-status.service.ts';

@Controller()
export class TenantSyncController {
  constructor(
    private readonly sync: TenantSyncService,
    private readonly status: TenantSyncStatusService,
  ) {}

  @Operation(operations.getTenantSync)
  get() {
    return this.status.get();
  }

  @Operation(operations.runTenantSync)
  run(@Call() call: Called<typeof operations.runTenantSync>) {
    return this.sync.run(call);
  }

  @Operation(operations.applyTenantSync)
  apply(@Call() call: Called<typeof operations.applyTenantSync>) {
    return this.sync.apply(call);
  }
}
