import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ChannelSender } from './channel-sender.ts';
import type { DeliveriesStore } from './deliveries.store.ts';
import type { LogReaderStore } from './log-reader.store.ts';
import { NotificationMetrics } from './notification-metrics.ts';
import { Notifier } from './notifier.ts';

beforeEach(() => {
  Logger.overrideLogger(false);
  vi.useFakeTimers();
});
afterEach(() => void vi.useRealTimers());

function setUp(readOn: () => Promise<boolean>) {
  const deliveries: Partial<DeliveriesStore> = {
    listDue: async () => [],
    count: async () => ({ channelCount: 2, pendingCount: 1, deadCount: 0, oldestMs: 0 }),
    release: async () => undefined,
  };
  const settings = { timeoutMs: 100, attempts: 3, backOffMs: 10 };
  return new Notifier(
    { readOn } as LogReaderStore,
    deliveries as DeliveriesStore,
    {} as ChannelSender,
    new NotificationMetrics(),
    settings,
  );
}

test('changes that come without a pause do not put the look off', async () => {
  let looks = 0;
  const notifier = setUp(async () => {
    looks += 1;
    return false;
  });
  for (let at = 0; at < 400; at += 5) {
    notifier.wake();
    await vi.advanceTimersByTimeAsync(5);
  }
  // Nor does each of them have a look of its own.
  expect(looks).toBeGreaterThanOrEqual(10);
  expect(looks).toBeLessThanOrEqual(21);
  await notifier.stop();
});

test('looks never overlap, and a wish during one is met after it', async () => {
  const open: (() => void)[] = [];
  const notifier = setUp(
    () =>
      new Promise((resolve) => {
        open.push(() => resolve(false));
      }),
  );
  notifier.wake();
  await vi.advanceTimersByTimeAsync(25);
  notifier.wake();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(open).toHaveLength(1);
  open[0]?.();
  await vi.advanceTimersByTimeAsync(1);
  expect(open).toHaveLength(2);
  open[1]?.();
  await notifier.stop();
});

test('while there is more in the log it goes on at once, else it looks every second', async () => {
  const more = [true, true, false];
  const times: number[] = [];
  const notifier = setUp(async () => {
    times.push(Date.now());
    return more.shift() ?? false;
  });
  const startedAt = Date.now();
  notifier.start();
  await vi.advanceTimersByTimeAsync(3_000);
  // A timer of none takes a millisecond.
  expect(times.map((at) => at - startedAt).slice(0, 4)).toEqual([1_000, 1_001, 1_002, 2_002]);
  await notifier.stop();
  const count = times.length;
  await vi.advanceTimersByTimeAsync(3_000);
  expect(times).toHaveLength(count);
});

test('while the database is away the part is down, and up again with the first look that succeeds', async () => {
  let isAway = true;
  const notifier = setUp(async () => {
    if (isAway) throw new Error('away');
    return false;
  });
  notifier.start();
  await vi.advanceTimersByTimeAsync(1_500);
  expect(notifier.readPart()).toMatchObject({ status: 'down', since: expect.any(String) });
  isAway = false;
  await vi.advanceTimersByTimeAsync(1_000);
  expect(notifier.readPart()).toEqual({ status: 'up', detail: '2 channels, 1 waiting, 0 dead' });
  await notifier.stop();
});
