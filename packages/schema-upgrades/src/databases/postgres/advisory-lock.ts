import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { UpgradeError } from '../upgrade-error.ts';
import type { PostgresConnection } from './postgres-connection.ts';

const POLL_MS = 100;
const ANSWER_MS = 10_000;

/**
 * Takes a session-level advisory lock, asking again and again: a session that waits inside the server would hold a snapshot,
 * and a concurrent index build of the one that has the lock waits for just such snapshots.
 *
 * @param name hashed to the lock's 64-bit key; the same name in another database of the server is another lock
 * @throws UpgradeError LOCK_HELD with who holds it, CANCELLED when the signal says so
 */
export async function takeAdvisoryLock(
  connection: PostgresConnection,
  name: string,
  waitMs: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const key = createHash('sha256').update(`grey-schema-upgrade:${name}`).digest().readBigInt64BE();
  const deadline = performance.now() + waitMs;
  for (;;) {
    const [row] = await connection.ask<{ has: boolean }>('SELECT pg_try_advisory_lock($1) AS has', [key], ANSWER_MS);
    if (row?.has === true) return;
    if (signal?.aborted) throw new UpgradeError('CANCELLED', 'Cancelled while waiting for the lock');
    if (performance.now() >= deadline) throw await describeHolder(connection, key, name);
    await sleep(POLL_MS, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
  }
}

async function describeHolder(connection: PostgresConnection, key: bigint, name: string): Promise<UpgradeError> {
  const unsigned = BigInt.asUintN(64, key);
  const holders = await connection.ask<{ pid: number; application: string; since: Date }>(
    `SELECT l.pid, coalesce(nullif(a.application_name, ''), 'an unnamed session') AS application, a.backend_start AS since
     FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
     WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
       AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
       AND l.classid = $1::oid AND l.objid = $2::oid`,
    [String(unsigned >> 32n), String(unsigned & 0xffff_ffffn)],
    ANSWER_MS,
  );
  const [holder] = holders;
  const who =
    holder === undefined
      ? 'somebody who has just let go'
      : `${holder.application}, server process ${holder.pid}, connected since ${holder.since.toISOString()}`;
  return new UpgradeError('LOCK_HELD', `The lock of ${name} on ${connection.label} is held by ${who}`);
}
