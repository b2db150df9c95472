import { operations } from '@grey/contracts';
import { Controller } from '@nestjs/common';
import { Call, type Called, Operation } from '../infra/http/operation.decorator.ts';
import { LanesService } from './lanes.service.ts';

@Controller()
export class LanesController {
  constructor(private readonly lanes: LanesService) {}

  @Operation(operations.listLanes)
  list() {
    return this.lanes.list();
  }

  @Operation(operations.getLane)
  get(@Call() call: Called<typeof operations.getLane>) {
    return this.lanes.get(call);
  }

  @Operation(operations.putLane)
  put(@Call() call: Called<typeof operations.putLane>) {
    return this.lanes.put(call);
  }

  @Operation(operations.deleteLane)
  delete(@Call() call: Called<typeof operations.deleteLane>) {
    return this.lanes.delete(call);
  }
}
