import type { Provider } from '@nestjs/common';
import { CompatibilityGuard } from './compatibility.guard.ts';
import { CompatibilityService } from './compatibility.service.ts';
import { CompatibilityStore } from './compatibility.store.ts';
import { CompatibilityRestorer } from './compatibility-restorer.ts';
import { UpgradesService } from './upgrades.service.ts';

export const compatibilityProviders: Provider[] = [
  CompatibilityGuard,
  CompatibilityRestorer,
  CompatibilityService,
  CompatibilityStore,
  UpgradesService,
];
