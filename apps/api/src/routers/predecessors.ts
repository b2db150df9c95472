import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { RouterReport } from '@grey/propagation';
import { Logger } from '@nestjs/common';
import { z } from 'zod';
import { ProcessLock } from '../infra/files/process-lock.ts';
import { writePrivateFile } from '../infra/files/write-private-file.ts';

export interface PredecessorsParts {
  /** Folder of this process alone, the same after it is started again. */
  readonly folder: string;
  /** This router as it is now. */
  readonly own: () => RouterReport;
  /** Writes down that they are gone. */
  readonly bury: (routers: readonly RouterReport[]) => Promise<void>;
  /** Of the running kernel: another after each start of the machine. */
  readonly bootId?: string;
}

const RETRY_MS = 2_000;
/** More have never been waiting unless the database is away for very long; those are waited for as if nobody knew. */
const MOST = 100;

const fileSchema = z.object({
  bootId: z.string(),
  routers: z.array(z.looseObject({ id: z.string(), kind: z.literal('api') })),
});

/**
 * Routers that ran on this folder before and died without goodbye: it is said for them, so that nobody waits for them. That
 * they are dead is proven by a lock of the kernel, which each holds for as long as it routes. Locks of another machine prove
 * nothing here: one that is cut off may have lost its lock to us while it routes on.
 */
export class Predecessors {
  readonly #parts: PredecessorsParts;
  readonly #file: string;
  readonly #bootId: string;
  readonly #logger = new Logger('routers');
  #lock: ProcessLock | undefined;
  #dead: readonly RouterReport[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: PredecessorsParts) {
    this.#parts = parts;
    this.#file = path.resolve(parts.folder, 'routers.json');
    this.#bootId = parts.bootId ?? bootId();
  }

  /** To be called before this router is known to anybody. Never fails: without a folder nobody is buried. */
  async start(): Promise<void> {
    try {
      this.#lock = ProcessLock.take(path.resolve(this.#parts.folder, 'routers.lock'));
      if (this.#lock === undefined) {
        this.#logger.warn('another process uses this GREY_DATA_DIR; give each replica one of its own');
        return;
      }
      this.#dead = await this.#read();
      await this.#write([...this.#dead, this.#parts.own()]);
    } catch (error) {
      this.#logger.warn({ err: error, msg: 'who died here before cannot be told from the data folder' });
      this.#dead = [];
    }
    await this.#buryAll();
  }

  /** To be called when this router routes no more. @param hasSaidGoodbye nobody has to say it for this one */
  async stop(hasSaidGoodbye: boolean): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#lock === undefined) return;
    if (hasSaidGoodbye) await this.#write(this.#dead).catch(() => undefined);
    this.#lock.release();
    this.#lock = undefined;
  }

  async #buryAll(): Promise<void> {
    if (this.#dead.length === 0) return;
    try {
      await this.#parts.bury(this.#dead);
      this.#logger.log(`said goodbye for ${this.#dead.map(({ id }) => id).join(', ')}, which ran here and died`);
      this.#dead = [];
      await this.#write([this.#parts.own()]);
    } catch (error) {
      if (this.#timer === undefined) this.#logger.warn({ err: error, msg: 'who died here before is still waited for' });
      if (this.#lock !== undefined) this.#timer = setTimeout(() => void this.#buryAll(), RETRY_MS).unref();
    }
  }

  async #read(): Promise<RouterReport[]> {
    const text = await readFile(this.#file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    });
    if (text === '') return [];
    const kept = fileSchema.parse(JSON.parse(text));
    return kept.bootId === this.#bootId ? (kept.routers as unknown as RouterReport[]) : [];
  }

  #write(routers: readonly RouterReport[]): Promise<void> {
    return writePrivateFile(this.#file, JSON.stringify({ bootId: this.#bootId, routers: routers.slice(-MOST) }));
  }
}

/** Of Linux; elsewhere each process has one of its own, and proves nothing to the next. */
function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return crypto.randomUUID();
  }
}
