import type { Provider } from '@nestjs/common';
import { FreezesService } from './freezes.service.ts';
import { FreezesStore } from './freezes.store.ts';

export const freezesProviders: Provider[] = [FreezesService, FreezesStore];
