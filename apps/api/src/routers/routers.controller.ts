import { operations } from '@grey/contracts';
import { Controller } from '@nestjs/common';
import { Call, type Called, Operation } from '../infra/http/operation.decorator.ts';
import { RoutersService } from './routers.service.ts';
import { SilentRouters } from './silent-routers.service.ts';

@Controller()
export class RoutersController {
  constructor(
    private readonly routers: RoutersService,
    private readonly silent: SilentRouters,
  ) {}

  @Operation(operations.listRouters)
  list() {
    return this.routers.list();
  }

  @Operation(operations.listSilentRouters)
  listSilent() {
    return this.silent.list();
  }

  @Operation(operations.forgetRouter)
  forget(@Call() call: Called<typeof operations.forgetRouter>) {
    return this.silent.forget(call);
  }
}
