import pg from 'pg';
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
  #hasLeft = false;
  #pendingCount = 0;

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

  /** Runs a statement of somebody else's: whatever rows it gives are let go of as they come, be they millions. */
  async exhaust(sql: string, timeoutMs: number): Promise<void> {
    const read = () =>
      new Promise<void>((resolve, reject) => {
        const query = new pg.Query({ text: sql });
        query.on('row', () => undefined);
        query.once('end', () => resolve());
        query.once('error', reject);
        this.line.client.query(query);
      });
    await this.#guarded(read, timeoutMs);
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

  /** Number of the server's process, as it was told when we connected: a pooler tells one of its own. */
  get processId(): number {
    return (this.line.client as unknown as { processID: number }).processID;
  }

  /**
   * Ends this session and hands on what it ran over, as if nothing had been. Whoever still holds the session can do nothing
   * with it any more.
   *
   * @returns undefined when the connection was in no state to be handed on, and was closed
   */
  async release(): Promise<Line | undefined> {
    if (this.#hasLeft) return undefined;
    const isFit = !this.#isLost && this.#pendingCount === 0 && !this.isInTransaction;
    const isReset =
      isFit &&
      (await this.run('DISCARD ALL', 0).then(
        () => true,
        () => false,
      ));
    if (!isReset || this.#pendingCount > 0) {
      await this.close();
      return undefined;
    }
    this.#hasLeft = true;
    return this.line;
  }

  async close(): Promise<void> {
    // What was handed on is somebody else's.
    if (this.#hasLeft) return;
    this.#hasLeft = true;
    const cut = setTimeout(() => this.line.socket.destroy(), 2_000);
    await this.line.client.end().catch(() => undefined);
    clearTimeout(cut);
    this.line.socket.destroy();
  }

  async #guarded<Result>(query: () => Promise<Result>, timeoutMs: number): Promise<Result> {
    if (this.#hasLeft) throw new UpgradeError('DATABASE_GONE', `The session on ${this.label} is over`);
    let hasBeenCut = false;
    this.#pendingCount += 1;
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
      this.#pendingCount -= 1;
      clearTimeout(cut);
    }
  }
}
