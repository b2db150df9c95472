import type { ServerResponse } from 'node:http';
import type { Caller } from '../access/caller.ts';
import type { Revoked, TokensService } from '../access/tokens.service.ts';
import { ApiError } from '../infra/http/api-error.ts';
import { KEEP_ALIVE } from './event-text.ts';
import type { StreamHub } from './stream-hub.ts';

/** How often is looked for what changed, in milliseconds. */
const LOOK_MS = 300;
const KEEP_ALIVE_MS = 15_000;
/** A reader that takes nothing for this long is dropped, in milliseconds. */
const PATIENCE_MS = 15_000;
/** Streams of one caller, and of all, of one hub. A page watches one thing; who opens more has lost count of them. */
const MOST_OF_ONE = 50;
const MOST_OF_ALL = 5_000;

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
  /** The last event was not written to it, as it had not taken the one before. */
  isBehind: boolean;
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

  /**
   * Whether the caller may see it was judged before. The response's head has not been sent.
   * @throws ApiError RATE_LIMITED when the caller, or all together, have too many open
   */
  open(id: string, caller: Caller, res: ServerResponse): void {
    if (this.#isClosed) {
      res.destroy();
      return;
    }
    this.#assertRoom(caller);
    res.writeHead(200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store, no-transform',
      'X-Accel-Buffering': 'no',
    });
    res.flushHeaders();
    const watched = this.#watched.get(id) ?? { readers: new Set(), stamp: undefined, text: undefined };
    this.#watched.set(id, watched);
    const reader: Reader = { caller, res, slowSince: undefined, isBehind: false };
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

  #assertRoom({ kind, id }: Caller): void {
    let own = 0;
    let all = 0;
    for (const { readers } of this.#watched.values())
      for (const { caller } of readers) {
        all += 1;
        if (caller.kind === kind && caller.id === id) own += 1;
      }
    if (own < MOST_OF_ONE && all < MOST_OF_ALL) return;
    const detail = own < MOST_OF_ONE ? 'Too many streams are open here.' : `You have ${own} streams open; close some.`;
    throw new ApiError('RATE_LIMITED', { detail });
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
      else for (const reader of watched.readers) if (reader.isBehind) this.#write(reader, watched.text ?? KEEP_ALIVE);
    }
  }

  async #tell(id: string, watched: Watched, stamp: string): Promise<void> {
    const found = await this.#source.readEvent(id);
    if (found === undefined) return;
    watched.stamp = stamp;
    watched.text = `data: ${JSON.stringify(found.event)}\n\n`;
    for (const reader of watched.readers) {
      if (found.isEnded) reader.res.end(watched.text);
      else this.#write(reader, watched.text);
    }
  }

  /** Who has not taken the last one yet gets a later one, and nobody else gets one twice for that. */
  #write(reader: Reader, text: string): void {
    reader.isBehind = reader.res.writableNeedDrain;
    if (!reader.isBehind) reader.res.write(text);
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
