import { operations } from '@grey/contracts';
import { Controller } from '@nestjs/common';
import { Call, type Called, Operation } from '../../infra/http/operation.decorator.ts';
import { PastService } from './past.service.ts';

@Controller()
export class PastController {
  constructor(private readonly past: PastService) {}

  @Operation(operations.getState)
  getState(@Call() call: Called<typeof operations.getState>) {
    return this.past.getState(call);
  }

  @Operation(operations.listStateEntities)
  listEntities(@Call() call: Called<typeof operations.listStateEntities>) {
    return this.past.listEntities(call);
  }

  @Operation(operations.listStateTenants)
  listTenants(@Call() call: Called<typeof operations.listStateTenants>) {
    return this.past.listTenants(call);
  }

  @Operation(operations.diffStates)
  diff(@Call() call: Called<typeof operations.diffStates>) {
    return this.past.diff(call);
  }
}
