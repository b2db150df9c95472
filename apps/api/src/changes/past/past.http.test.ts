import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { routingStep, type Step } from '../../../test/routing-steps.ts';
import { startTestApi, type TestApi } from '../../../test/start-test-api.ts';
import { Database } from '../../infra/db/database.ts';
import { SnapshotStore } from '../snapshot.store.ts';

// biome-ignore lint/suspicious/noExplicitAny: a test reads fields and compares them
type Loose = any;
let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

const get = async (path: string) => {
  const { status, body } = await api.ask('GET', path);
  if (status !== 200) throw new Error(`${path}: ${JSON.stringify(body)}`);
  return body;
};
async function pages(path: string): Promise<Loose[]> {
  const items = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const { items: some, nextCursor }: { items: Loose[]; nextCursor: string | null } = await get(
      `${path}${path.includes('?') ? '&' : '?'}limit=3${cursor && `&cursor=${cursor}`}`,
    );
    items.push(...some);
    cursor = nextCursor;
  }
  return items;
}
/** Everything the API says of one moment. */
async function look(at?: string) {
  const query = at === undefined ? '' : `?at=${at}`;
  const { counts, byVersion, position } = await get(`/api/state${query}`);
  const { items: entities } = await get(`/api/state/entities${query}${query ? '&' : '?'}limit=1000`);
  const tenants = await pages(`/api/state/tenants${query}`);
  return { counts, byVersion, position, entities, tenants };
}

const tenant = fc.constantFrom('ta', 'tb', 'tc', 'td');
const service = fc.constantFrom('sa', 'sb');
const version = fc.constantFrom('1.0.0', '2.0.0', '3.0.0');
const step: fc.Arbitrary<Step> = fc.oneof(
  tenant.map((id): Step => ['POST', '/api/tenants', { id, name: id, tags: ['x'] }]),
  fc
    .tuple(tenant, fc.constantFrom('active', 'suspended'))
    .map(([id, status]): Step => ['PATCH', `/api/tenants/${id}`, { status }]),
  fc.tuple(tenant, fc.nat(5)).map(([id, chance]): Step => [chance === 0 ? 'DELETE' : 'GET', `/api/tenants/${id}`]),
  fc
    .tuple(tenant, service, version, fc.boolean())
    .map(
      ([id, of, targetVersion, pinned]): Step => [
        'PUT',
        `/api/tenants/${id}/services/${of}/version`,
        { targetVersion, pinned },
      ],
    ),
  fc
    .tuple(service, version)
    .map(
      ([id, one]): Step => ['PATCH', `/api/services/${id}`, { defaultVersions: [{ version: one, weight: 10_000 }] }],
    ),
  routingStep,
);

/** Rules go live in two steps. */
const publication = fc.tuple(service, version, fc.constantFrom('first', 'second')).map(([id, one, rule]): Step[] => [
  [
    'PUT',
    `/api/services/${id}/rules/draft`,
    { rules: [{ id: rule, name: rule, target: { kind: 'version', version: one } }] },
  ],
  ['POST', `/api/services/${id}/rules/draft/publish`, {}],
]);
const steps = fc
  .array(fc.oneof({ weight: 9, arbitrary: step.map((one) => [one]) }, { weight: 1, arbitrary: publication }), {
    minLength: 6,
    maxLength: 10,
  })
  .map((groups) => groups.flat());

test('the state of every moment, rebuilt later, is what it was then', async () => {
  for (const id of ['sa', 'sb']) {
    await api.ask('POST', '/api/services', { id });
    for (const one of ['1.0.0', '2.0.0', '3.0.0'])
      await api.ask('POST', `/api/services/${id}/versions`, { version: one });
  }
  const seen = new Map<string, Awaited<ReturnType<typeof look>>>();
  await fc.assert(
    fc.asyncProperty(steps, async (some) => {
      for (const [method, target, body] of some) await api.ask(method, target, body);
      const now = await look();
      seen.set(`${now.position.epoch}-${now.position.revision}`, now);
      const source = await api.app.get(SnapshotStore).loadSource();
      expect(now.position).toEqual(source.position);
      expect(
        now.tenants.flatMap(({ tenantId, cells }) => cells.map((cell: object) => ({ tenantId, ...cell }))),
      ).toEqual(
        [...source.assignments].map(({ tenantId, serviceId, version: one, isPinned }) => ({
          tenantId,
          serviceId,
          version: one,
          isPinned,
        })),
      );
      expect(now.tenants.map((one) => [one.tenantId, one.state.status])).toEqual(
        [...source.tenants].map((one) => [one.id, one.status]),
      );
      const lanes = now.entities.filter((one: Loose) => one.entity === 'lane').map((one: Loose) => one.key);
      expect(lanes).toEqual([...(source.lanes ?? [])].map((lane) => lane.tag));
      const live = now.entities
        .filter((one: Loose) => one.entity === 'service')
        .map((one: Loose) => [one.key, one.state.liveRuleSet ?? null, one.state.defaultVersions[0]?.version]);
      expect(live).toEqual(
        [...source.services].map((one) => [one.id, one.ruleSet?.number ?? null, one.defaults[0]?.version]),
      );
    }),
    { numRuns: 30, seed: 20_261_122, endOnFailure: true },
  );
  expect(seen.size).toBeGreaterThan(15);
  for (const [at, then] of seen) expect(await look(at)).toEqual(then);
  const kinds = new Set(
    [...seen.values()].flatMap((one) => one.entities.map((entity: { entity: string }) => entity.entity)),
  );
  expect([...kinds].sort()).toEqual(
    expect.arrayContaining(['experiment', 'flags', 'lane', 'rule', 'service', 'version']),
  );
});

