import { operations } from '@grey/contracts';
import { Controller } from '@nestjs/common';
import { Call, type Called, Operation } from '../infra/http/operation.decorator.ts';
import { HoldsService } from './holds.service.ts';
import { LiftHoldService } from './lift-hold.service.ts';

@Controller()
export class HoldsController {
  constructor(
    private readonly holds: HoldsService,
    private readonly lifting: LiftHoldService,
  ) {}

  @Operation(operations.listHolds)
  list(@Call() call: Called<typeof operations.listHolds>) {
    return this.holds.list(call);
  }

  @Operation(operations.getHold)
  get(@Call() call: Called<typeof operations.getHold>) {
    return this.holds.get(call);
  }

  @Operation(operations.liftHold)
  lift(@Call() call: Called<typeof operations.liftHold>) {
    return this.lifting.lift(call);
  }
}
