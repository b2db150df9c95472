import { setTimeout } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { LockedJob, type LockedJobOptions } from './locked-job.ts';

/** A lock that replicas share, as the database's. */
class SharedLock {
  #held = new Set<string>();

  async tryRun<T>(name: string, work: () => Promise<T>) {
    if (this.#held.has(name)) return undefined;
    this.#held.add(name);
    try {
      return { result: await work() };
    } finally {
      this.#held.delete(name);
    }
  }
}

function jobWith(over: Partial<LockedJobOptions> = {}) {
  const failed: unknown[] = [];
  const options = { lock: new SharedLock(), name: 'job', everyMs: 3_600_000, work: async () => undefined, ...over };
  return { failed, job: new LockedJob({ ...options, onFailed: (error) => failed.push(error) }) };
}

/** Work that lasts until it is let go. */
function heldWork() {
  const begun: (() => void)[] = [];
  return { begun, work: () => new Promise<void>((resolve) => begun.push(resolve)) };
}

test('one replica works while another has nothing to do, and the next look of any goes on', async () => {
  const lock = new SharedLock();
  const { begun, work } = heldWork();
  const one = jobWith({ lock, work });
  const other = jobWith({ lock, work });
  const looking = one.job.look();
  await vi.waitFor(() => expect(begun).toHaveLength(1));
  await other.job.look();
  expect(begun).toHaveLength(1);
  begun[0]?.();
  await looking;
  const again = other.job.look();
  await vi.waitFor(() => expect(begun).toHaveLength(2));
  begun[1]?.();
  await again;
});

test('a look while one is under way waits for it; a nudge is followed by another, as it may have been passed by', async () => {
  const { begun, work } = heldWork();
  const { job } = jobWith({ work });
  const first = job.look();
  const second = job.look();
  await vi.waitFor(() => expect(begun).toHaveLength(1));
  job.nudge();
  job.nudge();
  // Timers of one length fire in their order: the nudge has come while the first look was under way.
  await setTimeout(0);
  begun[0]?.();
  await vi.waitFor(() => expect(begun).toHaveLength(2));
  begun[1]?.();
  await Promise.all([first, second]);
  expect(begun).toHaveLength(2);
});

test('takes no lock when there is nothing to do, and tells what failed without stopping', async () => {
  const tryRun = vi.fn(new SharedLock().tryRun);
  const idle = jobWith({ lock: { tryRun } as LockedJobOptions['lock'], isNeeded: async () => false });
  await idle.job.look();
  expect(tryRun).not.toHaveBeenCalled();
  let count = 0;
  const work = async () => {
    count += 1;
    if (count === 1) throw new Error('away');
  };
  const { job, failed } = jobWith({ work });
  await job.look();
  await job.look();
  expect(failed).toEqual([new Error('away')]);
  expect(count).toBe(2);
});

test('looks by itself once started', async () => {
  const work = vi.fn(async () => undefined);
  const { job } = jobWith({ work, everyMs: 1 });
  job.start();
  await vi.waitFor(() => expect(work.mock.calls.length).toBeGreaterThan(1));
  await job.stop();
});

test('waits for its end when stopped, says so to what runs, and begins nothing any more', async () => {
  const work = vi.fn(
    (ended: AbortSignal) => new Promise<void>((resolve) => ended.addEventListener('abort', () => resolve())),
  );
  const { job } = jobWith({ work, everyMs: 1 });
  void job.look();
  await vi.waitFor(() => expect(work).toHaveBeenCalled());
  await job.stop();
  job.start();
  job.nudge();
  await job.look();
  expect(work).toHaveBeenCalledTimes(1);
});
