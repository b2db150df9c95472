import { applyDelta, buildSnapshot } from '@grey/route-core';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { routingStep, type Step } from '../../test/routing-steps.ts';
import { startTestApi, type TestApi } from '../../test/start-test-api.ts';
import { Database } from '../infra/db/database.ts';
import { ChangeFeed, type CommittedChange } from './change-feed.ts';
import { ChangesService } from './changes.service.ts';
import { SnapshotStore } from './snapshot.store.ts';

let api: TestApi;
const published: CommittedChange[] = [];
beforeAll(async () => {
  api = await startTestApi();
  api.app.get(ChangeFeed).subscribe((change) => published.push(change));
});
afterAll(() => api.close());

const load = async () => buildSnapshot({ ...(await api.app.get(SnapshotStore).loadSource()), instances: [] });

test('fifty writers at once get revisions without a gap, and the feed tells them in order', async () => {
  const start = published.length;
  const before = (await load()).position.revision;
  const names = Array.from({ length: 50 }, (_, index) => `writer-${index}`);
  const answers = await Promise.all(names.map((id) => api.ask('POST', '/api/tenants', { id, name: id })));
  expect(answers.map((answer) => answer.status)).toEqual(names.map(() => 201));
  const expected = names.map((_, index) => before + 1 + index);
  expect(published.slice(start).map((one) => one.change.position.revision)).toEqual(expected);
  const { body } = await api.ask('GET', '/api/changes?limit=50');
  expect(body.items.map((one: { position: { revision: number } }) => one.position.revision).reverse()).toEqual(
    expected,
  );
});

test('one Idempotency-Key has one effect however many send it at once', async () => {
  const headers = { 'idempotency-key': 'same-key' };
  const sent = Array.from({ length: 10 }, () => api.ask('POST', '/api/services', { id: 'keyed' }, { headers }));
  const answers = await Promise.all(sent);
  const made = answers.filter((answer) => answer.status === 201);
  expect(made.length).toBeGreaterThan(0);
  for (const answer of made) expect(answer.body).toEqual(made[0]?.body);
  for (const answer of answers) expect([undefined, 'IDEMPOTENCY_IN_PROGRESS']).toContain(answer.body.code);
  const { body } = await api.ask('GET', '/api/changes?kind=service.created&serviceId=keyed');
  expect(body.items).toHaveLength(1);
});

const tenant = fc.constantFrom('ta', 'tb', 'tc', 'td', 'te', 'tf');
const service = fc.constantFrom('sa', 'sb');
const version = fc.constantFrom('1.0.0', '2.0.0', '3.0.0');
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(tenant).map(([id]): Step => ['POST', '/api/tenants', { id, name: id, tags: ['x'] }]),
  fc
    .tuple(tenant, fc.constantFrom('active', 'suspended'))
    .map(
      ([id, status]): Step => ['PATCH', `/api/tenants/${id}`, { status, region: status === 'active' ? null : 'eu' }],
    ),
  fc.tuple(tenant, fc.nat(9)).map(([id, chance]): Step => [chance === 0 ? 'DELETE' : 'GET', `/api/tenants/${id}`]),
  fc.tuple(service).map(([id]): Step => ['POST', '/api/services', { id }]),
  fc
    .tuple(service, version, fc.boolean())
    .map(
      ([id, label, isLimited]): Step => [
        'POST',
        `/api/services/${id}/versions`,
        { version: label, schemaMin: isLimited ? 3 : null },
      ],
    ),
  fc
    .tuple(service, version, fc.constantFrom('active', 'deprecated', 'retired'))
    .map(([id, label, status]): Step => ['PATCH', `/api/services/${id}/versions/${label}`, { status }]),
  fc.tuple(service, version, version).map(
    ([id, one, two]): Step => [
      'PATCH',
      `/api/services/${id}`,
      {
        defaultVersions:
          one === two
            ? []
            : [
                { version: one, weight: 4000 },
                { version: two, weight: 6000 },
              ],
      },
    ],
  ),
  fc
    .tuple(tenant, service, version, fc.option(fc.boolean(), { nil: undefined }))
    .map(
      ([tenantId, serviceId, targetVersion, pinned]): Step => [
        'PUT',
        `/api/tenants/${tenantId}/services/${serviceId}`,
        { targetVersion, ...(pinned === undefined ? {} : { pinned }) },
      ],
    ),
);

