import { createHash } from 'node:crypto';
import { mkdir, open, readFile } from 'node:fs/promises';
import path from 'node:path';

/** What the journal needs of the disk; a port, so that tests can let it fail. */
export interface JournalDisk {
  read(file: string): Promise<string>;
  /** Appends and syncs; when that fails the file is as it was, as far as the disk still obeys. */
  append(file: string, text: string): Promise<void>;
}

/**
 * An append-only file of records, each on disk for good before `append` returns. A record is a line with a checksum; one
 * that was torn by a crash does not count, and those after it do. One file belongs to one process.
 */
export class EmergencyJournal {
  readonly #file: string;
  readonly #disk: JournalDisk;
  /** Appends one after the other: two at once could tear each other. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(folder: string, disk: JournalDisk = journalDisk) {
    this.#file = path.resolve(folder, 'emergency-journal');
    this.#disk = disk;
  }

  /** The records that are whole, in order, and how many lines are not. @throws Error of the disk */
  async load(): Promise<{ readonly records: readonly unknown[]; readonly tornCount: number }> {
    const lines = (await this.#disk.read(this.#file)).split('\n').filter((line) => line !== '');
    const records = lines.map(parseLine);
    const whole = records.filter((record) => record !== undefined);
    return { records: whole, tornCount: records.length - whole.length };
  }

  /** Resolves when the record is on disk to stay. @throws Error of the disk; the record does not count then */
  append(record: unknown): Promise<void> {
    const json = JSON.stringify(record);
    // The line break before it ends a line that a crash may have left open.
    const appending = this.#last.then(() => this.#disk.append(this.#file, `\n${checksum(json)} ${json}\n`));
    this.#last = appending.catch(() => undefined);
    return appending;
  }
}

function parseLine(line: string): unknown {
  const space = line.indexOf(' ');
  const json = line.slice(space + 1);
  if (space < 0 || checksum(json) !== line.slice(0, space)) return undefined;
  return JSON.parse(json);
}

function checksum(json: string): string {
  return createHash('sha256').update(json).digest('hex').slice(0, 32);
}

export const journalDisk: JournalDisk = {
  async read(file) {
    try {
      return await readFile(file, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
      throw error;
    }
  },
  async append(file, text) {
    const folder = path.dirname(file);
    await mkdir(folder, { recursive: true });
    const handle = await open(file, 'a', 0o600);
    try {
      const { size } = await handle.stat();
      try {
        await handle.writeFile(text);
        await handle.sync();
        // A file that is new is a name in its folder, which may get lost as well.
        if (size === 0) await syncFolder(folder);
      } catch (error) {
        await handle.truncate(size).catch(() => undefined);
        await handle.sync().catch(() => undefined);
        throw error;
      }
    } finally {
      await handle.close();
    }
  },
};

async function syncFolder(folder: string): Promise<void> {
  const entry = await open(folder, 'r');
  try {
    await entry.sync();
  } finally {
    await entry.close();
  }
}
