import type { Provider } from '@nestjs/common';
import { CONFIG, type Config } from '../../config/config.schema.ts';
import { AddressGuard } from '../../infra/net/address-guard.ts';
import { DecisionListeners } from '../../routing/decision-listeners.ts';
import { ConfirmStep } from './confirm.step.ts';
import { FenceStep } from './fence.step.ts';
import { MarkStep } from './mark.step.ts';
import { PreflightStep } from './preflight.step.ts';
import { PreflightChecks } from './preflight-checks.service.ts';
import { SchemaWays } from './schema-way.service.ts';
import { SoakStep } from './soak.step.ts';
import { SoakHook } from './soak-hook.ts';
import { SoakWatch } from './soak-watch.ts';
import { SoaksStore } from './soaks.store.ts';
import { SwitchStep } from './switch.step.ts';
import { UpgradePartsStore } from './upgrade-parts.store.ts';

/** The steps of an upgrade that are about routes and routers, and what they look at. */
export const upgradeStepsProviders: Provider[] = [
  ConfirmStep,
  FenceStep,
  MarkStep,
  PreflightChecks,
  PreflightStep,
  SchemaWays,
  {
    provide: SoakHook,
    useFactory: (config: Config) => new SoakHook(new AddressGuard(config.GREY_WEBHOOK_ALLOW ?? [])),
    inject: [CONFIG],
  },
  SoaksStore,
  SoakStep,
  {
    provide: SoakWatch,
    useFactory: (store: SoaksStore, listeners: DecisionListeners) => new SoakWatch(store, listeners),
    inject: [SoaksStore, DecisionListeners],
  },
  SwitchStep,
  UpgradePartsStore,
];
