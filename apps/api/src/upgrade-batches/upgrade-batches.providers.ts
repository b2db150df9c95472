import type { Provider } from '@nestjs/common';
import { TokensService } from '../access/tokens.service.ts';
import { CONFIG, type Config } from '../config/config.schema.ts';
import { AdvisoryLock } from '../infra/db/advisory-lock.ts';
import { StreamHub } from '../stream/stream-hub.ts';
import { Upgrades } from '../upgrades/upgrades.ts';
import { AdvanceBatchService } from './advance-batch.service.ts';
import { BatchActionsService } from './batch-actions.service.ts';
import { BatchCoordinator } from './batch-coordinator.ts';
import { BatchExceptionsStore } from './batch-exceptions.store.ts';
import { BatchMembersStore } from './batch-members.store.ts';
import { BatchPreemption } from './batch-preemption.ts';
import { BatchRollbacks } from './batch-rollback.service.ts';
import { BatchStreams } from './batch-streams.ts';
import { BatchViews } from './batch-views.service.ts';
import { PlanBatchService } from './plan-batch.service.ts';
import { SchemaJudges } from './schema-judges.service.ts';
import { UpgradeBatchesService } from './upgrade-batches.service.ts';
import { UpgradeBatchesStore } from './upgrade-batches.store.ts';
import { UpgradePreemption } from './upgrade-preemption.ts';
import { WaveDrafts } from './wave-drafts.service.ts';

/** Upgrades of many tenants in waves, and what an emergency stops of upgrades. */
export const upgradeBatchesProviders: Provider[] = [
  AdvanceBatchService,
  BatchActionsService,
  {
    provide: BatchCoordinator,
    useFactory: (store: UpgradeBatchesStore, batches: AdvanceBatchService, upgrades: Upgrades, config: Config) =>
      new BatchCoordinator(store, batches, upgrades, new AdvisoryLock(config.GREY_DATABASE_URL)),
    inject: [UpgradeBatchesStore, AdvanceBatchService, Upgrades, CONFIG],
  },
  BatchExceptionsStore,
  BatchMembersStore,
  BatchPreemption,
  BatchRollbacks,
  {
    provide: BatchStreams,
    useFactory: (store: UpgradeBatchesStore, views: BatchViews, tokens: TokensService, streams: StreamHub) =>
      new BatchStreams(store, views, tokens, streams),
    inject: [UpgradeBatchesStore, BatchViews, TokensService, StreamHub],
  },
  BatchViews,
  PlanBatchService,
  SchemaJudges,
  UpgradeBatchesService,
  UpgradeBatchesStore,
  UpgradePreemption,
  WaveDrafts,
];
