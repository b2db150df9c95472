import type { AdvisoryLock } from '../db/advisory-lock.ts';

export interface LockedJobOptions {
  readonly lock: Pick<AdvisoryLock, 'tryRun'>;
  /** Of the job, the same on every replica: whoever holds the lock of this name does it. */
  readonly name: string;
  /** How often a replica looks; another takes over within this time when the one at it dies. */
  readonly everyMs: number;
  /** Nudges that come together within this time are one; 0: as soon as the caller has had its answer. */
  readonly gatherMs?: number;
  /** Asked without the lock, which costs a connection: most looks find nothing to do. */
  readonly isNeeded?: () => Promise<boolean>;
  /**
   * All there is to do. It ends soon once `ended` is aborted, and must stand being cut anywhere, or done twice at once: a lock whose
   * connection broke is another's.
   */
  readonly work: (ended: AbortSignal) => Promise<void>;
  /** The next look goes on where this one stopped. */
  readonly onFailed: (error: unknown) => void;
}

/** Work that one replica at a time does, when its timer or somebody says so; never twice at once in a process. */
export class LockedJob {
  readonly #options: LockedJobOptions;
  readonly #end = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #gathering: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #isWanted = false;

  constructor(options: LockedJobOptions) {
    this.#options = options;
  }

  /** From now on it looks by itself. */
  start(): void {
    if (this.#end.signal.aborted) return;
    this.#timer ??= setInterval(() => void this.look(), this.#options.everyMs).unref();
  }

  /** Looks soon, and once more when it is at work, which may have passed by what the caller has just written. */
  nudge(): void {
    if (this.#end.signal.aborted) return;
    this.#gathering ??= setTimeout(() => {
      this.#gathering = undefined;
      this.#isWanted = this.#running !== undefined;
      void this.look();
    }, this.#options.gatherMs ?? 0).unref();
  }

  /** Looks now, or waits for the look that is under way. Never throws. */
  async look(): Promise<void> {
    if (this.#end.signal.aborted) return;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
    await this.#running;
  }

  /** Waits for what is under way; nothing begins any more. */
  async stop(): Promise<void> {
    this.#end.abort();
    clearInterval(this.#timer);
    clearTimeout(this.#gathering);
    await this.#running;
  }

  async #run(): Promise<void> {
    const { lock, name, isNeeded, work, onFailed } = this.#options;
    do {
      this.#isWanted = false;
      try {
        if (isNeeded !== undefined && !(await isNeeded())) continue;
        await lock.tryRun(name, () => work(this.#end.signal));
      } catch (error) {
        onFailed(error);
      }
    } while (this.#isWanted && !this.#end.signal.aborted);
  }
}
