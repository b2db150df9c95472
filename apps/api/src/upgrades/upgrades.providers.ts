import type { Provider } from '@nestjs/common';
import { UpgradeSteps } from './upgrade-step.ts';
import { UpgradesStore } from './upgrades.store.ts';
import { Upgrades } from './upgrades.ts';

export const upgradesProviders: Provider[] = [
  UpgradesStore,
  { provide: UpgradeSteps, useFactory: () => new UpgradeSteps() },
  {
    provide: Upgrades,
    useFactory: (store: UpgradesStore) => new Upgrades(store, () => undefined),
    inject: [UpgradesStore],
  },
];