test('applied to one moment, the difference between two gives the other, both ways', async () => {
  const { items } = await get('/api/changes?limit=1000');
  const at = (index: number): string => items[Math.floor(index)].id;
  for (const [newer, older] of [
    [0, 30],
    [5, 12],
    [2, items.length - 1],
  ] as const) {
    const [from, to] = [at(older), at(newer)];
    const [was, is] = [await look(from), await look(to)];
    const cellsOf = ({ tenants }: typeof was) =>
      new Map(
        tenants.flatMap(({ tenantId, cells }) =>
          cells.map(
            (cell: Loose) =>
              [`${tenantId}/${cell.serviceId}`, { version: cell.version, isPinned: cell.isPinned }] as const,
          ),
        ),
      );
    for (const [a, b, start, end] of [
      [from, to, was, is],
      [to, from, is, was],
    ] as const) {
      const cells = cellsOf(start);
      for (const { entity, key, fields, isGone } of await pages(`/api/state/diff?from=${a}&to=${b}`)) {
        if (entity !== 'assignment') continue;
        if (isGone) cells.delete(key);
        else
          cells.set(key, {
            ...(cells.get(key) as object),
            ...Object.fromEntries(fields.map((field: Loose) => [field.name, field.to])),
          } as never);
      }
      expect(new Map([...cells].sort())).toEqual(new Map([...cellsOf(end)].sort()));
    }
  }
});

test('a time means the last change until then, and before the first there was nothing', async () => {
  const { items } = await get('/api/changes?limit=3');
  const [, second] = items;
  expect((await get(`/api/state?at=${second.at}`)).position).toEqual(second.position);
  const before = await get('/api/state?at=2001-01-01T00:00:00Z');
  expect(before).toMatchObject({ position: { revision: 0 }, at: null, byVersion: [] });
  expect(before.counts).toEqual({ tenant: 0, assignment: 0 });
  const { code } = (await api.ask('GET', `/api/state?at=${items[0].position.epoch}-999999`)).body;
  expect(code).toBe('CHANGE_UNKNOWN');
});

test('the past is searched by a part of the id, in either case', async () => {
  for (const id of ['find-me', 'Find-too', 'other']) await api.ask('POST', '/api/tenants', { id, name: id });
  await api.ask('POST', '/api/services', { id: 'found-service' });
  const { items } = await get('/api/state/tenants?search=FIND-');
  expect(items.map(({ tenantId }: { tenantId: string }) => tenantId).sort()).toEqual(['Find-too', 'find-me']);
  const { items: things } = await get('/api/state/entities?search=FOUND-S');
  expect(things).toMatchObject([{ entity: 'service', key: 'found-service' }]);
});

test('a manager sees of the past only the own tenants', async () => {
  await api.ask('POST', '/api/tenants', { id: 'mine', name: 'Mine' });
  await api.ask('POST', '/api/tenants', { id: 'foreign', name: 'Foreign' });
  for (const id of ['mine', 'foreign'])
    await api.ask('PUT', `/api/tenants/${id}/services/sa/version`, { targetVersion: '1.0.0' });
  const body = {
    username: 'manager',
    name: 'M',
    role: 'TENANT_MANAGER',
    password: 'long enough to pass 1',
    tenantIds: ['mine'],
  };
  await api.ask('POST', '/api/users', body);
  const first = await api.login('manager', body.password);
  const { accessToken: token } = (
    await api.ask(
      'PUT',
      '/api/auth/password',
      { currentPassword: body.password, newPassword: 'another one, long 2' },
      { token: first },
    )
  ).body;
  const asked = async (path: string) => (await api.ask('GET', path, undefined, { token })).body;
  expect((await asked('/api/state/tenants')).items.map((one: { tenantId: string }) => one.tenantId)).toEqual(['mine']);
  expect((await asked('/api/state')).counts).toMatchObject({ tenant: 1, assignment: 1 });
  const { items } = await asked(`/api/state/diff?from=2001-01-01T00:00:00Z&limit=1000`);
  expect([...new Set(items.flatMap((one: { tenantId: string | null }) => one.tenantId ?? []))]).toEqual(['mine']);
  expect(items.map((one: { entity: string }) => one.entity)).not.toContain('user');
  expect((await asked('/api/state/tenants?tenantId=foreign')).code).toBe('TENANT_FORBIDDEN');
});

test('of a moment whose aftermath is no longer kept nothing is said', async () => {
  const { items } = await get('/api/changes?limit=3');
  const { client } = api.app.get(Database);
  await client.$executeRaw`UPDATE changes SET trimmed_at = now() WHERE revision = ${BigInt(items[1].position.revision)}`;
  expect((await api.ask('GET', `/api/state?at=${items[2].id}`)).body.code).toBe('HISTORY_TRIMMED');
  expect((await api.ask('GET', `/api/state/diff?from=${items[2].id}`)).body.code).toBe('HISTORY_TRIMMED');
  expect((await api.ask('GET', `/api/state?at=${items[1].id}`)).status).toBe(200);
});
