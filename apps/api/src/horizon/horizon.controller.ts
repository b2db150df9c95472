import { operations } from '@grey/contracts';
import { Controller } from '@nestjs/common';
import { Call, type Called, Operation } from '../infra/http/operation.decorator.ts';
import { Horizons } from './horizons.ts';

@Controller()
export class HorizonController {
  constructor(private readonly horizons: Horizons) {}

  @Operation(operations.getHorizon)
  get(@Call() call: Called<typeof operations.getHorizon>) {
    return this.horizons.get(call);
  }
}
