import type { RedisLink } from '@grey/propagation';
import type { Provider } from '@nestjs/common';
import { CONFIG, type Config } from '../config/config.schema.ts';
import { AdvisoryLock } from '../infra/db/advisory-lock.ts';
import { REDIS_LINK } from '../infra/redis/redis-link.token.ts';
import { RouterState } from '../routing/router-state.ts';
import { Acknowledgements } from './acknowledgements.ts';
import { EmergencyJournal } from './emergency-journal.ts';
import { ObjectionsService } from './objections.service.ts';
import { OffersStore } from './offers.store.ts';
import { OverrideService } from './override.service.ts';
import { PendingOverrides } from './pending-overrides.ts';
import { PreEmption } from './pre-emption.ts';
import { RewriteAssignmentsService } from './rewrite-assignments.service.ts';
import { RewriteJob } from './rewrite-job.ts';
import { RewrittenCells } from './rewritten-cells.service.ts';
import { RollbackService } from './rollback.service.ts';
import { RollbackPlansService } from './rollback-plans.service.ts';
import { RollbacksService } from './rollbacks.service.ts';
import { RollbacksStore } from './rollbacks.store.ts';
import { SettleOverrideService } from './settle-override.service.ts';
import { SharedOverrides } from './shared-overrides.ts';
import { UndoRollbackService } from './undo-rollback.service.ts';
import { WriteRollbackService } from './write-rollback.service.ts';

/** Emergency rollback, its bookkeeping, and the way back. */
export const emergencyProviders: Provider[] = [
  Acknowledgements,
  ObjectionsService,
  OffersStore,
  PreEmption,
  RewriteAssignmentsService,
  {
    provide: RewriteJob,
    useFactory: (store: RollbacksStore, rewriting: RewriteAssignmentsService, config: Config) =>
      new RewriteJob(store, rewriting, new AdvisoryLock(config.GREY_DATABASE_URL)),
    inject: [RollbacksStore, RewriteAssignmentsService, CONFIG],
  },
  OverrideService,
  {
    provide: PendingOverrides,
    useFactory: (link: RedisLink | undefined, router: RouterState, config: Config) =>
      new PendingOverrides(
        new EmergencyJournal(config.GREY_DATA_DIR),
        link === undefined ? undefined : new SharedOverrides(link),
        router,
      ),
    inject: [REDIS_LINK, RouterState, CONFIG],
  },
  RollbackPlansService,
  RollbackService,
  SettleOverrideService,
  WriteRollbackService,
  RollbacksService,
  RewrittenCells,
  RollbacksStore,
  UndoRollbackService,
];
