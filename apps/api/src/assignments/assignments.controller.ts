import { operations } from '@grey/contracts';
import { Controller } from '@nestjs/common';
import { Call, type Called, Operation } from '../infra/http/operation.decorator.ts';
import { MatrixService } from './matrix.service.ts';
import { PlansService } from './plans.service.ts';
import { SetVersionService } from './set-version.service.ts';

@Controller()
export class AssignmentsController {
  constructor(
    private readonly setVersions: SetVersionService,
    private readonly plans: PlansService,
    private readonly matrix: MatrixService,
  ) {}

  @Operation(operations.setTenantServiceVersion)
  setVersion(@Call() call: Called<typeof operations.setTenantServiceVersion>) {
    return this.setVersions.set(call);
  }

  @Operation(operations.setTenantService)
  setService(@Call() call: Called<typeof operations.setTenantService>) {
    return this.setVersions.set(call);
  }

  @Operation(operations.getMatrix)
  getMatrix(@Call() call: Called<typeof operations.getMatrix>) {
    return this.matrix.get(call);
  }

  @Operation(operations.planAssignments)
  plan(@Call() call: Called<typeof operations.planAssignments>) {
    return this.plans.plan(call);
  }

  @Operation(operations.applyAssignments)
  apply(@Call() call: Called<typeof operations.applyAssignments>) {
    return this.plans.apply(call);
  }
}
