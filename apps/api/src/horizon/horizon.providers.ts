import type { Provider } from '@nestjs/common';
import { HorizonFactsStore } from './horizon-facts.store.ts';
import { Horizons } from './horizons.ts';

export const horizonProviders: Provider[] = [HorizonFactsStore, Horizons];
