import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import type { Prisma } from '../../../generated/client.ts';
import { PrismaClient } from '../../../generated/client.ts';
import { databaseUnavailable, isRetryable, isUnavailable } from './database-errors.ts';

/** What a store writes with inside a transaction. */
export type Transaction = Prisma.TransactionClient;

const ATTEMPTS = 6;
/** A bulk change of 100 000 cells takes seconds; Prisma would cut any transaction after five. */
const TRANSACTION_MS = 120_000;
const WAIT_FOR_CONNECTION_MS = 10_000;

/** The connection to the configuration database. Only stores and this folder touch Prisma. */
export class Database {
  readonly client: PrismaClient;

  /** @param url `postgresql://…` @param poolSize connections kept */
  constructor(url: string, poolSize: number) {
    const pool = new pg.Pool({
      connectionString: url,
      max: poolSize,
      connectionTimeoutMillis: 5_000,
      idleTimeoutMillis: 60_000,
    });
    // Between the pool's hands and its user's nobody listens to a connection; one that a dying server ends right then
    // would end this process. Whoever uses it next is told that it is of no use.
    pool.on('connect', (connection) => connection.on('error', () => undefined));
    const adapter = new PrismaPg(pool, { onPoolError: () => undefined, disposeExternalPool: true });
    this.client = new PrismaClient({ adapter });
  }

  /**
   * Runs one transaction at READ COMMITTED. Deadlocks and serialization failures are repeated from the start, at most
   * five times, so `work` must not keep anything outside the transaction.
   *
   * @throws ApiError DATABASE_UNAVAILABLE when the database cannot be reached
   */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.#run(() =>
      this.client.$transaction(work, { timeout: TRANSACTION_MS, maxWait: WAIT_FOR_CONNECTION_MS }),
    );
  }

  /** Several reads that see one state of the database. */
  consistentRead<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.#run(() =>
      this.client.$transaction(work, {
        isolationLevel: 'RepeatableRead',
        timeout: TRANSACTION_MS,
        maxWait: WAIT_FOR_CONNECTION_MS,
      }),
    );
  }

  /** One read or write outside a transaction. @throws ApiError DATABASE_UNAVAILABLE */
  run<T>(work: (client: PrismaClient) => Promise<T>): Promise<T> {
    return this.#run(() => work(this.client));
  }

  async close(): Promise<void> {
    await this.client.$disconnect();
  }

  async #run<T>(work: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await work();
      } catch (error) {
        if (isUnavailable(error)) throw databaseUnavailable(error);
        if (attempt >= ATTEMPTS || !isRetryable(error)) throw error;
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 10 * 2 ** attempt));
      }
    }
  }
}
