import { once } from 'node:events';
import { type Connection, createConnection } from 'mysql2';
import { labelOf } from '../../databases/label-of.ts';
import { classifyMysqlError } from '../../databases/mysql/classify-mysql-error.ts';
import { mysqlOptions, PATIENCE } from '../../databases/mysql/mysql-options.ts';
import type { DataSourceAddress } from '../../migration.ts';

/** What a field is, as the server says. */
export interface MyField {
  readonly name: string;
}

/** One connection for a backup or its way back: what takes long may, until the signal comes. */
export class MyClient {
  readonly label: string;
  readonly #connection: Connection;
  readonly #signal: AbortSignal;
  readonly #stop: () => void;

  private constructor(connection: Connection, label: string, signal: AbortSignal) {
    this.#connection = connection;
    this.label = label;
    this.#signal = signal;
    this.#stop = () => connection.destroy();
    signal.addEventListener('abort', this.#stop, { once: true });
  }

  /** @throws UpgradeError when there is no way in */
  static async open(address: DataSourceAddress, signal: AbortSignal): Promise<MyClient> {
    const label = labelOf(address);
    const connection = createConnection({ ...mysqlOptions(address, 10_000), dateStrings: true });
    connection.on('error', () => undefined);
    await new Promise<void>((resolve, reject) => {
      connection.connect((error) => (error === null ? resolve() : reject(classifyMysqlError(error, label))));
    });
    const client = new MyClient(connection, label, signal);
    await client.run(PATIENCE).catch(async (error: unknown) => {
      await client.close();
      throw error;
    });
    return client;
  }

  /** @throws UpgradeError */
  run<Row = Record<string, unknown>>(sql: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    return new Promise((resolve, reject) => {
      this.#connection.query(sql, [...values], (error, rows) => {
        if (error !== null) reject(classifyMysqlError(error, this.label));
        else resolve((Array.isArray(rows) ? rows : []) as Row[]);
      });
    });
  }

  /** @returns how many rows a statement wrote @throws UpgradeError */
  write(sql: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#connection.query(sql, (error: Error | null, done: unknown) => {
        if (error !== null) reject(classifyMysqlError(error, this.label));
        else resolve((done as { affectedRows?: number }).affectedRows ?? 0);
      });
    });
  }

  /** Rows one after the other, values as texts or bytes, no faster than they are taken. */
  async read(
    sql: string,
    take: (row: readonly (string | Buffer | null)[]) => Promise<void> | undefined,
  ): Promise<void> {
    const rows = this.#connection
      .query({
        sql,
        rowsAsArray: true,
        // Bytes as they come: no driver's idea of a number or a date is between.
        typeCast: (field, _) => field.buffer() as unknown as string,
      })
      .stream({ highWaterMark: 100 });
    try {
      for await (const row of rows) await take(row as (Buffer | null)[]);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== undefined && /^E[A-Z]+$/.test(code) && !code.startsWith('ECONN') && code !== 'EPIPE') throw error;
      throw classifyMysqlError(error, this.label);
    }
  }

  async close(): Promise<void> {
    this.#signal.removeEventListener('abort', this.#stop);
    const ending = once(this.#connection, 'end').catch(() => undefined);
    const cut = setTimeout(() => this.#connection.destroy(), 2_000);
    await Promise.race([new Promise((resolve) => this.#connection.end(resolve)), ending]);
    clearTimeout(cut);
    this.#connection.destroy();
  }
}

/** A name as SQL writes it. */
export function quoted(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}
