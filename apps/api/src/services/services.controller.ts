import { operations } from '@grey/contracts';
import { Controller } from '@nestjs/common';
import { Call, type Called, Operation } from '../infra/http/operation.decorator.ts';
import { ServicesService } from './services.service.ts';
import { VersionsService } from './versions.service.ts';

@Controller()
export class ServicesController {
  constructor(
    private readonly services: ServicesService,
    private readonly versions: VersionsService,
  ) {}

  @Operation(operations.listServices)
  list(@Call() call: Called<typeof operations.listServices>) {
    return this.services.list(call);
  }

  @Operation(operations.createService)
  create(@Call() call: Called<typeof operations.createService>) {
    return this.services.create(call);
  }

  @Operation(operations.getService)
  get(@Call() call: Called<typeof operations.getService>) {
    return this.services.get(call);
  }

  @Operation(operations.updateService)
  update(@Call() call: Called<typeof operations.updateService>) {
    return this.services.update(call);
  }

  @Operation(operations.listVersions)
  listVersions(@Call() call: Called<typeof operations.listVersions>) {
    return this.versions.list(call);
  }

  @Operation(operations.createVersion)
  createVersion(@Call() call: Called<typeof operations.createVersion>) {
    return this.versions.create(call);
  }

  @Operation(operations.getVersion)
  getVersion(@Call() call: Called<typeof operations.getVersion>) {
    return this.versions.get(call);
  }

  @Operation(operations.updateVersion)
  updateVersion(@Call() call: Called<typeof operations.updateVersion>) {
    return this.versions.update(call);
  }
}
