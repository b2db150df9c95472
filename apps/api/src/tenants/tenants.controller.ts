import { operations } from '@grey/contracts';
import { Controller } from '@nestjs/common';
import { Call, type Called, Operation } from '../infra/http/operation.decorator.ts';
import { TenantsService } from './tenants.service.ts';

@Controller()
export class TenantsController {
  constructor(private readonly tenants: TenantsService) {}

  @Operation(operations.listTenants)
  list(@Call() call: Called<typeof operations.listTenants>) {
    return this.tenants.list(call);
  }

  @Operation(operations.createTenant)
  create(@Call() call: Called<typeof operations.createTenant>) {
    return this.tenants.create(call);
  }

  @Operation(operations.getTenant)
  get(@Call() call: Called<typeof operations.getTenant>) {
    return this.tenants.get(call);
  }

  @Operation(operations.updateTenant)
  update(@Call() call: Called<typeof operations.updateTenant>) {
    return this.tenants.update(call);
  }

  @Operation(operations.deleteTenant)
  remove(@Call() call: Called<typeof operations.deleteTenant>) {
    return this.tenants.remove(call);
  }

  @Operation(operations.listTenantServices)
  listServices(@Call() call: Called<typeof operations.listTenantServices>) {
    return this.tenants.listServices(call);
  }
}
