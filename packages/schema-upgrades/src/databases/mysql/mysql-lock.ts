import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { UpgradeError } from '../upgrade-error.ts';
import type { MysqlConnection } from './mysql-connection.ts';

const POLL_MS = 100;
const ANSWER_MS = 10_000;

/**
 * Takes a user lock of the server. It stays with the session until the session ends, and that is not before a statement ends
 * that goes on after its client was killed: whoever gets the lock finds nobody else at work.
 *
 * @param name hashed, as a lock's name has at most 64 characters; it holds for the whole server
 * @throws UpgradeError LOCK_HELD with who holds it, CANCELLED when the signal says so
 */
export async function takeUserLock(
  connection: MysqlConnection,
  name: string,
  waitMs: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const key = `grey:${createHash('sha256').update(`grey-schema-upgrade:${name}`).digest('hex').slice(0, 48)}`;
  const deadline = performance.now() + waitMs;
  for (;;) {
    const [row] = await connection.run<{ has: number | null }>('SELECT GET_LOCK(?, 0) AS has', ANSWER_MS, [key]);
    if (Number(row?.has) === 1) return;
    if (signal?.aborted) throw new UpgradeError('CANCELLED', 'Cancelled while waiting for the lock');
    if (performance.now() >= deadline) throw await describeHolder(connection, key, name);
    await sleep(POLL_MS, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
  }
}

async function describeHolder(connection: MysqlConnection, key: string, name: string): Promise<UpgradeError> {
  const [row] = await connection.run<{ id: string | number | null }>('SELECT IS_USED_LOCK(?) AS id', ANSWER_MS, [key]);
  const who = row?.id == null ? 'somebody who has just let go' : `the session with connection id ${row.id}`;
  return new UpgradeError('LOCK_HELD', `The lock of ${name} on ${connection.label} is held by ${who}`);
}
