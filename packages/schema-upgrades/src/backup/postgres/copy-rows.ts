import { once } from 'node:events';
import type { Socket } from 'node:net';
import type pg from 'pg';

/** What the pg library calls on a query of one's own; PostgreSQL's chapter "Frontend/Backend Protocol", COPY operations. */
interface Connection {
  query(text: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
  sendCopyFail(message: string): void;
}

abstract class CopyQuery {
  readonly done = Promise.withResolvers<number>();
  readonly #sql: string;
  #count = 0;
  #error: unknown;

  constructor(sql: string) {
    this.#sql = sql;
  }

  submit(connection: Connection): void {
    connection.query(this.#sql);
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    this.#count = Number(/^COPY (\d+)/.exec(text)?.[1] ?? 0);
  }

  handleReadyForQuery(): void {
    if (this.#error === undefined) this.finish(this.#count);
    else this.done.reject(this.#error);
  }

  handleError(error: unknown): void {
    this.#error ??= error;
    // After an answer of the server its ready-for-query comes to nobody: the library has let go of this query.
    this.done.reject(this.#error);
  }

  protected abstract finish(count: number): void;
}

/** A message is a row: they are handed on in portions of so many bytes, and the socket waits while one is with its taker. */
const PORTION = 128 * 1024;

class CopyOutQuery extends CopyQuery {
  readonly #socket: Socket;
  readonly #take: (chunk: Buffer) => Promise<void>;
  #portion = Buffer.allocUnsafe(PORTION);
  #byteCount = 0;
  #taking: Promise<void> = Promise.resolve();
  #waiting = 0;
  #failure: unknown;

  constructor(socket: Socket, sql: string, take: (chunk: Buffer) => Promise<void>) {
    super(sql);
    this.#socket = socket;
    this.#take = take;
  }

  handleCopyData({ chunk }: { readonly chunk: Buffer }): void {
    // Copied, as the library reads on into the buffer that the row is a part of.
    if (this.#byteCount + chunk.length > this.#portion.length) {
      this.#handOn();
      if (chunk.length > PORTION) this.#portion = Buffer.allocUnsafe(chunk.length);
    }
    this.#byteCount += chunk.copy(this.#portion, this.#byteCount);
  }

  protected finish(count: number): void {
    this.#handOn();
    void this.#taking.then(() => this.done.resolve(count));
  }

  #handOn(): void {
    const bytes = this.#portion.subarray(0, this.#byteCount);
    this.#portion = Buffer.allocUnsafe(PORTION);
    this.#byteCount = 0;
    this.#waiting += 1;
    this.#socket.pause();
    this.#taking = this.#taking.then(() => this.#hand(bytes));
  }

  async #hand(bytes: Buffer): Promise<void> {
    try {
      if (this.#failure === undefined) await this.#take(bytes);
    } catch (error) {
      this.#failure = error;
      this.done.reject(error);
      this.#socket.destroy();
    }
    this.#waiting -= 1;
    if (this.#waiting === 0) this.#socket.resume();
  }
}

class CopyInQuery extends CopyQuery {
  readonly #socket: Socket;
  readonly #rows: AsyncIterable<Buffer>;
  #hasEnded = false;

  constructor(socket: Socket, sql: string, rows: AsyncIterable<Buffer>) {
    super(sql);
    this.#socket = socket;
    this.#rows = rows;
  }

  handleCopyInResponse(connection: Connection): void {
    void this.#send(connection);
  }

  override handleError(error: unknown): void {
    this.#hasEnded = true;
    super.handleError(error);
  }

  protected finish(count: number): void {
    this.done.resolve(count);
  }

  async #send(connection: Connection): Promise<void> {
    try {
      for await (const chunk of this.#rows) {
        if (this.#hasEnded || this.#socket.destroyed) return;
        connection.sendCopyFromChunk(chunk);
        if (this.#socket.writableNeedDrain) await Promise.race([once(this.#socket, 'drain'), this.done.promise]);
      }
      connection.endCopyFrom();
    } catch (error) {
      if (this.#hasEnded) return;
      this.handleError(error);
      connection.sendCopyFail('the rows could not be read');
    }
  }
}

/** @returns the number of rows */
export function copyOut(
  client: pg.Client,
  socket: Socket,
  sql: string,
  take: (chunk: Buffer) => Promise<void>,
): Promise<number> {
  return submit(client, new CopyOutQuery(socket, sql, take));
}

/** @returns the number of rows */
export function copyIn(client: pg.Client, socket: Socket, sql: string, rows: AsyncIterable<Buffer>): Promise<number> {
  return submit(client, new CopyInQuery(socket, sql, rows));
}

function submit(client: pg.Client, query: CopyQuery): Promise<number> {
  client.query(query as unknown as pg.Submittable);
  return query.done.promise;
}
