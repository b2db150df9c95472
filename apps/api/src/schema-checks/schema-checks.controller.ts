import { operations } from '@grey/contracts';
import { Controller } from '@nestjs/common';
import { Call, type Called, Operation } from '../infra/http/operation.decorator.ts';
import { TenantSchemaService } from './tenant-schema.service.ts';

@Controller()
export class SchemaChecksController {
  constructor(private readonly schemas: TenantSchemaService) {}

  @Operation(operations.listTenantSchemas)
  list(@Call() call: Called<typeof operations.listTenantSchemas>) {
    return this.schemas.list(call);
  }

  @Operation(operations.getTenantSchema)
  get(@Call() call: Called<typeof operations.getTenantSchema>) {
    return this.schemas.get(call);
  }

  @Operation(operations.checkTenantSchema)
  check(@Call() call: Called<typeof operations.checkTenantSchema>) {
    return this.schemas.check(call);
  }

  @Operation(operations.acceptDrift)
  accept(@Call() call: Called<typeof operations.acceptDrift>) {
    return this.schemas.accept(call);
  }
}
