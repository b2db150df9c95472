import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import type { AdvisoryLock } from '../infra/db/advisory-lock.ts';
import { isUnavailable } from '../infra/db/database-errors.ts';
import type { RewriteAssignmentsService } from './rewrite-assignments.service.ts';
import type { RollbacksStore } from './rollbacks.store.ts';

/** How often a replica looks for bookkeeping to do; another takes over within this time when the one at it dies. */
const LOOK_MS = 5_000;
const LOCK = 'emergency-rewrite';

/** Runs the bookkeeping of rollbacks, on one replica at a time, behind everything else. */
export class RewriteJob implements OnApplicationShutdown {
  readonly #store: Pick<RollbacksStore, 'listUnfinished'>;
  readonly #rewriting: Pick<RewriteAssignmentsService, 'rewriteSome'>;
  readonly #lock: Pick<AdvisoryLock, 'tryRun'>;
  readonly #logger = new Logger('emergency');
  #running: Promise<void> | undefined;
  #isStopped = false;

  constructor(
    store: Pick<RollbacksStore, 'listUnfinished'>,
    rewriting: Pick<RewriteAssignmentsService, 'rewriteSome'>,
    lock: Pick<AdvisoryLock, 'tryRun'>,
  ) {
    this.#store = store;
    this.#rewriting = rewriting;
    this.#lock = lock;
  }

  /** Looks now, after the caller has had its answer. */
  nudge(): void {
    setImmediate(() => void this.look());
  }

  @Interval(LOOK_MS)
  async look(): Promise<void> {
    if (this.#isStopped) return;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
    await this.#running;
  }

  async onApplicationShutdown(): Promise<void> {
    this.#isStopped = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    try {
      if ((await this.#store.listUnfinished()).length === 0) return;
      await this.#lock.tryRun(LOCK, async () => {
        for (const id of await this.#store.listUnfinished()) {
          while (!this.#isStopped && (await this.#rewriting.rewriteSome(id)));
        }
      });
    } catch (error) {
      // The next look goes on where this one stopped; the hold is in force meanwhile.
      if (!isUnavailable(error)) this.#logger.warn({ err: error, msg: 'assignments could not be rewritten' });
    }
  }
}
