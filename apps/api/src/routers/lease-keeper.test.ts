import type { Position } from '@grey/contracts';
import { RouterLease, type RouterReport } from '@grey/propagation';
import { buildSnapshot, type Snapshot } from '@grey/route-core';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { LeaseKeeper } from './lease-keeper.ts';

const EMPTY = { tenants: [], services: [], assignments: [], schemas: [], holds: [], instances: [] };
const at = (revision: number): Position => ({ epoch: 'e', revision });
const snapshotAt = (revision: number) => buildSnapshot({ position: at(revision), ...EMPTY });

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function world({ isAlone = false } = {}) {
  const state = {
    end: at(5),
    snapshot: snapshotAt(5) as Snapshot | undefined,
    isAway: false,
    reports: 0,
    goodbyes: [] as string[],
    /** What reading the log brings. */
    caughtUpTo: 5,
    listeners: new Set<(snapshot: Snapshot) => void>(),
  };
  const lease = new RouterLease({ leaseMs: 8_000, now: () => Date.now() });
  const keeper = new LeaseKeeper({
    lease,
    store: {
      report: async () => {
        state.reports++;
        if (state.isAway) throw new Error('away');
        return state.end;
      },
      sayGoodbye: async (id) => void state.goodbyes.push(id),
    },
    router: {
      get snapshot() {
        return state.snapshot;
      },
      onChanged: (listener) => {
        state.listeners.add(listener);
        return () => state.listeners.delete(listener);
      },
    },
    catchUp: async () => {
      state.snapshot = snapshotAt(state.caughtUpTo);
    },
    report: () => ({ id: 'own' }) as RouterReport,
    isAlone,
  });
  return { state, lease, keeper };
}

it('a replica holds its lease as soon as it has started', async () => {
  const { lease, keeper } = world();
  await keeper.start();
  expect(lease.isHeld()).toBe(true);
});

it('holds it as long as the log can be read, and no longer', async () => {
  const { lease, keeper, state } = world();
  await keeper.start();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(lease.isHeld()).toBe(true);
  state.isAway = true;
  await vi.advanceTimersByTimeAsync(8_000);
  expect(lease.isHeld()).toBe(false);
  state.isAway = false;
  await vi.advanceTimersByTimeAsync(4_000);
  expect(lease.isHeld()).toBe(true);
});

it('reads on before it says that it has read to the end', async () => {
  const { lease, keeper, state } = world();
  state.end = at(9);
  state.caughtUpTo = 8;
  await keeper.start();
  expect(lease.isHeld()).toBe(false);
  state.caughtUpTo = 9;
  await vi.advanceTimersByTimeAsync(2_000);
  expect([lease.isHeld(), state.snapshot?.position.revision]).toEqual([true, 9]);
  state.snapshot = undefined;
  state.caughtUpTo = 8;
  await vi.advanceTimersByTimeAsync(8_000);
  expect(lease.isHeld()).toBe(false);
});

it('tells of a change soon where nobody hears of it otherwise', async () => {
  const { keeper, state } = world({ isAlone: true });
  await keeper.start();
  const before = state.reports;
  state.snapshot = snapshotAt(6);
  for (const listener of state.listeners) for (const _ of [1, 2]) listener(state.snapshot);
  await vi.advanceTimersByTimeAsync(50);
  expect(state.reports).toBe(before + 1);
  // Instances change the snapshot too, and are nobody's business.
  for (const listener of state.listeners) listener(snapshotAt(6));
  await vi.advanceTimersByTimeAsync(50);
  expect(state.reports).toBe(before + 1);
  expect(world().state.listeners.size).toBe(0);
});

it('says goodbye, and holds nothing after it', async () => {
  const { lease, keeper, state } = world({ isAlone: true });
  await keeper.start();
  await keeper.stop();
  expect([state.goodbyes, lease.isHeld(), state.listeners.size]).toEqual([['own'], false, 0]);
  const before = state.reports;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(state.reports).toBe(before);
});
