import type { Provider } from '@nestjs/common';
import { FreshSnapshot } from './fresh-snapshot.ts';
import { HoldsService } from './holds.service.ts';
import { HoldsStore } from './holds.store.ts';
import { LiftHoldService } from './lift-hold.service.ts';
import { PresentHolds } from './present-holds.ts';

/** Holds: what keeps tenants off a version whatever chose it. */
export const holdsProviders: Provider[] = [FreshSnapshot, HoldsService, HoldsStore, LiftHoldService, PresentHolds];
