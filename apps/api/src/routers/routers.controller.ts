import { operations } from '@grey/contracts';
import { Controller } from '@nestjs/common';
import { Operation } from '../infra/http/operation.decorator.ts';
import { RoutersService } from './routers.service.ts';

@Controller()
export class RoutersController {
  constructor(private readonly routers: RoutersService) {}

  @Operation(operations.listRouters)
  list() {
    return this.routers.list();
  }
}
