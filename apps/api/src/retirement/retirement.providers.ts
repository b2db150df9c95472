import type { Provider } from '@nestjs/common';
import { PromotionService } from './promotion.service.ts';
import { RetireVersionService } from './retire-version.service.ts';
import { RetirementService } from './retirement.service.ts';
import { StragglersStore } from './stragglers.store.ts';

/** The end of versions. */
export const retirementProviders: Provider[] = [
  PromotionService,
  RetireVersionService,
  RetirementService,
  StragglersStore,
];
