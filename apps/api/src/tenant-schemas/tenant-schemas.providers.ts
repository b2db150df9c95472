import type { Provider } from '@nestjs/common';
import { RouterMemory } from '../routers/router-memory.ts';
import { Fence } from './fence.ts';
import { TenantSchemas } from './tenant-schemas.service.ts';
import { TenantSchemasStore } from './tenant-schemas.store.ts';

/** What tenants' schemas serve, and whether all routers know. */
export const tenantSchemasProviders: Provider[] = [
  TenantSchemas,
  TenantSchemasStore,
  { provide: Fence, useFactory: (memory: RouterMemory) => new Fence(memory), inject: [RouterMemory] },
];
