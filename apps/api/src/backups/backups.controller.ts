import { operations } from '@grey/contracts';
import { Controller } from '@nestjs/common';
import { Call, type Called, Operation } from '../infra/http/operation.decorator.ts';
import { BackupsService } from './backups.service.ts';

@Controller()
export class BackupsController {
  constructor(private readonly backups: BackupsService) {}

  @Operation(operations.listBackups)
  list(@Call() call: Called<typeof operations.listBackups>) {
    return this.backups.list(call);
  }

  @Operation(operations.createBackup)
  create(@Call() call: Called<typeof operations.createBackup>) {
    return this.backups.create(call);
  }

  @Operation(operations.restoreBackup)
  restore(@Call() call: Called<typeof operations.restoreBackup>) {
    return this.backups.restore(call);
  }
}
