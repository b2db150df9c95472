import path from 'node:path';
import { SnapshotFile } from '@grey/propagation';
import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { RouterState } from './router-state.ts';

/** How far the file may be behind: what is lost with a process that is killed. */
const SAVE_DELAY_MS = 500;

/**
 * Keeps the last good snapshot on disk, with the instances last known, so that this process routes after a restart when
 * everything else is away.
 */
@Injectable()
export class LastGood implements OnApplicationShutdown {
  readonly #router: Pick<RouterState, 'onChanged' | 'restore'>;
  readonly #file: SnapshotFile;
  readonly #logger = new Logger('routing');
  #unsubscribe = () => {};

  constructor(router: Pick<RouterState, 'onChanged' | 'restore'>, dataDir: string) {
    this.#router = router;
    this.#file = new SnapshotFile(path.resolve(dataDir, 'snapshot'), {
      onDamaged: ({ file, reason }) => this.#logger.warn({ err: reason, msg: 'a snapshot file is damaged', file }),
      onSaveFailed: (error) => this.#logger.warn({ err: error, msg: 'the snapshot could not be written' }),
      delayMs: SAVE_DELAY_MS,
    });
  }

  /** Hands the router what an earlier run left, and from now on writes what the router gets. */
  async start(): Promise<void> {
    const kept = await this.#file.load();
    if (kept !== undefined) this.#router.restore(kept.snapshot);
    this.#unsubscribe = this.#router.onChanged((_, base) => this.#file.saveSoon(base));
  }

  async onApplicationShutdown(): Promise<void> {
    this.#unsubscribe();
    await this.#file.flush();
  }
}
