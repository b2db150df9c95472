import { expect, test } from 'vitest';
import type { SyncState } from './tenant-sync.store.ts';
import { TenantSyncStatusService } from './tenant-sync-status.service.ts';

const INTERVAL = 600_000;

function setUp() {
  const state = { now: 0, lastRunAt: null, lastGoodAt: null, staleSince: null, isUnfinished: false } as {
    -readonly [K in keyof SyncState]: SyncState[K];
  };
  const asked = { count: 0, answer: async (): Promise<void> => undefined };
  const clock = { now: 0 };
  const store = {
    readStatus: async () => {
      asked.count += 1;
      await asked.answer();
      return { state: { ...state }, history: { runs: [], counts: null, samples: null, plan: null } };
    },
  };
  return {
    state,
    asked,
    clock,
    status: new TenantSyncStatusService(
      store,
      { where: 'http://tenants/api/tenants', intervalMs: INTERVAL },
      () => clock.now,
    ),
  };
}

test('a sync that nobody runs any more is stale from when the next run should have been', async () => {
  const { state, status } = setUp();
  state.lastGoodAt = new Date(0);
  state.now = 3 * INTERVAL - 1;
  expect(await status.get()).toMatchObject({ state: 'ok', staleSince: null });
  state.now = 3 * INTERVAL;
  expect(await status.get()).toMatchObject({ state: 'stale', staleSince: new Date(INTERVAL).toISOString() });
});

test('before its first run it is stale, without a since', async () => {
  expect(await setUp().status.get()).toMatchObject({ state: 'stale', staleSince: null, lastRunAt: null });
});

test('the public pages ask the database once in two seconds', async () => {
  const { state, asked, clock, status } = setUp();
  state.lastGoodAt = new Date(0);
  await Promise.all([status.readPart(), status.readGauges()]);
  clock.now = 1_999;
  await status.readPart();
  expect(asked.count).toBe(1);
  clock.now = 2_000;
  expect(await status.readPart()).toEqual({ status: 'up' });
  expect(asked.count).toBe(2);
});

test('the public pages show what was, while the database is away or hangs', async () => {
  const { state, asked, clock, status } = setUp();
  state.lastGoodAt = new Date(0);
  state.staleSince = new Date(0);
  clock.now = 10_000;
  expect(await status.readGauges()).toEqual({ staleSeconds: 10, isAsking: false });
  asked.answer = () => Promise.reject(new Error('away'));
  clock.now = 20_000;
  expect(await status.readGauges()).toEqual({ staleSeconds: 20, isAsking: false });
  asked.answer = () => new Promise(() => {});
  clock.now = 30_000;
  expect(await status.readGauges()).toEqual({ staleSeconds: 30, isAsking: false });
});

test('without a service it is off and asks nothing', async () => {
  const readStatus = () => Promise.reject(new Error('asked'));
  const off = new TenantSyncStatusService({ readStatus }, { where: undefined, intervalMs: INTERVAL });
  expect(await off.readPart()).toEqual({ status: 'off' });
});
