import type { Socket } from 'node:net';
import type pg from 'pg';
import { labelOf } from '../../databases/label-of.ts';
import { classifyPostgresError } from '../../databases/postgres/classify-error.ts';
import { connectPostgres } from '../../databases/postgres/connect-postgres.ts';
import type { DataSourceAddress } from '../../migration.ts';
import { copyIn, copyOut } from './copy-rows.ts';

/**
 * What roles and databases are limited to is meant for their daily work: a backup takes as long as it takes, and its transaction
 * idles while a dump program reads in its snapshot. Not all versions have all of these.
 */
const PATIENCE = `SELECT set_config(name, CASE name WHEN 'lock_timeout' THEN '30s' ELSE '0' END, false) FROM pg_settings
  WHERE name IN ('statement_timeout', 'lock_timeout', 'transaction_timeout', 'idle_in_transaction_session_timeout', 'idle_session_timeout')`;

/** One connection for a backup or its way back: what takes long may, until the signal comes. */
export class PgClient {
  readonly label: string;
  readonly #client: pg.Client;
  readonly #socket: Socket;
  readonly #stop: () => void;
  readonly #signal: AbortSignal;

  private constructor(client: pg.Client, socket: Socket, label: string, signal: AbortSignal) {
    this.#client = client;
    this.#socket = socket;
    this.label = label;
    this.#signal = signal;
    this.#stop = () => socket.destroy();
    signal.addEventListener('abort', this.#stop, { once: true });
  }

  /** @throws UpgradeError when there is no way in */
  static async open(address: DataSourceAddress, signal: AbortSignal): Promise<PgClient> {
    const { client, socket } = await connectPostgres(address, 'grey-backup', 10_000);
    const opened = new PgClient(client, socket, labelOf(address), signal);
    try {
      await opened.run(PATIENCE);
      return opened;
    } catch (error) {
      await opened.close();
      throw error;
    }
  }

  /** Statements without parameters; rows of the last one. @throws UpgradeError */
  async run<Row = Record<string, unknown>>(sql: string): Promise<readonly Row[]> {
    const results = (await this.#told(() => this.#client.query(sql))) as unknown;
    const last = (Array.isArray(results) ? results.at(-1) : results) as { rows: Row[] };
    return last.rows;
  }

  /** One statement with parameters. @throws UpgradeError */
  async ask<Row = Record<string, unknown>>(sql: string, parameters: readonly unknown[]): Promise<readonly Row[]> {
    return (await this.#told(() => this.#client.query(sql, [...parameters]))).rows as Row[];
  }

  /** Rows as `COPY … TO STDOUT` gives them, no faster than they are taken. @returns how many */
  copyOut(sql: string, take: (chunk: Buffer) => Promise<void>): Promise<number> {
    return this.#told(() => copyOut(this.#client, this.#socket, sql, take));
  }

  /** Rows as `COPY … FROM STDIN` wants them. @returns how many */
  copyIn(sql: string, rows: AsyncIterable<Buffer>): Promise<number> {
    return this.#told(() => copyIn(this.#client, this.#socket, sql, rows));
  }

  async close(): Promise<void> {
    this.#signal.removeEventListener('abort', this.#stop);
    if (this.#socket.destroyed) return;
    const cut = setTimeout(() => this.#socket.destroy(), 2_000);
    await this.#client.end().catch(() => undefined);
    clearTimeout(cut);
    this.#socket.destroy();
  }

  async #told<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // What the file system said while rows went to a file is not about the database.
      if (code !== undefined && /^E[A-Z]+$/.test(code) && !code.startsWith('ECONN') && code !== 'EPIPE') throw error;
      throw classifyPostgresError(error, this.label);
    }
  }
}
