import { Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { AdvisoryLock } from '../infra/db/advisory-lock.ts';
import { isUnavailable } from '../infra/db/database-errors.ts';
import { LockedJob } from '../infra/jobs/locked-job.ts';
import type { RewriteAssignmentsService } from './rewrite-assignments.service.ts';
import type { RollbacksStore } from './rollbacks.store.ts';

const LOOK_MS = 5_000;

/** Runs the bookkeeping of rollbacks, on one replica at a time, behind everything else. */
export class RewriteJob implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #logger = new Logger('emergency');
  readonly #job: LockedJob;

  constructor(
    store: Pick<RollbacksStore, 'listUnfinished'>,
    rewriting: Pick<RewriteAssignmentsService, 'rewriteSome'>,
    lock: Pick<AdvisoryLock, 'tryRun'>,
  ) {
    this.#job = new LockedJob({
      lock,
      name: 'emergency-rewrite',
      everyMs: LOOK_MS,
      isNeeded: async () => (await store.listUnfinished()).length > 0,
      work: async (ended) => {
        for (const id of await store.listUnfinished()) while (!ended.aborted && (await rewriting.rewriteSome(id)));
      },
      // The hold is in force meanwhile.
      onFailed: (error) => {
        if (!isUnavailable(error)) this.#logger.warn({ err: error, msg: 'assignments could not be rewritten' });
      },
    });
  }

  onApplicationBootstrap(): void {
    this.#job.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.#job.stop();
  }

  /** Looks after the caller has had its answer. */
  nudge(): void {
    this.#job.nudge();
  }

  /** Until nothing is left to do here. */
  look(): Promise<void> {
    return this.#job.look();
  }
}
