import { operations } from '@grey/contracts';
import { Controller } from '@nestjs/common';
import { Call, type Called, Operation } from '../infra/http/operation.decorator.ts';
import { FreezesService } from './freezes.service.ts';

@Controller()
export class FreezesController {
  constructor(private readonly freezes: FreezesService) {}

  @Operation(operations.listFreezes)
  list(@Call() call: Called<typeof operations.listFreezes>) {
    return this.freezes.list(call);
  }

  @Operation(operations.createFreeze)
  create(@Call() call: Called<typeof operations.createFreeze>) {
    return this.freezes.create(call);
  }

  @Operation(operations.getFreeze)
  get(@Call() call: Called<typeof operations.getFreeze>) {
    return this.freezes.get(call);
  }

  @Operation(operations.updateFreeze)
  update(@Call() call: Called<typeof operations.updateFreeze>) {
    return this.freezes.update(call);
  }

  @Operation(operations.deleteFreeze)
  delete(@Call() call: Called<typeof operations.deleteFreeze>) {
    return this.freezes.delete(call);
  }
}
