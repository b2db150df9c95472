import { createTestDatabase, type TestDatabase } from '@grey/testkit';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { Database } from '../infra/db/database.ts';
import { RaceLostError } from '../infra/db/database-errors.ts';
import { SyncedTenantsStore, type TenantState } from '../tenants/synced-tenants.store.ts';
import { nothing } from './sync-result.ts';
import { type RunRecord, TenantSyncStore } from './tenant-sync.store.ts';

let made: TestDatabase;
let database: Database;
let store: TenantSyncStore;
beforeEach(async () => {
  made = await createTestDatabase(inject('template'));
  database = new Database(made.connectionString, 4);
  store = new TenantSyncStore(database);
});
afterEach(async () => {
  await database.close();
  await made.drop();
});

const recordOf = (outcome: RunRecord['outcome'], startedAt: Date): RunRecord => {
  const { planToken: _, expiresAt: __, ...rest } = nothing;
  return { ...rest, outcome, trigger: 'schedule', actorName: 'test', startedAt: startedAt.toISOString() };
};
async function run(outcome: RunRecord['outcome']) {
  const begun = await store.begin();
  await store.record(begun.id, recordOf(outcome, begun.startedAt));
  return begun;
}

test('a hundred runs are kept, and the newest twenty shown', async () => {
  for (let count = 0; count < 103; count += 1) await run('unchanged');
  const ids = await database.run((client) => client.tenantSyncRun.findMany({ select: { id: true } }));
  expect(ids.map(({ id }) => Number(id)).sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i + 4));
  const { history } = await store.readStatus();
  expect(history.runs.map((one) => one.id)).toEqual(Array.from({ length: 20 }, (_, index) => 103 - index));
});

test('it is stale since the first run that was not good, until one is', async () => {
  const good = await run('applied');
  expect(await store.readState()).toMatchObject({ lastGoodAt: good.startedAt, staleSince: null });
  const first = await run('failed');
  await run('needs_confirmation');
  const last = await run('failed');
  expect(await store.readState()).toMatchObject({
    lastGoodAt: good.startedAt,
    staleSince: first.startedAt,
    lastRunAt: last.startedAt,
  });
  await run('unchanged');
  expect((await store.readState()).staleSince).toBeNull();
});

test('a run that was overtaken may neither write tenants nor say how it ended', async () => {
  const slow = await store.begin();
  const fast = await store.begin();
  expect(await database.transaction((tx) => store.holdNumber(tx, slow.id))).toBe(false);
  expect(await database.transaction((tx) => store.holdNumber(tx, fast.id))).toBe(true);
  await store.record(slow.id, recordOf('failed', slow.startedAt));
  expect((await store.readStatus()).history.runs).toEqual([]);
  expect((await store.readState()).isUnfinished).toBe(true);
  await store.record(fast.id, recordOf('unchanged', fast.startedAt));
  expect((await store.readState()).isUnfinished).toBe(false);
});

test('tenants that others changed since they were read are not written', async () => {
  const tenants = new SyncedTenantsStore();
  const state: TenantState = { name: 'A', status: 'active', tier: null, region: null, tags: ['x', 'y'], metadata: {} };
  const write = <T>(work: (tx: Parameters<typeof tenants.readAll>[0]) => Promise<T>) => database.transaction(work);
  await write((tx) => tenants.insert(tx, [{ id: 'a', state: { ...state, metadata: { key: 'value' } } }]));
  const read = await write((tx) => tenants.readAll(tx));
  expect(read).toMatchObject([
    { id: 'a', tags: ['x', 'y'], metadata: { key: 'value' }, origin: 'sync', rowVersion: 1 },
  ]);
  await write((tx) => tenants.update(tx, [{ id: 'a', state: { ...state, tags: [] } }]));
  expect(await write((tx) => tenants.readAll(tx))).toMatchObject([{ tags: [], metadata: {}, rowVersion: 2 }]);
  // A lost race is tried again, and is lost each time here.
  await expect(write((tx) => tenants.lock(tx, read))).rejects.toThrow(RaceLostError);
  await expect(write((tx) => tenants.insert(tx, [{ id: 'a', state }]))).rejects.toThrow(RaceLostError);
});
