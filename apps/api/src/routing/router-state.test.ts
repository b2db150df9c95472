import { buildSnapshot, createDecisionEnv, decide, type SnapshotDelta, type SnapshotSource } from '@grey/route-core';
import { makeSnapshotSource } from '@grey/testkit';
import { Logger } from '@nestjs/common';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { CommittedChange } from '../changes/change-feed.ts';
import { RouterState } from './router-state.ts';

const { instances, ...base } = makeSnapshotSource({ tenantCount: 2, serviceCount: 1 });
const { epoch } = base.position;

function at(revision: number): Omit<SnapshotSource, 'instances'> {
  return { ...base, position: { epoch, revision } };
}

function suspend(revision: number, id = 't0'): SnapshotDelta {
  return { epoch, revision, tenants: { upsert: [{ id, status: 'suspended' }] } };
}

class FakeStore {
  loads = 0;
  next: (() => Promise<Omit<SnapshotSource, 'instances'>>)[] = [];
  loadSource() {
    this.loads++;
    return (this.next.shift() ?? (async () => at(1)))();
  }
}

class FakeFeed {
  listener: ((change: CommittedChange) => void) | undefined;
  subscribe(listener: (change: CommittedChange) => void) {
    this.listener = listener;
    return () => {
      this.listener = undefined;
    };
  }
  onReset(listener: () => void) {
    this.reset = listener;
    return () => {
      this.reset = undefined;
    };
  }
  reset: (() => void) | undefined;
  send(delta: SnapshotDelta) {
    this.listener?.({ delta } as CommittedChange);
  }
}

Logger.overrideLogger(false);

