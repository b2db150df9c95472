import { operations } from '@grey/contracts';
import { Controller } from '@nestjs/common';
import { Call, type Called, Operation } from '../../infra/http/operation.decorator.ts';
import { RevertService } from './revert.service.ts';

@Controller()
export class RevertsController {
  constructor(private readonly reverts: RevertService) {}

  @Operation(operations.planRevert)
  planRevert(@Call() call: Called<typeof operations.planRevert>) {
    return this.reverts.planRevert(call);
  }

  @Operation(operations.revertChange)
  revert(@Call() call: Called<typeof operations.revertChange>) {
    return this.reverts.revert(call);
  }

  @Operation(operations.planRestoreTenant)
  planRestoreTenant(@Call() call: Called<typeof operations.planRestoreTenant>) {
    return this.reverts.planRestoreTenant(call);
  }

  @Operation(operations.restoreTenant)
  restoreTenant(@Call() call: Called<typeof operations.restoreTenant>) {
    return this.reverts.restoreTenant(call);
  }
}
