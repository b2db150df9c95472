import type { Position } from '@grey/contracts';
import type { CommittedChange } from './change-feed.ts';

/** How far the log may be behind before a missing predecessor is looked for there, in milliseconds. */
const PATIENCE_MS = 250;

/**
 * Puts commits back into the order of their revisions: two transactions may answer in another order than they committed.
 * A predecessor that does not come (another process wrote it, or its commit was never acknowledged) is read from the log.
 */
export class FeedSequencer {
  readonly #publish: (change: CommittedChange) => void;
  readonly #load: (after: Position) => Promise<CommittedChange[] | 'reset'>;
  readonly #restart: (lost: Position) => Promise<Position>;
  readonly #waiting = new Map<number, CommittedChange>();
  #last: Position | undefined;
  #timer: NodeJS.Timeout | undefined;
  #loading: Promise<void> | undefined;

  /** @param restart called when the log cannot be followed from `lost`; says where it is followed from now on */
  constructor(
    publish: (change: CommittedChange) => void,
    load: (after: Position) => Promise<CommittedChange[] | 'reset'>,
    restart: (lost: Position) => Promise<Position>,
  ) {
    this.#publish = publish;
    this.#load = load;
    this.#restart = restart;
  }

  /** Everything up to `position` has been seen by those who subscribe from now on. */
  startAt(position: Position): void {
    this.#last = position;
  }

  /** Takes a commit; publishes it now, or when those before it are there. */
  accept(change: CommittedChange): void {
    const last = this.#last;
    const { epoch, revision } = change.change.position;
    if (last === undefined || epoch !== last.epoch || revision <= last.revision) return;
    this.#waiting.set(revision, change);
    this.#drain();
    if (this.#waiting.size > 0 && this.#timer === undefined) {
      this.#timer = setTimeout(() => {
        this.#timer = undefined;
        void this.catchUp().catch(() => undefined);
      }, PATIENCE_MS);
      this.#timer.unref();
    }
  }

  /**
   * Publishes what the log has and this process has not seen. Harmless at any time.
   * @param known a position of the log that the caller has heard of: when it was seen here already, the log is not asked
   */
  async catchUp(known?: Position): Promise<void> {
    const last = this.#last;
    if (known !== undefined && known.epoch === last?.epoch && known.revision <= last.revision) return;
    this.#loading ??= this.#readLog().finally(() => {
      this.#loading = undefined;
    });
    await this.#loading;
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#last = undefined;
    this.#waiting.clear();
  }

  async #readLog(): Promise<void> {
    const last = this.#last;
    if (last === undefined) return;
    const missed = await this.#load(last);
    if (missed === 'reset') {
      const position = await this.#restart(last);
      this.#waiting.clear();
      this.startAt(position);
    } else for (const change of missed) this.accept(change);
  }

  #drain(): void {
    for (;;) {
      const next = this.#last === undefined ? undefined : this.#waiting.get(this.#last.revision + 1);
      if (next === undefined) return;
      this.#waiting.delete(next.change.position.revision);
      this.#last = next.change.position;
      this.#publish(next);
    }
  }
}
