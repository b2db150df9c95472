import { randomUUID } from 'node:crypto';
import { createTestDatabase, type TestDatabase } from '@grey/testkit';
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { Database } from '../infra/db/database.ts';
import { ClaimsStore } from './claims.store.ts';
import { UpgradeListsStore } from './upgrade-lists.store.ts';
import { advance } from './upgrade-machine.ts';
import type { NewUpgrade } from './upgrade-row.ts';
import { ClaimLost } from './upgrade-step.ts';
import { UpgradesStore } from './upgrades.store.ts';
import { Upgrades } from './upgrades.ts';

const actor = { kind: 'system', id: 'test', name: 'Test' } as const;
const [ours, theirs] = [randomUUID(), randomUUID()];
let own: TestDatabase;
let database: Database;
let claims: ClaimsStore;
let upgrades: Upgrades;

beforeAll(async () => {
  own = await createTestDatabase(inject('template'));
  database = new Database(own.connectionString, 4);
  claims = new ClaimsStore(database);
  upgrades = new Upgrades(new UpgradesStore(database), () => undefined);
  await database.client
    .$executeRaw`INSERT INTO services (id, name, unknown_tenant, balancer, fallback) VALUES ('s', 's', 'reject', 'round-robin', 'fail')`;
  await database.client
    .$executeRaw`INSERT INTO tenants (id, name, status) SELECT 't' || n, 't', 'active' FROM generate_series(1, 10) AS n`;
  await database.client.$executeRaw`
    INSERT INTO data_sources (id, tenant_id, service_id, engine, host, port, database, tls)
    SELECT gen_random_uuid(), 't' || n, 's', 'postgres', CASE WHEN n <= 4 THEN 'one' ELSE 'two' END, 5432, 'd', 'off'
    FROM generate_series(1, 10) AS n`;
});
afterAll(async () => {
  await database?.close();
  await own?.drop();
});
beforeEach(() => database.client.$executeRaw`DELETE FROM upgrades`);

const draft = (tenantId: string, more: Partial<NewUpgrade> = {}): NewUpgrade => ({
  ...{ kind: 'schema', tenantId, serviceId: 's', fromVersion: 'v1', toVersion: 'v2', schemaFrom: 0, schemaTo: 1 },
  options: {
    ...{ backup: 'never', contract: 'leave', soakSeconds: 0 },
    gates: { maxFailedShare: 1, minDecisions: 0, hookSeconds: 10 },
  },
  ...{ requestedBy: actor, reason: null },
  ...more,
});
const startMany = (ids: readonly number[], more: Partial<NewUpgrade> = {}) =>
  database.transaction((tx) =>
    upgrades.startMany(
      tx,
      ids.map((id) => draft(`t${id}`, more)),
    ),
  );
/** Takes until nothing is left to take. */
async function takeAll(limits: { overall: number; perServer: number }, owner = ours): Promise<string[]> {
  const taken: string[] = [];
  for (;;) {
    const row = await claims.claimNext(owner, limits);
    if (row === undefined) return taken;
    taken.push(row.tenantId);
  }
}
const run = () =>
  database.client
    .$executeRaw`UPDATE upgrades SET claim_until = now() - interval '1 second' WHERE claim_until IS NOT NULL`;

test('upgrades are taken in their order, as many as all replicas together may', async () => {
  expect(await startMany([3, 1, 2, 5, 4])).toBe(5);
  expect(await takeAll({ overall: 3, perServer: 9 })).toEqual(['t3', 't1', 't2']);
  expect(await takeAll({ overall: 3, perServer: 9 }, theirs)).toEqual([]);
  expect(await takeAll({ overall: 4, perServer: 9 }, theirs)).toEqual(['t5']);
});

test('no more on one server than it may have, and others go past who waits for it', async () => {
  await startMany([1, 2, 3, 5, 6, 7]);
  expect(await takeAll({ overall: 9, perServer: 2 })).toEqual(['t1', 't2', 't5', 't6']);
});

test('no more of a batch than it wants, and none that is held', async () => {
  const [batchId, held] = [randomUUID(), randomUUID()];
  await startMany([1, 2, 3], { batchId, wave: 1, batchConcurrency: 2 });
  await startMany([4, 5], { batchId: held, wave: 1, batchConcurrency: 9 });
  await database.transaction((tx) => upgrades.hold(tx, held, null, true));
  expect(await takeAll({ overall: 9, perServer: 9 })).toEqual(['t1', 't2']);
  await database.transaction((tx) => upgrades.hold(tx, held, 1, false));
  expect(await takeAll({ overall: 9, perServer: 9 })).toEqual(['t4', 't5']);
});

