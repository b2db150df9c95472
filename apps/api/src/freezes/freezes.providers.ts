import type { Provider } from '@nestjs/common';
import { FreezeRestorer } from './freeze-restorer.ts';
import { FreezesGuard } from './freezes.guard.ts';
import { FreezesService } from './freezes.service.ts';
import { FreezesStore } from './freezes.store.ts';

export const freezesProviders: Provider[] = [FreezeRestorer, FreezesGuard, FreezesService, FreezesStore];
