import type { Connection as CoreConnection } from 'mysql2';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import type { DataSourceAddress } from '../../migration.ts';
import { UpgradeError } from '../upgrade-error.ts';
import { withoutCredentials } from '../without-credentials.ts';
import { classifyMysqlError } from './classify-mysql-error.ts';
import { mysqlOptions } from './mysql-options.ts';

/** Between asking the server to give a statement up and giving the server up. */
const GRACE_MS = 15_000;

/** One connection whose failures come in our words and which never waits for ever. */
export class MysqlConnection {
  readonly label: string;
  readonly #address: DataSourceAddress;
  readonly #connection: Connection;
  readonly #connectTimeoutMs: number;

  private constructor(address: DataSourceAddress, connection: Connection, label: string, connectTimeoutMs: number) {
    this.#address = address;
    this.#connection = connection;
    this.label = label;
    this.#connectTimeoutMs = connectTimeoutMs;
  }

  /** @throws UpgradeError when there is no way in */
  static async open(address: DataSourceAddress, label: string, connectTimeoutMs: number): Promise<MysqlConnection> {
    try {
      const connection = await createConnection(mysqlOptions(address, connectTimeoutMs));
      // Whatever happens to a session also fails the query that runs or the next one.
      connection.on('error', () => undefined);
      return new MysqlConnection(address, connection, label, connectTimeoutMs);
    } catch (error) {
      throw classifyMysqlError(withoutCredentials(error, address), label);
    }
  }

  /**
   * Runs one statement as text.
   *
   * @param timeoutMs after that the server is asked to give the statement up: it has no time-out of its own for changes
   */
  async run<Row>(sql: string, timeoutMs: number, values: readonly unknown[] = []): Promise<readonly Row[]> {
    return this.#guarded(timeoutMs, async () => {
      const [rows] = await this.#connection.query<RowDataPacket[]>(sql, [...values]);
      return Array.isArray(rows) ? (rows as unknown as Row[]) : [];
    });
  }

  /** Runs a statement of somebody else's: whatever rows it gives are let go of as they come, be they millions. */
  async exhaust(sql: string, timeoutMs: number): Promise<void> {
    // Only the library under this one hands rows on without keeping them.
    const { connection } = this.#connection as unknown as { connection: CoreConnection };
    const read = () =>
      new Promise<void>((resolve, reject) => {
        connection
          .query(sql)
          .on('result', () => undefined)
          .once('end', () => resolve())
          .once('error', reject);
      });
    await this.#guarded(timeoutMs, read);
  }

  async #guarded<Result>(timeoutMs: number, query: () => Promise<Result>): Promise<Result> {
    let hasBeenCut = false;
    const asking = setTimeout(() => void this.killQuery(), timeoutMs);
    const cut = setTimeout(() => {
      hasBeenCut = true;
      this.#connection.destroy();
    }, timeoutMs + GRACE_MS);
    try {
      return await query();
    } catch (error) {
      if (hasBeenCut)
        throw new UpgradeError('DATABASE_GONE', `${this.label} does not answer any more`, { cause: error });
      throw classifyMysqlError(withoutCredentials(error, this.#address), this.label);
    } finally {
      clearTimeout(asking);
      clearTimeout(cut);
    }
  }

  /** Asks the server, over another connection, to give up what runs here. Never throws. */
  async killQuery(): Promise<void> {
    try {
      const other = await MysqlConnection.open(this.#address, this.label, this.#connectTimeoutMs);
      await other.#connection.query(`KILL QUERY ${Number(this.#connection.threadId)}`).finally(() => other.close());
    } catch {
      // Then the connection is cut a little later.
    }
  }

  async close(): Promise<void> {
    const cut = setTimeout(() => this.#connection.destroy(), 2_000);
    await this.#connection.end().catch(() => undefined);
    clearTimeout(cut);
    this.#connection.destroy();
  }
}