test('whatever is done, following the changes, replaying the log and loading anew give the same snapshot', async () => {
  const first = await load();
  let followed = first;
  const from = published.length;
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(step, routingStep), { minLength: 40, maxLength: 80 }), async (steps) => {
      for (const [method, target, body] of steps) {
        const answer = await api.ask(method, target, body);
        expect(answer.status).toBeLessThan(500);
      }
    }),
    { numRuns: 5, seed: 20_261_121, endOnFailure: true },
  );
  const kinds = new Set(published.slice(from).map(({ change }) => change.kind));
  for (const kind of ['rules.published', 'experiment.updated', 'lane.put', 'lane.deleted', 'flags.put'] as const)
    expect(kinds).toContain(kind);
  for (const { delta } of published.slice(from)) followed = applyDelta(followed, delta);
  const loaded = await load();
  expect(followed.position).toEqual(loaded.position);
  expect(followed.digest).toBe(loaded.digest);
  const replay = await api.app.get(SnapshotStore).loadDeltas(first.position);
  if (replay === 'reset') throw new Error('the log cannot be replayed');
  expect(replay.length).toBeGreaterThan(20);
  expect(replay.map((one) => one.delta)).toEqual(published.slice(from).map((one) => one.delta));
  expect(replay.reduce((snapshot, { delta }) => applyDelta(snapshot, delta), first).digest).toBe(loaded.digest);
});

test('a position of another epoch, or ahead of the log, cannot be resumed', async () => {
  const store = api.app.get(SnapshotStore);
  const { position } = await load();
  expect(await store.loadDeltas({ epoch: 'other', revision: 1 })).toBe('reset');
  expect(await store.loadDeltas({ ...position, revision: position.revision + 1 })).toBe('reset');
  expect(await store.loadDeltas(position)).toEqual([]);
});

test('a database that was restored to an earlier state begins a new epoch, and nothing is answered from the lost one', async () => {
  const before = (await load()).position;
  await api.ask('POST', '/api/tenants', { id: 'lost', name: 'Lost' });
  expect((await api.ask('GET', '/api/routers')).body.position).toEqual({ ...before, revision: before.revision + 1 });
  // As a restore leaves it: neither the change nor what it did is there.
  const { client } = api.app.get(Database);
  await client.$executeRaw`DELETE FROM tenants WHERE id = 'lost'`;
  await client.$executeRaw`DELETE FROM change_items WHERE tenant_id = 'lost'`;
  await client.$executeRaw`DELETE FROM changes WHERE revision > ${BigInt(before.revision)}`;
  await client.$executeRaw`UPDATE log_position SET revision = ${BigInt(before.revision)}`;
  const changes = api.app.get(ChangesService);
  await Promise.all([changes.catchUp(), changes.catchUp()]);
  const after = (await load()).position;
  expect(after.epoch > before.epoch).toBe(true);
  expect(after.revision).toBe(0);
  await vi.waitFor(async () => expect((await api.ask('GET', '/api/routers')).body.position).toEqual(after));
  const asked = { tenantId: 'lost', serviceName: 'keyed' };
  expect((await api.ask('POST', '/api/grey-router/route', asked)).body.code).toBe('TENANT_UNKNOWN');
  // Noticed a second time it is the same epoch, and changes go on from its beginning.
  await changes.noticeLater({ ...before, revision: before.revision + 1 });
  const created = await api.ask('POST', '/api/tenants?wait=converged', { id: 'next', name: 'Next' });
  expect(created.headers.get('grey-convergence')).toContain('applied=1, total=1');
  expect((await load()).position).toEqual({ epoch: after.epoch, revision: 1 });
});

test('a log that is too far ahead is read anew instead of followed', async () => {
  const { position } = await load();
  const store = api.app.get(ChangesService);
  // As other replicas would write it, without a word to this one.
  const { client } = api.app.get(Database);
  await client.$executeRaw`
    INSERT INTO changes (epoch, revision, key, kind, actor_kind, actor_id, actor_name, item_count)
    SELECT ${position.epoch}, n, gen_random_uuid(), 'tenant.updated', 'system', 'test', 'test', 0
    FROM generate_series(${position.revision + 1}::int, ${position.revision + 1_001}::int) AS n`;
  await client.$executeRaw`UPDATE log_position SET revision = revision + 1001`;
  await store.catchUp();
  await vi.waitFor(async () => {
    const { body } = await api.ask('GET', '/api/routers');
    expect(body.position).toEqual({ ...position, revision: position.revision + 1_001 });
  });
});
