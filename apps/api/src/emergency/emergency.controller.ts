import { operations } from '@grey/contracts';
import { Controller } from '@nestjs/common';
import { Call, type Called, Operation } from '../infra/http/operation.decorator.ts';
import { RollbackService } from './rollback.service.ts';
import { RollbacksService } from './rollbacks.service.ts';
import { UndoRollbackService } from './undo-rollback.service.ts';

@Controller()
export class EmergencyController {
  constructor(
    private readonly emergency: RollbackService,
    private readonly rollbacks: RollbacksService,
    private readonly undoing: UndoRollbackService,
  ) {}

  @Operation(operations.planRollback)
  plan(@Call() call: Called<typeof operations.planRollback>) {
    return this.emergency.plan(call);
  }

  @Operation(operations.emergencyRollback)
  rollback(@Call() call: Called<typeof operations.emergencyRollback>) {
    return this.emergency.rollback(call);
  }

  @Operation(operations.listRollbacks)
  list(@Call() call: Called<typeof operations.listRollbacks>) {
    return this.rollbacks.list(call);
  }

  @Operation(operations.getRollback)
  get(@Call() call: Called<typeof operations.getRollback>) {
    return this.rollbacks.get(call);
  }

  @Operation(operations.undoRollback)
  undo(@Call() call: Called<typeof operations.undoRollback>) {
    return this.undoing.undo(call);
  }
}
