import { Inject, Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { CONFIG, type Config } from '../../config/config.schema.ts';
import { AdvisoryLock } from '../../infra/db/advisory-lock.ts';
import { RetentionStore } from './retention.store.ts';

const EVERY_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** Changes trimmed in one transaction. */
const PORTION = 50;

/** Once an hour, one replica drops what the log need not keep any longer. */
@Injectable()
export class HistoryRetention {
  readonly #logger = new Logger('history');

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly store: RetentionStore,
    private readonly lock: AdvisoryLock,
  ) {}

  @Interval(EVERY_MS)
  async sweep(): Promise<void> {
    // A database that is away now is swept next time.
    await this.trim(Date.now()).catch((error: unknown) =>
      this.#logger.warn({ err: error, msg: 'the log was not trimmed' }),
    );
  }

  /**
   * @param now milliseconds since 1970
   * @returns how many changes were trimmed; undefined when nothing is to be, or another replica is at it
   */
  async trim(now: number): Promise<number | undefined> {
    const days = this.config.GREY_HISTORY_DAYS;
    if (days === 0) return undefined;
    const before = new Date(now - days * DAY_MS);
    const done = await this.lock.tryRun('history-retention', async () => {
      let count = 0;
      for (;;) {
        const some = await this.store.trim(before, PORTION);
        count += some;
        if (some < PORTION) return count;
      }
    });
    return done?.result;
  }
}
