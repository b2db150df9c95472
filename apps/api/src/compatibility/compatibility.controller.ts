import { operations } from '@grey/contracts';
import { Controller } from '@nestjs/common';
import { Call, type Called, Operation } from '../infra/http/operation.decorator.ts';
import { CompatibilityService } from './compatibility.service.ts';
import { UpgradesService } from './upgrades.service.ts';

@Controller()
export class CompatibilityController {
  constructor(
    private readonly compatibility: CompatibilityService,
    private readonly upgrades: UpgradesService,
  ) {}

  @Operation(operations.listCompatibility)
  list() {
    return this.compatibility.list();
  }

  @Operation(operations.getCompatibility)
  get(@Call() call: Called<typeof operations.getCompatibility>) {
    return this.compatibility.get(call);
  }

  @Operation(operations.putCompatibility)
  put(@Call() call: Called<typeof operations.putCompatibility>) {
    return this.compatibility.put(call);
  }

  @Operation(operations.exportCompatibility)
  export() {
    return this.compatibility.export();
  }

  @Operation(operations.importCompatibility)
  import(@Call() call: Called<typeof operations.importCompatibility>) {
    return this.compatibility.import(call);
  }

  @Operation(operations.solveCompatibility)
  solve(@Call() call: Called<typeof operations.solveCompatibility>) {
    return this.upgrades.solve(call);
  }
}
