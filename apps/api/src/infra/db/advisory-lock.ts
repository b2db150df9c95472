import pg from 'pg';
import type { Transaction } from './database.ts';
import { databaseUnavailable, isUnavailable } from './database-errors.ts';

/** Names that jobs lock under; any other text in this first number of the lock belongs to somebody else. */
const SPACE = 72_707;

/**
 * Lets one replica at a time do a job. The lock belongs to a connection of its own, so it is released when the process
 * dies, whatever it was doing. A connection that is cut while the job runs releases it too: what the job writes must
 * carry a fence besides.
 */
export class AdvisoryLock {
  readonly #connectionString: string;

  constructor(connectionString: string) {
    this.#connectionString = connectionString;
  }

  /**
   * @param name of the job
   * @returns what `work` returned, or undefined when another replica (or another call here) is at it
   * @throws ApiError DATABASE_UNAVAILABLE, and what `work` throws
   */
  async tryRun<T>(name: string, work: () => Promise<T>): Promise<{ readonly result: T } | undefined> {
    const client = new pg.Client({ connectionString: this.#connectionString, connectionTimeoutMillis: 5_000 });
    client.on('error', () => undefined);
    try {
      if (!(await takes(client, name))) return undefined;
      return { result: await work() };
    } finally {
      // Ending the connection is what releases the lock.
      await client.end().catch(() => undefined);
    }
  }
}

/** Whether somebody does that job now, on any replica. */
export async function isLockHeld(tx: Transaction, name: string): Promise<boolean> {
  const rows = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 2 AND classid = ${SPACE}::bigint::oid
      AND objid = (hashtext(${name})::bigint & 4294967295)::oid
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
  return rows.length > 0;
}

async function takes(client: pg.Client, name: string): Promise<boolean> {
  try {
    await client.connect();
    const { rows } = await client.query('SELECT pg_try_advisory_lock($1, hashtext($2)) AS is_mine', [SPACE, name]);
    return rows[0].is_mine === true;
  } catch (error) {
    throw isUnavailable(error) ? databaseUnavailable(error) : error;
  }
}
