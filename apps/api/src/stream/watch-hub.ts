import type { ServerResponse } from 'node:http';
import type { Caller } from '../access/caller.ts';
import type { Revoked, TokensService } from '../access/tokens.service.ts';
import { KEEP_ALIVE } from './event-text.ts';
import type { StreamHub } from './stream-hub.ts';

/** How often is looked for what changed, in milliseconds. */
const LOOK_MS = 300;
const KEEP_ALIVE_MS = 15_000;
/** A reader that takes nothing for this long is dropped, in milliseconds. */
const PATIENCE_MS = 15_000;

/** Things that can be watched one by one. Each event is the whole thing, so that one may be left out. */
export interface WatchSource {
  /** Of those that there are, a text by id that differs whenever the thing has changed. */
  readStamps(ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** What readers get to see of one, and whether it is the last they will. */
  readEvent(id: string): Promise<{ readonly event: object; readonly isEnded: boolean } | undefined>;
}

interface Reader {
  readonly caller: Caller;
  readonly res: ServerResponse;
  /** By `performance.now()`: since when it has taken nothing. */
  slowSince: number | undefined;
}

interface Watched {
  readonly readers: Set<Reader>;
  stamp: string | undefined;
  /** The last event, encoded once for all readers. */
  text: string | undefined;
}

/** Streams single things to whoever watches them: one query for all, however many watch. */
export class WatchHub {
  readonly #source: WatchSource;
  readonly #watched = new Map<string, Watched>();
  #timer: NodeJS.Timeout | undefined;
  #keptAliveAt = performance.now();
  #isClosed = false;

  constructor(source: WatchSource, tokens: Pick<TokensService, 'onRevoked'>, hub: Pick<StreamHub, 'alsoClose'>) {
    this.#source = source;
    tokens.onRevoked((what) => this.#endRevoked(what));
    hub.alsoClose(() => this.close());
  }

  /** Whether the caller may see it was judged before. The response's head has not been sent. */
  open(id: string, caller: Caller, res: ServerResponse): void {
    if (this.#isClosed) {
      res.destroy();
      return;
    }
    res.writeHead(200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store, no-transform',
      'X-Accel-Buffering': 'no',
    });
    res.flushHeaders();
    const watched = this.#watched.get(id) ?? { readers: new Set(), stamp: undefined, text: undefined };
    this.#watched.set(id, watched);
    const reader: Reader = { caller, res, slowSince: undefined };
    watched.readers.add(reader);
    res.on('close', () => {
      watched.readers.delete(reader);
      if (watched.readers.size === 0) this.#watched.delete(id);
    });
    if (watched.text !== undefined) res.write(watched.text);
    this.#schedule(0);
  }

  get streamCount(): number {
    return [...this.#watched.values()].reduce((sum, { readers }) => sum + readers.size, 0);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    for (const { readers } of this.#watched.values()) for (const { res } of readers) res.end();
  }

  #schedule(delayMs: number): void {
    if (this.#isClosed || this.#watched.size === 0) return;
    if (this.#timer !== undefined && delayMs > 0) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      void this.#look()
        .catch(() => undefined)
        .finally(() => {
          this.#timer = undefined;
          this.#schedule(LOOK_MS);
        });
    }, delayMs).unref();
  }

  async #look(): Promise<void> {
    this.#dropUnfit();
    const stamps = await this.#source.readStamps([...this.#watched.keys()]);
    for (const [id, watched] of this.#watched) {
      const stamp = stamps.get(id);
      if (stamp === undefined) for (const { res } of watched.readers) res.end();
      else if (stamp !== watched.stamp) await this.#tell(id, watched, stamp);
    }
  }

  async #tell(id: string, watched: Watched, stamp: string): Promise<void> {
    const found = await this.#source.readEvent(id);
    if (found === undefined) return;
    watched.stamp = stamp;
    watched.text = `data: ${JSON.stringify(found.event)}\n\n`;
    for (const { res } of watched.readers) {
      if (found.isEnded) res.end(watched.text);
      // Who has not taken the last one yet gets a later one.
      else if (!res.writableNeedDrain) res.write(watched.text);
      else watched.stamp = undefined;
    }
  }

  #dropUnfit(): void {
    const now = performance.now();
    const isTime = now - this.#keptAliveAt > KEEP_ALIVE_MS;
    if (isTime) this.#keptAliveAt = now;
    for (const { readers } of this.#watched.values())
      for (const reader of readers) {
        const { res, caller } = reader;
        if (caller.expiresAt <= Date.now()) res.end();
        reader.slowSince = res.writableNeedDrain ? (reader.slowSince ?? now) : undefined;
        if (reader.slowSince !== undefined && now - reader.slowSince > PATIENCE_MS) res.destroy();
        else if (isTime && !res.writableNeedDrain) res.write(KEEP_ALIVE);
      }
  }

  #endRevoked({ userId, apiKeyId }: Revoked): void {
    for (const { readers } of this.#watched.values())
      for (const { caller, res } of readers)
        if (caller.kind === 'user' ? caller.id === userId : caller.id === apiKeyId) res.end();
  }
}
