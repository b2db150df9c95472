import { Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import type { AdvisoryLock } from '../infra/db/advisory-lock.ts';
import { isUnavailable } from '../infra/db/database-errors.ts';
import type { Upgrades } from '../upgrades/upgrades.ts';
import type { AdvanceBatchService } from './advance-batch.service.ts';
import type { UpgradeBatchesStore } from './upgrade-batches.store.ts';

/** How often a replica looks for batches; another takes over within this time when the one at them dies. */
const LOOK_MS = 2_000;
/** Ends of upgrades that come together are looked at together. */
const GATHER_MS = 50;
const LOCK = 'upgrade-batches';

/**
 * Leads batches from wave to wave, on one replica at a time. All it knows is in the database: whoever has the lock goes on
 * where another stopped, and two of them at once would only find nothing to do.
 */
export class BatchCoordinator implements OnModuleInit, OnApplicationShutdown {
  readonly #store: Pick<UpgradeBatchesStore, 'listUnfinished'>;
  readonly #batches: Pick<AdvanceBatchService, 'advance'>;
  readonly #upgrades: Pick<Upgrades, 'onEnded'>;
  readonly #lock: Pick<AdvisoryLock, 'tryRun'>;
  readonly #logger = new Logger('upgrade-batches');
  #running: Promise<void> | undefined;
  #gathering: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(
    store: Pick<UpgradeBatchesStore, 'listUnfinished'>,
    batches: Pick<AdvanceBatchService, 'advance'>,
    upgrades: Pick<Upgrades, 'onEnded'>,
    lock: Pick<AdvisoryLock, 'tryRun'>,
  ) {
    this.#store = store;
    this.#batches = batches;
    this.#upgrades = upgrades;
    this.#lock = lock;
  }

  onModuleInit(): void {
    this.#upgrades.onEnded(({ batchId }) => {
      if (batchId !== null) this.nudge();
    });
  }

  /** Looks soon; returns at once. */
  nudge(): void {
    this.#gathering ??= setTimeout(() => {
      this.#gathering = undefined;
      void this.look();
    }, GATHER_MS).unref();
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
    clearTimeout(this.#gathering);
    await this.#running;
  }

  async #run(): Promise<void> {
    try {
      if ((await this.#store.listUnfinished()).length === 0) return;
      await this.#lock.tryRun(LOCK, async () => {
        for (const id of await this.#store.listUnfinished()) await this.#lead(id);
      });
    } catch (error) {
      if (!isUnavailable(error)) this.#logger.warn({ err: error, msg: 'batches of upgrades could not be led on' });
    }
  }

  /** One that cannot be led must not keep the others waiting. */
  async #lead(id: string): Promise<void> {
    try {
      while (!this.#isStopped && (await this.#batches.advance(id)).kind !== 'rest');
    } catch (error) {
      if (isUnavailable(error)) throw error;
      this.#logger.warn({ err: error, msg: 'a batch of upgrades could not be led on', batchId: id });
    }
  }
}
