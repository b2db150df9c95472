import type { Objection } from '@grey/contracts';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../../test/start-test-api.ts';
import { VersionGuards, type VersionMove } from './version-guards.ts';

let api: TestApi;
let seen: VersionMove[] = [];
let isForbidden = (_: VersionMove): boolean => false;

beforeAll(async () => {
  api = await startTestApi();
  api.app.get(VersionGuards).register({
    name: 'test',
    check: async (_, moves) => {
      seen.push(
        ...moves.map(({ tenantId, serviceId, fromVersion, toVersion }) => ({
          tenantId,
          serviceId,
          fromVersion,
          toVersion,
        })),
      );
      return moves.filter(isForbidden).map(
        ({ tenantId, serviceId, toVersion }): Objection => ({
          code: 'INCOMPATIBLE',
          tenantId,
          serviceId,
          detail: `Not ${toVersion}.`,
          mend: 'Take v1.',
          isOverridable: true,
        }),
      );
    },
  });
  for (const id of ['shop', 'pay']) {
    await api.ask('POST', '/api/services', { id });
    for (const version of ['v1', 'v2']) await api.ask('POST', `/api/services/${id}/versions`, { version });
    await api.ask('PATCH', `/api/services/${id}`, { defaultVersions: [{ version: 'v1', weight: 10_000 }] });
  }
  for (const id of ['acme', 'beta']) await api.ask('POST', '/api/tenants', { id, name: id });
});
afterAll(() => api.close());
beforeEach(() => {
  seen = [];
  isForbidden = ({ toVersion }) => toVersion === 'v2';
});
afterEach(() => {
  isForbidden = () => false;
});

const everybody = (serviceId: string, toVersion = 'v2') => ({
  tenantId: null,
  serviceId,
  fromVersion: null,
  toVersion,
});
const split = (first: number) => [
  { version: 'v1', weight: 10_000 - first },
  { version: 'v2', weight: first },
];
const refused = (tenantId: string | null, serviceId = 'shop') => ({
  status: 409,
  body: {
    code: 'MOVE_REFUSED',
    detail: expect.stringContaining('Not v2. Take v1.'),
    objections: expect.arrayContaining([expect.objectContaining({ tenantId, serviceId, mend: 'Take v1.' })]),
  },
});

test('one cell: refused whole, and not asked when nothing changes', async () => {
  const path = '/api/tenants/acme/services/shop/version';
  expect(await api.ask('PUT', path, { targetVersion: 'v2' })).toMatchObject(refused('acme'));
  expect((await api.ask('PUT', path, { targetVersion: 'v1' })).status).toBe(200);
  seen = [];
  expect((await api.ask('PUT', path, { targetVersion: 'v1', pinned: true })).status).toBe(200);
  expect(seen).toEqual([]);
});

test('many cells: the plan refuses those objected to, with what would mend them, and applying leaves them out', async () => {
  const plan = {
    cells: [
      { tenantId: 'acme', serviceId: 'pay', targetVersion: 'v2' },
      { tenantId: 'beta', serviceId: 'pay', targetVersion: 'v1' },
    ],
  };
  const { body: planned } = await api.ask('POST', '/api/assignments/plan', plan);
  expect(planned.summary).toMatchObject({ moveCount: 1, refusedCount: 1 });
  expect(planned.refusals).toEqual([
    {
      tenantId: 'acme',
      serviceId: 'pay',
      code: 'INCOMPATIBLE',
      message: 'Not v2.',
      mend: 'Take v1.',
      isOverridable: true,
    },
  ]);
  const applied = await api.ask('POST', '/api/assignments/apply', { plan, planToken: planned.planToken });
  expect(applied.body).toMatchObject({ summary: { moveCount: 1 }, refusals: [{ tenantId: 'acme' }] });
});

test('a plan is stale when a guard has come to object', async () => {
  isForbidden = () => false;
  const plan = { cells: [{ tenantId: 'acme', serviceId: 'pay', targetVersion: 'v2' }] };
  const { body: planned } = await api.ask('POST', '/api/assignments/plan', plan);
  isForbidden = () => true;
  const applied = await api.ask('POST', '/api/assignments/apply', { plan, planToken: planned.planToken });
  expect(applied.body.code).toBe('PLAN_STALE');
});

test('a cell that is dropped goes to the default', async () => {
  isForbidden = () => false;
  await api.ask('PUT', '/api/tenants/beta/services/shop/version', { targetVersion: 'v2' });
  seen = [];
  await api.ask('POST', '/api/assignments/plan', {
    cells: [{ tenantId: 'beta', serviceId: 'shop', targetVersion: null }],
  });
  expect(seen).toEqual([{ tenantId: 'beta', serviceId: 'shop', fromVersion: 'v2', toVersion: 'v1' }]);
});

test('a default moves everybody to what gains weight', async () => {
  expect(await api.ask('PATCH', '/api/services/shop', { defaultVersions: split(1) })).toMatchObject(refused(null));
  expect(seen).toEqual([{ tenantId: null, serviceId: 'shop', fromVersion: 'v1', toVersion: 'v2' }]);
  expect((await api.ask('PATCH', '/api/services/shop', { name: 'Shop' })).status).toBe(200);
});

test('rules are not published that lead where nobody may go, and the draft stays', async () => {
  const rules = [{ id: 'beta', name: 'beta', target: { kind: 'version', version: 'v2' } }];
  await api.ask('PUT', '/api/services/shop/rules/draft', { rules });
  expect(await api.ask('POST', '/api/services/shop/rules/draft/publish', {})).toMatchObject(refused(null));
  expect(seen).toEqual([everybody('shop')]);
  expect((await api.ask('GET', '/api/services/shop/rules')).body).toMatchObject({ live: null, draft: { rules } });
});

test('an experiment is refused when it starts, not before', async () => {
  const experiment = {
    id: 'price',
    unit: { by: 'user' },
    variants: split(5_000).map((one) => ({ ...one, name: one.version })),
  };
  const made = await api.ask('POST', '/api/services/shop/experiments', experiment);
  expect([made.status, seen]).toEqual([201, []]);
  const path = '/api/services/shop/experiments/price';
  expect(await api.ask('PATCH', path, { isRunning: true })).toMatchObject(refused(null));
  const second = { ...experiment, id: 'second', isRunning: true };
  expect(await api.ask('POST', '/api/services/shop/experiments', second)).toMatchObject(refused(null));
});

test('a lane is judged with all its versions', async () => {
  const versions = [
    { serviceId: 'shop', version: 'v2' },
    { serviceId: 'pay', version: 'v1' },
  ];
  expect(await api.ask('PUT', '/api/lanes/summer', { versions })).toMatchObject(refused(null));
  expect(seen).toEqual([everybody('shop'), everybody('pay', 'v1')]);
});
