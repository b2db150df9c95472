import type { Provider } from '@nestjs/common';
import { CellsRestorer } from '../../assignments/cells-restorer.ts';
import { ExperimentRestorer } from '../../experiments/experiment-restorer.ts';
import { FlagsRestorer } from '../../flags/flags-restorer.ts';
import { LaneRestorer } from '../../lanes/lane-restorer.ts';
import { RulesRestorer } from '../../rules/rules-restorer.ts';
import { ServiceRestorer } from '../../services/service-restorer.ts';
import { VersionRestorer } from '../../services/version-restorer.ts';
import { TenantRestorer } from '../../tenants/tenant-restorer.ts';
import { RevertService } from './revert.service.ts';
import { RevertsStore } from './reverts.store.ts';

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
