import { createHash } from 'node:crypto';
import type { LockRequest } from '../tenant-database.ts';
import { waitForLock } from '../wait-for-lock.ts';
import type { MysqlConnection } from './mysql-connection.ts';

const ANSWER_MS = 10_000;

/**
 * Takes a user lock of the server. It stays with the session until the session ends, and that is not before a statement ends
 * that goes on after its client was killed: whoever gets the lock finds nobody else at work. Its name is hashed, as a lock's
 * has at most 64 characters; it holds for the whole server.
 *
 * @returns the name that the server knows it by
 * @throws UpgradeError LOCK_HELD with who holds it, CANCELLED when the signal says so
 */
export async function takeUserLock(connection: MysqlConnection, request: LockRequest): Promise<string> {
  const { name } = request;
  const key = `grey:${createHash('sha256').update(`grey-schema-upgrade:${name}`).digest('hex').slice(0, 48)}`;
  await waitForLock({
    ...request,
    what: `The lock of ${name} on ${connection.label}`,
    async tryLock() {
      const [row] = await connection.run<{ has: number | null }>('SELECT GET_LOCK(?, 0) AS has', ANSWER_MS, [key]);
      return Number(row?.has) === 1;
    },
    async describeHolder() {
      const sql = 'SELECT IS_USED_LOCK(?) AS id';
      const [row] = await connection.run<{ id: string | number | null }>(sql, ANSWER_MS, [key]);
      return row?.id == null ? 'somebody who has just let go' : `the session with connection id ${row.id}`;
    },
  });
  return key;
}
