import { operations } from '@grey/contracts';
import { Controller } from '@nestjs/common';
import { Call, type Called, Operation } from '../infra/http/operation.decorator.ts';
import { ExperimentsService } from './experiments.service.ts';

@Controller()
export class ExperimentsController {
  constructor(private readonly experiments: ExperimentsService) {}

  @Operation(operations.listExperiments)
  list(@Call() call: Called<typeof operations.listExperiments>) {
    return this.experiments.list(call);
  }

  @Operation(operations.createExperiment)
  create(@Call() call: Called<typeof operations.createExperiment>) {
    return this.experiments.create(call);
  }

  @Operation(operations.getExperiment)
  get(@Call() call: Called<typeof operations.getExperiment>) {
    return this.experiments.get(call);
  }

  @Operation(operations.updateExperiment)
  update(@Call() call: Called<typeof operations.updateExperiment>) {
    return this.experiments.update(call);
  }

  @Operation(operations.deleteExperiment)
  delete(@Call() call: Called<typeof operations.deleteExperiment>) {
    return this.experiments.delete(call);
  }

  @Operation(operations.getExperimentCounts)
  getCounts(@Call() call: Called<typeof operations.getExperimentCounts>) {
    return this.experiments.getCounts(call);
  }
}