describe('RouterState', () => {
  let state: RouterState | undefined;
  const setUp = () => {
    const store = new FakeStore();
    const feed = new FakeFeed();
    state = new RouterState(store, feed, { firstRetryMs: 1 });
    return { store, feed, state };
  };
  afterEach(() => state?.stop());

  it('loads once and follows changes in order', async () => {
    const { store, feed, state } = setUp();
    expect(state.snapshot).toBeUndefined();
    await state.start();
    expect(state.snapshot?.stats().activeTenantCount).toBe(2);
    feed.send(suspend(2));
    expect(state.snapshot?.position.revision).toBe(2);
    expect(state.snapshot?.stats().activeTenantCount).toBe(1);
    expect(store.loads).toBe(1);
  });

  it('ignores a change it has already', async () => {
    const { store, feed, state } = setUp();
    store.next.push(async () => at(5));
    await state.start();
    feed.send(suspend(5));
    expect(state.snapshot?.stats().activeTenantCount).toBe(2);
    expect(store.loads).toBe(1);
  });

  it('reads everything anew when a change is missing, and answers from the old one meanwhile', async () => {
    const { store, feed, state } = setUp();
    await state.start();
    let deliver = (_: Omit<SnapshotSource, 'instances'>) => {};
    store.next.push(() => new Promise((resolve) => (deliver = resolve)));
    feed.send(suspend(4));
    expect(state.snapshot?.position.revision).toBe(1);
    feed.send(suspend(5));
    feed.send(suspend(6, 't1'));
    deliver(at(4));
    await vi.waitFor(() => expect(state.snapshot?.position.revision).toBe(6));
    expect(state.snapshot?.stats().activeTenantCount).toBe(0);
    expect(store.loads).toBe(2);
  });

  it('accepts a new epoch by reading everything anew', async () => {
    const { store, feed, state } = setUp();
    await state.start();
    store.next.push(async () => ({ ...base, position: { epoch: 'next', revision: 1 } }));
    feed.send({ epoch: 'next', revision: 1 });
    await vi.waitFor(() => expect(state.snapshot?.position.epoch).toBe('next'));
  });

  it('reads everything anew when the log cannot be followed any more', async () => {
    const { store, feed, state } = setUp();
    await state.start();
    store.next.push(async () => ({ ...base, position: { epoch: 'restored', revision: 0 } }));
    feed.reset?.();
    await vi.waitFor(() => expect(state.snapshot?.position).toEqual({ epoch: 'restored', revision: 0 }));
  });

  it('loads once more when it is asked to during a load, as what is read may be too old', async () => {
    const { store, state } = setUp();
    await state.start();
    let deliver = (_: Omit<SnapshotSource, 'instances'>) => {};
    store.next.push(
      () => new Promise((resolve) => (deliver = resolve)),
      async () => at(8),
    );
    state.reload();
    state.reload();
    deliver(at(3));
    await vi.waitFor(() => expect(state.snapshot?.position.revision).toBe(8));
    expect(store.loads).toBe(3);
  });

  it('does not wait for the next attempt when it is told to load', async () => {
    const { store, state } = setUp();
    store.next.push(
      () => Promise.reject(new Error('gone')),
      async () => at(4),
    );
    const patient = new RouterState(store, new FakeFeed(), { firstRetryMs: 3_600_000 });
    await patient.start();
    patient.reload();
    await vi.waitFor(() => expect(patient.snapshot?.position.revision).toBe(4));
    patient.stop();
    state.stop();
  });

  it('repeats a failed load and says since when it fails', async () => {
    const { store, state } = setUp();
    store.next.push(
      () => Promise.reject(new Error('gone')),
      () => Promise.reject(new Error('gone still')),
    );
    await state.start();
    expect(state.snapshot).toBeUndefined();
    expect(state.loadStatus).toMatchObject({ isUp: false, error: 'gone' });
    await vi.waitFor(() => expect(state.snapshot).toBeDefined());
    expect(state.loadStatus).toEqual({ isUp: true });
    expect(store.loads).toBe(3);
  });

  it('keeps the last good snapshot while the database is gone', async () => {
    const { store, feed, state } = setUp();
    await state.start();
    const good = state.snapshot;
    store.next.push(() => Promise.reject(new Error('gone')));
    feed.send(suspend(9));
    await vi.waitFor(() => expect(store.loads).toBe(2));
    expect(state.snapshot).toBe(good);
  });

  it('keeps instances over a reload, also those that came before the first load', async () => {
    const { state, store, feed } = setUp();
    state.setInstances('service-0', [...instances]);
    await state.start();
    const ask = () => decide(state.snapshot!, { tenantId: 't0', serviceName: 'service-0' }, createDecisionEnv()).ok;
    expect(ask()).toBe(true);
    store.next.push(async () => at(9));
    feed.send(suspend(9, 't1'));
    await vi.waitFor(() => expect(state.snapshot?.position.revision).toBe(9));
    expect(ask()).toBe(true);
    state.setInstances('service-0', []);
    expect(ask()).toBe(false);
  });

  it('knows services and their versions, and forgets removed ones', async () => {
    const { state, feed } = setUp();
    await state.start();
    expect(state.hasService('service-0')).toBe(true);
    expect(state.hasVersion('service-0', 'v1.0.0')).toBe(true);
    expect(state.hasVersion('service-0', 'v9')).toBe(false);
    feed.send({ epoch, revision: 2, services: { remove: ['service-0'] } });
    expect(state.hasService('service-0')).toBe(false);
  });

  it('answers from the snapshot of an earlier run until the first load, and keeps its instances over that', async () => {
    const { state, store } = setUp();
    const earlier = buildSnapshot({ ...at(7), instances: [...instances] });
    state.restore(earlier);
    expect(state.snapshot).toBe(earlier);
    store.next.push(
      () => Promise.reject(new Error('gone')),
      async () => at(9),
    );
    await state.start();
    expect(state.snapshot).toBe(earlier);
    await vi.waitFor(() => expect(state.snapshot?.position.revision).toBe(9));
    expect(state.snapshot?.listInstances()).toEqual(earlier.listInstances());
    state.restore(earlier);
    expect(state.snapshot?.position.revision).toBe(9);
  });

  it('tells of every new snapshot', async () => {
    const { feed, state } = setUp();
    const seen: number[] = [];
    const end = state.onChanged((snapshot) => seen.push(snapshot.position.revision));
    await state.start();
    feed.send(suspend(2));
    state.setInstances('service-0', []);
    end();
    feed.send(suspend(3));
    expect(seen).toEqual([1, 2, 2]);
  });

  it('stops listening', async () => {
    const { state, feed } = setUp();
    await state.start();
    state.stop();
    expect(feed.listener).toBeUndefined();
  });
});
