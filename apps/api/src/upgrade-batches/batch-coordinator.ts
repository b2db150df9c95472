import { Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { AdvisoryLock } from '../infra/db/advisory-lock.ts';
import { isUnavailable } from '../infra/db/database-errors.ts';
import { LockedJob } from '../infra/jobs/locked-job.ts';
import type { Upgrades } from '../upgrades/upgrades.ts';
import type { AdvanceBatchService } from './advance-batch.service.ts';
import type { UpgradeBatchesStore } from './upgrade-batches.store.ts';

const LOOK_MS = 2_000;
/** Ends of upgrades that come together are looked at together. */
const GATHER_MS = 50;

/**
 * Leads batches from wave to wave, on one replica at a time. All it knows is in the database: whoever has the lock goes on
 * where another stopped, and two of them at once would only find nothing to do.
 */
export class BatchCoordinator implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #batches: Pick<AdvanceBatchService, 'advance'>;
  readonly #upgrades: Pick<Upgrades, 'onEnded'>;
  readonly #logger = new Logger('upgrade-batches');
  readonly #job: LockedJob;

  constructor(
    store: Pick<UpgradeBatchesStore, 'listUnfinished'>,
    batches: Pick<AdvanceBatchService, 'advance'>,
    upgrades: Pick<Upgrades, 'onEnded'>,
    lock: Pick<AdvisoryLock, 'tryRun'>,
  ) {
    this.#batches = batches;
    this.#upgrades = upgrades;
    this.#job = new LockedJob({
      lock,
      name: 'upgrade-batches',
      everyMs: LOOK_MS,
      gatherMs: GATHER_MS,
      isNeeded: async () => (await store.listUnfinished()).length > 0,
      work: async (ended) => {
        for (const id of await store.listUnfinished()) await this.#lead(id, ended);
      },
      onFailed: (error) => {
        if (!isUnavailable(error)) this.#logger.warn({ err: error, msg: 'batches of upgrades could not be led on' });
      },
    });
  }

  onApplicationBootstrap(): void {
    this.#upgrades.onEnded(({ batchId }) => {
      if (batchId !== null) this.nudge();
    });
    this.#job.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.#job.stop();
  }

  /** Looks soon; returns at once. */
  nudge(): void {
    this.#job.nudge();
  }

  /** One that cannot be led must not keep the others waiting. */
  async #lead(id: string, ended: AbortSignal): Promise<void> {
    try {
      while (!ended.aborted && (await this.#batches.advance(id)).kind !== 'rest');
    } catch (error) {
      if (isUnavailable(error)) throw error;
      this.#logger.warn({ err: error, msg: 'a batch of upgrades could not be led on', batchId: id });
    }
  }
}
