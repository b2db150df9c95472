import { setTimeout as sleep } from 'node:timers/promises';
import { UpgradeError } from './upgrade-error.ts';

const POLL_MS = 100;

export interface LockWait {
  readonly waitMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Asks once, without waiting. */
  tryLock(): Promise<boolean>;
  /** Who has it, in words. */
  describeHolder(): Promise<string>;
  /** `The lock of acme/payment on host:5432/tenants` */
  readonly what: string;
}

/**
 * Asks for a session lock again and again. Never a wait inside the server: on PostgreSQL it would hold a snapshot, and a
 * concurrent index build of the one that has the lock waits for just such snapshots.
 *
 * @throws UpgradeError LOCK_HELD with who holds it, CANCELLED when the signal says so
 */
export async function waitForLock({ waitMs, signal, tryLock, describeHolder, what }: LockWait): Promise<void> {
  const deadline = performance.now() + waitMs;
  while (!(await tryLock())) {
    if (signal?.aborted) throw new UpgradeError('CANCELLED', 'Cancelled while waiting for the lock');
    if (performance.now() >= deadline)
      throw new UpgradeError('LOCK_HELD', `${what} is held by ${await describeHolder()}`);
    await sleep(POLL_MS, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
  }
}
