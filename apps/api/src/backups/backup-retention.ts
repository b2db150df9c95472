import { access, readdir, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import type { BackupRow } from './backup-row.ts';
import type { BackupsStore } from './backups.store.ts';

const EVERY_MS = 3_600_000;
const DAY_MS = 86_400_000;
const PORTION = 200;
/** So long after its end a backup on a machine that has not come back is no longer waited for. */
const GIVEN_UP_MS = 7 * DAY_MS;

/** Once an hour takes away what has expired, and what writers that died have left. */
export class BackupRetention {
  readonly #logger = new Logger('backups');
  readonly #store: BackupsStore;
  readonly #folder: string;

  constructor(store: BackupsStore, folder: string) {
    this.#store = store;
    this.#folder = folder;
  }

  @Interval(EVERY_MS)
  async sweep(): Promise<void> {
    try {
      await this.#store.failSilent();
      await this.expire();
      await this.#dropDrafts();
    } catch (error) {
      this.#logger.warn({ err: error, msg: 'old backups were not taken away' });
    }
  }

  /** Files first: a row that says `expired` has none. @returns how many expired */
  async expire(): Promise<number> {
    let count = 0;
    // All of them, past those that stay: a wave of ten thousand backups expires within the hour in which it was made.
    for (let after: string | undefined; ; ) {
      const rows = await this.#store.listExpired(after, PORTION);
      for (const row of rows) count += (await this.#expireOne(row)) ? 1 : 0;
      after = rows.at(-1)?.id;
      if (rows.length < PORTION) return count;
    }
  }

  async #expireOne({ id, place, host, expiresAt }: BackupRow): Promise<boolean> {
    const file = place === null ? undefined : path.join(this.#folder, place);
    const isOurs = host === hostname() || (file !== undefined && (await isThere(file)));
    // Another machine has it in a folder of its own, and takes it away itself.
    if (!isOurs && Date.now() - (expiresAt?.getTime() ?? 0) < GIVEN_UP_MS) return false;
    if (file !== undefined) await rm(file, { force: true });
    await this.#store.expire(id);
    return true;
  }

  async #dropDrafts(): Promise<void> {
    const entries = await readdir(this.#folder, { recursive: true }).catch(() => []);
    for (const entry of entries) {
      if (!entry.endsWith('.part')) continue;
      const file = path.join(this.#folder, entry);
      const { mtimeMs } = await stat(file);
      if (Date.now() - mtimeMs > DAY_MS) await rm(file, { force: true });
    }
  }
}

async function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
