import { createHash } from 'node:crypto';
import type { LockRequest } from '../tenant-database.ts';
import { waitForLock } from '../wait-for-lock.ts';
import type { PostgresConnection } from './postgres-connection.ts';

const ANSWER_MS = 10_000;

/**
 * Takes a session-level advisory lock. The name is hashed to its 64-bit key; the same name in another database of the server
 * is another lock.
 *
 * @throws UpgradeError LOCK_HELD with who holds it, CANCELLED when the signal says so
 */
export async function takeAdvisoryLock(connection: PostgresConnection, request: LockRequest): Promise<void> {
  const key = createHash('sha256').update(`grey-schema-upgrade:${request.name}`).digest().readBigInt64BE();
  await waitForLock({
    ...request,
    what: `The lock of ${request.name} on ${connection.label}`,
    async tryLock() {
      const [row] = await connection.ask<{ has: boolean }>('SELECT pg_try_advisory_lock($1) AS has', [key], ANSWER_MS);
      return row?.has === true;
    },
    describeHolder: () => describeHolder(connection, key),
  });
}

async function describeHolder(connection: PostgresConnection, key: bigint): Promise<string> {
  const unsigned = BigInt.asUintN(64, key);
  const [holder] = await connection.ask<{ pid: number; application: string; since: Date }>(
    `SELECT l.pid, coalesce(nullif(a.application_name, ''), 'an unnamed session') AS application, a.backend_start AS since
     FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
     WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
       AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
       AND l.classid = $1::oid AND l.objid = $2::oid`,
    [String(unsigned >> 32n), String(unsigned & 0xffff_ffffn)],
    ANSWER_MS,
  );
  if (holder === undefined) return 'somebody who has just let go';
  return `${holder.application}, server process ${holder.pid}, connected since ${holder.since.toISOString()}`;
}
