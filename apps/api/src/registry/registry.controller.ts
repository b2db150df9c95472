import { operations } from '@grey/contracts';
import { Controller } from '@nestjs/common';
import { Call, type Called, Operation } from '../infra/http/operation.decorator.ts';
import { RegistryService } from './registry.service.ts';

@Controller()
export class RegistryController {
  constructor(private readonly registry: RegistryService) {}

  @Operation(operations.registerInstance)
  register(@Call() { input }: Called<typeof operations.registerInstance>) {
    return this.registry.register(input.body);
  }

  @Operation(operations.heartbeatInstance)
  heartbeat(@Call() { input }: Called<typeof operations.heartbeatInstance>) {
    return this.registry.heartbeat(input.params.instanceId, input.body);
  }

  @Operation(operations.deregisterInstance)
  deregister(@Call() { input }: Called<typeof operations.deregisterInstance>) {
    return this.registry.deregister(input.params.instanceId);
  }

  @Operation(operations.listInstances)
  list(@Call() { input }: Called<typeof operations.listInstances>) {
    return this.registry.list(input.params.serviceId);
  }
}
