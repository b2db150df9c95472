import { chmodSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * A lock on a file that one process holds until it releases it or ends, however it ends. It is the kernel's own (`fcntl`), as
 * SQLite takes it; Node itself has none. Who gets it knows that whoever had it before is gone.
 */
export class ProcessLock {
  readonly #database: DatabaseSync;

  private constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** @returns undefined when another has it, in this process or any other @throws Error of the disk */
  static take(file: string): ProcessLock | undefined {
    mkdirSync(path.dirname(file), { recursive: true });
    const database = new DatabaseSync(file);
    try {
      chmodSync(file, 0o600);
      database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
      return new ProcessLock(database);
    } catch (error) {
      database.close();
      if ((error as { errcode?: number }).errcode === SQLITE_BUSY) return undefined;
      throw error;
    }
  }

  release(): void {
    this.#database.close();
  }
}

const SQLITE_BUSY = 5;
