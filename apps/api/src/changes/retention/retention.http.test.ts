import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../../../test/start-test-api.ts';
import { Database } from '../../infra/db/database.ts';
import { chainHashOf, GENESIS } from '../chain/chain-hash.ts';
import { SnapshotStore } from '../snapshot.store.ts';
import { HistoryRetention } from './history-retention.ts';

// biome-ignore lint/suspicious/noExplicitAny: a test reads fields and compares them
type Loose = any;
const DAY_MS = 86_400_000;
let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({ GREY_HISTORY_DAYS: 30 });
  for (let n = 0; n < 5; n += 1) await api.ask('POST', '/api/tenants', { id: `t${n}`, name: `T${n}`, reason: 'new' });
  await api.ask('POST', '/api/services', { id: 'pay' });
  await api.ask('POST', '/api/services/pay/versions', { version: '1.0.0' });
  const plan = { selection: { kind: 'all' }, targets: [{ serviceId: 'pay', targetVersion: '1.0.0' }] };
  const { planToken } = (await api.ask('POST', '/api/assignments/plan', plan)).body;
  await api.ask('POST', '/api/assignments/apply', { plan, planToken });
});
afterAll(() => api.close());

async function exported(after?: string): Promise<Loose[]> {
  const response = await fetch(`${api.url}/api/audit/export${after === undefined ? '' : `?after=${after}`}`, {
    headers: { authorization: `Bearer ${api.adminToken}` },
  });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/x-ndjson');
  const text = await response.text();
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

test('the export holds every change with all its items, and whoever reads it can follow the chain', async () => {
  const lines = await exported();
  const changes = lines.filter(({ type }) => type === 'change');
  expect(changes.map(({ position }) => position.revision)).toEqual(changes.map((_, index) => index + 1));
  for (const { id, itemCount } of changes)
    expect(lines.filter(({ type, changeId }) => type === 'item' && changeId === id)).toHaveLength(itemCount);
  let hash = GENESIS;
  for (const { position, at, payloadHash, chainHash } of changes) {
    hash = chainHashOf(hash, { ...position, atMs: Date.parse(at), payloadHash });
    expect(chainHash).toBe(hash);
  }
  expect(lines.at(-1)).toMatchObject({ type: 'end', hash, position: changes.at(-1).position });
});

test('an export that was cut off goes on after any change', async () => {
  const lines = await exported();
  const ids = lines.filter(({ type }) => type === 'change').map(({ id }) => id);
  const rest = await exported(ids[3]);
  expect(rest).toEqual(lines.slice(lines.findIndex(({ id }) => id === ids[4])));
  expect(await exported(ids.at(-1))).toEqual([lines.at(-1)]);
  expect(await exported(ids[0].replace(/-\d+$/, '-0'))).toEqual(lines);
  const lost = await api.ask('GET', `/api/audit/export?after=${ids[0]}999`);
  expect([lost.status, lost.body.code]).toEqual([404, 'CHANGE_UNKNOWN']);
});

test('what is older than is kept loses what it did, not who, when and why, and the chain holds', async () => {
  const retention = api.app.get(HistoryRetention);
  const before = await api.ask('GET', '/api/audit/verify');
  const { body: page } = await api.ask('GET', '/api/changes?kind=tenant.created&limit=100');
  expect(await retention.trim(Date.now())).toBe(0);
  // Two replicas at once: one does it.
  const trimmed = await Promise.all([
    retention.trim(Date.now() + 31 * DAY_MS),
    retention.trim(Date.now() + 31 * DAY_MS),
  ]);
  expect(Math.max(...trimmed.map((count) => count ?? 0))).toBe(before.body.checkedCount);
  const after = await api.ask('GET', '/api/audit/verify');
  expect(after.body).toMatchObject({
    isIntact: true,
    trimmedCount: before.body.checkedCount,
    anchor: before.body.anchor,
  });
  const { body: now } = await api.ask('GET', '/api/changes?kind=tenant.created&limit=100');
  const told = ({ id, actor, reason, at, itemCount }: Loose) => ({ id, actor, reason, at, itemCount });
  expect(now.items.map(told)).toEqual(page.items.map(told));
  expect(now.items.flatMap((one: Loose) => one.items)).toEqual([]);
  expect((await api.ask('POST', `/api/changes/${page.items[0].id}/revert/plan`, {})).body.code).toBe('HISTORY_TRIMMED');
});

test('who would have to follow trimmed changes reads everything anew, and the log goes on', async () => {
  const store = api.app.get(SnapshotStore);
  const { position } = await store.loadSource();
  expect(await store.loadDeltas({ ...position, revision: position.revision - 1 })).toBe('reset');
  await api.ask('PATCH', '/api/tenants/t1', { name: 'Uno' });
  expect(await store.loadDeltas(position)).toHaveLength(1);
  expect((await api.ask('GET', '/api/audit/verify')).body.isIntact).toBe(true);
  expect((await api.ask('GET', `/api/state?at=${position.epoch}-${position.revision}`)).body.counts.tenant).toBe(5);
});

test('a trimmed change whose head is altered is still found', async () => {
  const { client } = api.app.get(Database);
  await client.$executeRaw`UPDATE changes SET reason = 'old' WHERE kind = 'tenant.created' AND reason = 'new'`;
  expect((await api.ask('GET', '/api/audit/verify')).body.fault).toMatchObject({ part: 'reason' });
});
