import type { RedisClient } from './redis-client.ts';
import { RedisError } from './redis-error.ts';

/** An entry of a stream: its id, and its fields in order, name and value by turns. Values may be bytes. */
export interface StreamEntry {
  readonly id: string;
  readonly fields: ReadonlyMap<string, Buffer>;
}

/** What followers need of a reader. */
export interface StreamReader {
  read(key: string, afterId: string, blockMs: number, count?: number): Promise<StreamEntry[]>;
  close(): void;
}

type RawEntry = [id: Buffer, fields: Buffer[] | null];

/** Grace beyond the time a read may block, before the connection counts as dead. */
const GRACE_MS = 2_000;
const LONGEST_BLOCK_MS = 5_000;

/** Reads streams, waiting for entries on a connection that does nothing else. One read at a time. */
export class RedisReader implements StreamReader {
  readonly #client: RedisClient;
  readonly #clean: (error: unknown) => RedisError;
  readonly #onClosed: () => void;
  readonly #closed = Promise.withResolvers<never>();
  #connecting: Promise<void> | undefined;
  #isClosed = false;

  constructor(
    createClient: (commandTimeoutMs: number) => RedisClient,
    clean: (error: unknown) => RedisError,
    onClosed: () => void,
  ) {
    this.#client = createClient(LONGEST_BLOCK_MS + GRACE_MS);
    this.#clean = clean;
    this.#onClosed = onClosed;
    this.#closed.promise.catch(() => undefined);
  }

  /**
   * Entries of `key` after `afterId`, waiting up to `blockMs` (at most 5 000) for the first; none = nothing came.
   * @throws RedisError
   */
  async read(key: string, afterId: string, blockMs: number, count = 500): Promise<StreamEntry[]> {
    try {
      // A client that is closed while it connects leaves its callers waiting for ever.
      return await Promise.race([this.#read(key, afterId, blockMs, count), this.#closed.promise]);
    } catch (error) {
      throw this.#clean(error);
    }
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#closed.reject(new RedisError('REDIS_UNAVAILABLE', 'the reader was closed'));
    this.#client.disconnect();
    this.#onClosed();
  }

  async #read(key: string, afterId: string, blockMs: number, count: number): Promise<StreamEntry[]> {
    await this.#connect();
    const block = Math.max(1, Math.min(blockMs, LONGEST_BLOCK_MS));
    const reply = (await this.#client.callBuffer('XREAD', 'COUNT', count, 'BLOCK', block, 'STREAMS', key, afterId)) as
      | [Buffer, RawEntry[]][]
      | null;
    return (reply?.[0]?.[1] ?? []).flatMap(([id, fields]) =>
      fields === null ? [] : [{ id: id.toString(), fields: pairUp(fields) }],
    );
  }

  #connect(): Promise<void> {
    // After the first time the client reconnects by itself.
    this.#connecting ??= this.#client.connect().catch(() => undefined);
    return this.#connecting;
  }
}

function pairUp(fields: readonly Buffer[]): ReadonlyMap<string, Buffer> {
  const pairs = new Map<string, Buffer>();
  for (let at = 0; at + 1 < fields.length; at += 2) pairs.set(fields[at]!.toString(), fields[at + 1]!);
  return pairs;
}
