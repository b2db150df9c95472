import { UpgradeError } from '../upgrade-error.ts';
import { classifyPostgresError } from './classify-error.ts';
import type { Line } from './kept-connections.ts';

/** Beyond the time the server was given: after that it is not slow, it is gone. */
const GRACE_MS = 15_000;

/** One connection whose failures come in our words and which never waits for ever. */
export class PostgresConnection {
  readonly label: string;
  readonly line: Line;
  #isLost = false;

  constructor(line: Line, label: string) {
    line.sessionCount += 1;
    this.line = line;
    this.label = label;
  }

  /**
   * Runs a query without parameters, which may be several statements in one round trip.
   *
   * @param timeoutMs what the server was told; when it does not answer some time after that, the connection is cut
   * @returns rows of the last statement
   */
  async run(sql: string, timeoutMs: number): Promise<readonly unknown[]> {
    return (await this.runAll(sql, timeoutMs)).at(-1) ?? [];
  }

  /** As `run`, but returns the rows of every statement. */
  async runAll(sql: string, timeoutMs: number): Promise<readonly (readonly unknown[])[]> {
    const results = await this.#guarded(() => this.line.client.query(sql) as Promise<unknown>, timeoutMs);
    const all = (Array.isArray(results) ? results : [results]) as { rows: unknown[] }[];
    return all.map(({ rows }) => rows);
  }

  /** As `run`, for one statement with parameters. */
  async ask<Row>(sql: string, parameters: readonly unknown[], timeoutMs: number): Promise<readonly Row[]> {
    const result = await this.#guarded(() => this.line.client.query(sql, [...parameters]), timeoutMs);
    return result.rows as Row[];
  }

  /** True between BEGIN and its end, also when a statement in between has failed. */
  get isInTransaction(): boolean {
    const status = this.line.client.getTransactionStatus();
    return status === 'T' || status === 'E';
  }

  /** Number of the server's process. */
  get processId(): number {
    return (this.line.client as unknown as { processID: number }).processID;
  }

  /** Makes the session as if it had just begun. @returns false when that is not possible */
  async reset(): Promise<boolean> {
    if (this.#isLost || this.isInTransaction) return false;
    return this.run('DISCARD ALL', 0).then(
      () => true,
      () => false,
    );
  }

  async close(): Promise<void> {
    const cut = setTimeout(() => this.line.socket.destroy(), 2_000);
    await this.line.client.end().catch(() => undefined);
    clearTimeout(cut);
    this.line.socket.destroy();
  }

  async #guarded<Result>(query: () => Promise<Result>, timeoutMs: number): Promise<Result> {
    let hasBeenCut = false;
    const cut = setTimeout(() => {
      hasBeenCut = true;
      this.line.socket.destroy();
    }, timeoutMs + GRACE_MS);
    try {
      return await query();
    } catch (error) {
      const reason = hasBeenCut
        ? new UpgradeError('DATABASE_GONE', `${this.label} does not answer any more`, { cause: error })
        : classifyPostgresError(error, this.label);
      this.#isLost ||= reason.isConnectionLost;
      throw reason;
    } finally {
      clearTimeout(cut);
    }
  }
}
