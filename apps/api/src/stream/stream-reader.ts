import type { ServerResponse } from 'node:http';
import type { Position } from '@grey/contracts';
import type { Caller } from '../access/caller.ts';

/** What may wait for a reader in this process, in bytes; a reader that is further behind is cut off and resumes. */
const MOST_WAITING_BYTES = 1024 * 1024;
/** Changes that may wait while the log is being replayed to a reader. */
const MOST_WAITING_CHANGES = 1_000;
/** How long a reader may take nothing during a replay, in milliseconds: until then its part of the log stays in memory. */
const PATIENCE_MS = 15_000;

/** One open connection. While the log is replayed to it, what is new waits. */
export class StreamReader {
  readonly caller: Caller;
  readonly #res: ServerResponse;
  #waiting: (() => void)[] | undefined = [];
  /** Position up to which this reader has been told everything. */
  position: Position;

  constructor(caller: Caller, res: ServerResponse, position: Position) {
    this.caller = caller;
    this.position = position;
    this.#res = res;
  }

  get isOpen(): boolean {
    return !this.#res.destroyed && !this.#res.writableEnded;
  }

  begin(): void {
    this.#res.writeHead(200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store, no-transform',
      'X-Accel-Buffering': 'no',
    });
    this.#res.flushHeaders();
  }

  /** Runs `write` now, or after the replay. */
  whenLive(write: () => void): void {
    if (this.#waiting === undefined) write();
    else if (this.#waiting.length < MOST_WAITING_CHANGES) this.#waiting.push(write);
    else this.cut();
  }

  goLive(): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    for (const write of waiting) write();
  }

  write(text: string): void {
    if (!this.isOpen) return;
    this.#res.write(text);
    if (this.#res.writableLength > MOST_WAITING_BYTES) this.cut();
  }

  /** Waits until the reader has taken what was written, or is gone; one that takes nothing is cut off. */
  async drained(): Promise<void> {
    if (!this.#res.writableNeedDrain || !this.isOpen) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(patience);
        this.#res.off('drain', done).off('close', done);
        resolve();
      };
      const patience = setTimeout(() => this.cut(), PATIENCE_MS).unref();
      this.#res.on('drain', done).on('close', done);
    });
  }

  onClose(listener: () => void): void {
    this.#res.on('close', listener);
  }

  end(): void {
    this.#res.end();
  }

  /** Without the rest of what waits: the reader resumes from what it got. */
  cut(): void {
    this.#res.destroy();
  }
}
