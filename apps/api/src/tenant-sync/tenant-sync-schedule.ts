import { Logger } from '@nestjs/common';
import { Interval, Timeout } from '@nestjs/schedule';
import type { TenantSyncService } from './tenant-sync.service.ts';

/** How often a replica looks whether a run is due; another takes over within this time when the one that ran dies. */
const LOOK_MS = 5_000;
const FIRST_LOOK_MS = 500;

/** Every replica looks at the clock; the database tells whether a run is due, and its lock who does it. */
export class TenantSyncSchedule {
  readonly #sync: TenantSyncService;
  readonly #isConfigured: boolean;
  readonly #logger = new Logger('tenant-sync');
  #isLooking = false;
  #hasWarned = false;

  constructor(sync: TenantSyncService, isConfigured: boolean) {
    this.#sync = sync;
    this.#isConfigured = isConfigured;
  }

  @Timeout(FIRST_LOOK_MS)
  lookFirst(): Promise<void> {
    return this.look();
  }

  @Interval(LOOK_MS)
  async look(): Promise<void> {
    if (!this.#isConfigured || this.#isLooking) return;
    this.#isLooking = true;
    try {
      await this.#sync.runIfDue();
      this.#hasWarned = false;
    } catch (error) {
      // Once, not every five seconds while the database is away.
      if (!this.#hasWarned) this.#logger.warn({ err: error, msg: 'the tenant sync could not run' });
      this.#hasWarned = true;
    } finally {
      this.#isLooking = false;
    }
  }
}
