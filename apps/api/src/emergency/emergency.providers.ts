import type { Provider } from '@nestjs/common';
import { CONFIG, type Config } from '../config/config.schema.ts';
import { AdvisoryLock } from '../infra/db/advisory-lock.ts';
import { Acknowledgements } from './acknowledgements.ts';
import { ObjectionsService } from './objections.service.ts';
import { OffersStore } from './offers.store.ts';
import { PreEmption } from './pre-emption.ts';
import { RewriteAssignmentsService } from './rewrite-assignments.service.ts';
import { RewriteJob } from './rewrite-job.ts';
import { RollbackService } from './rollback.service.ts';
import { RollbacksService } from './rollbacks.service.ts';
import { RollbacksStore } from './rollbacks.store.ts';
import { UndoRollbackService } from './undo-rollback.service.ts';

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
  RollbackService,
  RollbacksService,
  RollbacksStore,
  UndoRollbackService,
];