test('no more of a batch than it wants when many are let go at once, as by the confirmation of contract', async () => {
  await startMany([1, 2, 3], { batchId: randomUUID(), wave: 1, batchConcurrency: 1 });
  await database.client.$executeRaw`UPDATE upgrades SET state = 'running', priority = 1`;
  expect(await takeAll({ overall: 9, perServer: 9 })).toEqual(['t1']);
  await database.client.$executeRaw`UPDATE upgrades SET state = 'aborting', priority = 0 WHERE tenant_id = 't3'`;
  expect(await takeAll({ overall: 9, perServer: 9 })).toEqual(['t3']);
});

test('one that was held, stopped and tried again begins, though nobody lets its batch go on', async () => {
  const batchId = randomUUID();
  await startMany([1], { batchId, wave: 1 });
  const [id] = await database.transaction((tx) => upgrades.idsOf(tx, batchId, {}));
  await database.transaction((tx) => upgrades.hold(tx, batchId, null, true));
  await database.transaction((tx) => upgrades.requestAbort(tx, [id as string], 'stop', actor));
  const store = new UpgradesStore(database);
  await database.transaction(async (tx) => {
    const row = await store.lock(tx, id as string);
    const next = row && advance(row, { kind: 'retry', at: new Date().toISOString() });
    if (next) await store.decideMany(tx, [{ id: id as string, to: { ...next, isDue: true } }]);
  });
  expect(await takeAll({ overall: 9, perServer: 9 })).toEqual(['t1']);
});

test('a tenant has one upgrade of a service at a time, whoever starts it', async () => {
  expect(await startMany([1, 2, 1])).toBe(2);
  expect(await startMany([2, 3])).toBe(1);
  await expect(database.transaction((tx) => upgrades.start(tx, draft('t3')))).rejects.toMatchObject({
    code: 'UPGRADE_RUNNING',
  });
});

test('a worker that lost its claim writes nothing, and keeps nothing alive', async () => {
  await startMany([1]);
  const limits = { overall: 1, perServer: 1 };
  const mine = await claims.claimNext(ours, limits);
  expect(mine).toMatchObject({ state: 'running', claimNumber: 1n });
  const claim = { id: mine?.id ?? '', number: 1n };
  expect([...(await claims.renew(ours, [claim])).values()]).toEqual(['running']);
  await run();
  const others = await claims.claimNext(theirs, limits);
  expect(others).toMatchObject({ id: claim.id, claimNumber: 2n });
  await expect(database.transaction((tx) => claims.hold(tx, claim))).rejects.toThrow(ClaimLost);
  await expect(database.transaction((tx) => claims.save(tx, claim, { notes: { x: 1 } }))).rejects.toThrow(ClaimLost);
  expect(await claims.renew(ours, [claim])).toEqual(new Map());
  await claims.release(ours);
  expect([...(await claims.renew(theirs, [{ id: claim.id, number: 2n }])).values()]).toEqual(['running']);
});

test('what leads back is taken before what has begun, and that before what is new', async () => {
  await startMany([1, 2, 3]);
  const limits = { overall: 9, perServer: 9 };
  await claims.claimNext(ours, limits);
  const second = await claims.claimNext(ours, limits);
  await run();
  const asked = await database.transaction((tx) => upgrades.requestAbort(tx, [second?.id ?? ''], 'stop', actor));
  expect(asked).toEqual({ granted: [second?.id], refused: [] });
  expect(await takeAll(limits, theirs)).toEqual(['t2', 't1', 't3']);
});

test('who waits for somebody is listed before who waits for a time, and that before what runs', async () => {
  await startMany([1, 2, 3, 4, 5]);
  await database.client.$executeRaw`
    UPDATE upgrades u SET state = m.state, awaits = m.awaits
    FROM (VALUES ('t2', 'waiting', 'confirmation'), ('t3', 'waiting', 'time'), ('t4', 'running', NULL), ('t5', 'failed', NULL))
      AS m (tenant, state, awaits) WHERE u.tenant_id = m.tenant`;
  const listed = await new UpgradeListsStore(database).list({}, null, true, undefined, 10);
  expect(listed.map(({ tenantId }) => tenantId)).toEqual(['t5', 't2', 't3', 't4', 't1']);
});

test('many are aborted in one statement, those that have not begun at once', async () => {
  const batchId = randomUUID();
  await startMany([1, 2, 3, 4], { batchId, wave: 1 });
  await claims.claimNext(ours, { overall: 9, perServer: 9 });
  const ids = await database.transaction((tx) => upgrades.idsOf(tx, batchId, { wave: 1 }));
  await database.transaction((tx) => upgrades.requestAbort(tx, ids, 'stop', actor));
  const counts = await database.transaction((tx) => upgrades.counts(tx, batchId));
  expect(new Map(counts.map(({ state, count }) => [state, count]))).toEqual(
    new Map([
      ['aborting', 1],
      ['aborted', 3],
    ]),
  );
});
