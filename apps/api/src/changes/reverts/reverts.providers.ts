import type { Provider } from '@nestjs/common';
import { CellsRestorer } from './cells-restorer.ts';
import { FlagsRestorer, LaneRestorer, ServiceRestorer, TenantRestorer, VersionRestorer } from './restorers.ts';
import { RevertService } from './revert.service.ts';
import { RevertsStore } from './reverts.store.ts';
import { ExperimentRestorer, RulesRestorer } from './routing-restorers.ts';

export const revertsProviders: Provider[] = [
  CellsRestorer,
  ExperimentRestorer,
  FlagsRestorer,
  LaneRestorer,
  RevertService,
  RevertsStore,
  RulesRestorer,
  ServiceRestorer,
  TenantRestorer,
  VersionRestorer,
];
