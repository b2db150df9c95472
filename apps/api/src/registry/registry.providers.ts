import type { Provider } from '@nestjs/common';
import { RouterState } from '../routing/router-state.ts';
import { LiveInstances } from '../services/live-instances.ts';
import { HealthChecker } from './health-checker.ts';
import { InstanceRegistry } from './instance-registry.ts';
import { RegistryTimers } from './registry-timers.ts';

/** The built-in registry. Its timer starts with the application and ends with it. */
export const registryProviders: Provider[] = [
  {
    provide: InstanceRegistry,
    useFactory: (router: RouterState) => new InstanceRegistry(router),
    inject: [RouterState],
  },
  { provide: LiveInstances, useExisting: InstanceRegistry },
  {
    provide: HealthChecker,
    useFactory: (registry: InstanceRegistry) => new HealthChecker(registry),
    inject: [InstanceRegistry],
  },
  RegistryTimers,
];
