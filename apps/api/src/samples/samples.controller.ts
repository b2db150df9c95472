import { operations } from '@grey/contracts';
import { Controller } from '@nestjs/common';
import { Call, type Called, Operation } from '../infra/http/operation.decorator.ts';
import { SamplesService } from './samples.service.ts';
import { ServiceSourceService } from './service-source.service.ts';
import { SimulationsService } from './simulations.service.ts';

@Controller()
export class SamplesController {
  constructor(
    private readonly samples: SamplesService,
    private readonly simulations: SimulationsService,
    private readonly sources: ServiceSourceService,
  ) {}

  @Operation(operations.getSamples)
  get(@Call() call: Called<typeof operations.getSamples>) {
    return this.samples.get(call);
  }

  @Operation(operations.clearSamples)
  clear(@Call() call: Called<typeof operations.clearSamples>) {
    return this.samples.clear(call);
  }

  @Operation(operations.simulateRules)
  simulate(@Call() call: Called<typeof operations.simulateRules>) {
    return this.simulations.run(call);
  }

  @Operation(operations.getServiceSource)
  getSource(@Call() call: Called<typeof operations.getServiceSource>) {
    return this.sources.get(call);
  }
}
