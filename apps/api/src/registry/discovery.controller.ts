import { operations } from '@grey/contracts';
import { Controller } from '@nestjs/common';
import { Operation } from '../infra/http/operation.decorator.ts';
import { DiscoveryService } from './discovery.service.ts';

@Controller()
export class DiscoveryController {
  constructor(private readonly discovery: DiscoveryService) {}

  @Operation(operations.listDiscoverySources)
  listSources() {
    return this.discovery.listSources();
  }

  @Operation(operations.listDiscoveryServices)
  listServices() {
    return this.discovery.listServices();
  }

  @Operation(operations.syncDiscovery)
  sync() {
    return this.discovery.syncNow();
  }
}
