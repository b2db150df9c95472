import { randomUUID } from 'node:crypto';
import { freezePageSchema, freezeSchema, problemSchema } from '@grey/contracts';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../../test/start-test-api.ts';
import { Database } from '../infra/db/database.ts';
import { FreezesGuard } from './freezes.guard.ts';
import { FreezesStore } from './freezes.store.ts';

// biome-ignore lint/suspicious/noExplicitAny: a test reads fields and compares them
type Loose = any;
const HOUR = 3_600_000;
const inHours = (hours: number) => new Date(Date.now() + hours * HOUR).toISOString();
const override = { reason: 'the bank called' };
let api: TestApi;
let manager = '';

beforeAll(async () => {
  api = await startTestApi();
  await send('POST', '/api/tenants', { id: 'ta', name: 'ta' });
  await send('POST', '/api/tenants', { id: 'tb', name: 'tb', tags: ['vip'] });
  await send('POST', '/api/tenants', { id: 'tc', name: 'tc' });
  // Never assigned anything: only a default moves it.
  await send('POST', '/api/tenants', { id: 'td', name: 'td', tags: ['vip'] });
  for (const id of ['shop', 'pay']) {
    await send('POST', '/api/services', { id });
    for (const version of ['v1', 'v2']) await send('POST', `/api/services/${id}/versions`, { version });
    await send('PATCH', `/api/services/${id}`, { defaultVersions: only('v1') });
  }
  const password = 'long enough to pass 1';
  await send('POST', '/api/users', {
    username: 'max',
    name: 'Max',
    role: 'TENANT_MANAGER',
    tenantIds: ['ta'],
    password,
  });
  const first = await api.login('max', password);
  const next = { currentPassword: password, newPassword: 'long enough to pass 2' };
  manager = (await api.ask('PUT', '/api/auth/password', next, { token: first })).body.accessToken;
});
afterAll(() => api.close());
beforeEach(async () => {
  for (const { id } of (await send('GET', '/api/freezes')).items) await send('DELETE', `/api/freezes/${id}`);
});

async function send(method: string, target: string, body?: unknown): Promise<Loose> {
  const answer = await api.ask(method, target, body);
  if (answer.status >= 300) throw new Error(`${method} ${target}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}
const only = (version: string) => [{ version, weight: 10_000 }];
const freeze = (more: object = {}): Promise<Loose> =>
  send('POST', '/api/freezes', { title: 'Sales', reason: 'busy', startsAt: inHours(-1), endsAt: inHours(1), ...more });
const setVersion = (tenant: string, targetVersion: string, more: object = {}, service = 'shop', token?: string) =>
  api.ask(
    'PUT',
    `/api/tenants/${tenant}/services/${service}/version`,
    { targetVersion, ...more },
    token ? { token } : {},
  );
const lastChange = async () => (await send('GET', '/api/changes?limit=1')).items[0];
const frozen = (tenantId: string | null, serviceId = 'shop') => ({
  status: 409,
  body: {
    code: 'MOVE_REFUSED',
    objections: expect.arrayContaining([
      expect.objectContaining({ code: 'FROZEN', tenantId, serviceId, isOverridable: true }),
    ]),
  },
});

describe('the calendar', () => {
  test('a freeze is made, changed by who saw it, and deleted; each a change that tells what', async () => {
    const made = freezeSchema.parse(await freeze({ scope: { serviceIds: ['pay'] } }));
    expect(made).toMatchObject({ state: 'active', isForEverybody: true, createdBy: { name: 'admin' }, next: null });
    expect(await lastChange()).toMatchObject({ kind: 'freeze.created', reason: 'busy', items: [{ entity: 'freeze' }] });
    const path = `/api/freezes/${made.id}`;
    const patch = (body: object, etag: string) => api.ask('PATCH', path, body, { headers: { 'If-Match': etag } });
    const changed = await patch({ endsAt: inHours(-0.5) }, made.etag);
    expect(changed.body).toMatchObject({ state: 'over', current: null, title: 'Sales' });
    expect((await patch({ title: 'x' }, made.etag)).status).toBe(412);
    expect((await patch({ endsAt: made.startsAt }, changed.body.etag)).body).toMatchObject({
      code: 'VALIDATION_FAILED',
      errors: [{ path: 'body.endsAt' }],
    });
    await send('DELETE', `${path}?reason=done`);
    expect(await lastChange()).toMatchObject({ kind: 'freeze.deleted', reason: 'done', items: [{ after: null }] });
    expect((await api.ask('GET', path)).body.code).toBe('FREEZE_UNKNOWN');
  });

  test('names that stand for nothing, and times that cannot be, are refused', async () => {
    const ask = async (more: object) =>
      (
        await api.ask('POST', '/api/freezes', {
          title: 't',
          reason: 'r',
          startsAt: inHours(0),
          endsAt: inHours(1),
          ...more,
        })
      ).body.code;
    expect(await ask({ scope: { serviceIds: ['nothing'] } })).toBe('SERVICE_UNKNOWN');
    expect(await ask({ scope: { tenantIds: ['nobody'] } })).toBe('TENANT_UNKNOWN');
    expect(await ask({ endsAt: null })).toBe('VALIDATION_FAILED');
    const recurrence = { weekdays: [5], startTime: '20:00', durationMinutes: 60, timeZone: 'Europe/Berlin' };
    expect(await ask({ recurrence: { ...recurrence, timeZone: 'Europe/Nowhere' } })).toBe('VALIDATION_FAILED');
    expect(await ask({ recurrence: { ...recurrence, startTime: '24:00' } })).toBe('VALIDATION_FAILED');
    expect(await ask({ recurrence, endsAt: null })).toBeUndefined();
  });

  test('a list keeps to a time, a span with its windows, a tenant, a service and pages', async () => {
    const weekly = { weekdays: [1, 3], startTime: '22:00', durationMinutes: 120, timeZone: 'Europe/Berlin' };
    await freeze({ title: 'weekly', startsAt: '2026-01-01T00:00:00Z', endsAt: null, recurrence: weekly });
    await freeze({ title: 'vips', scope: { tenantTags: ['vip'] } });
    await freeze({
      title: 'tc pays',
      scope: { tenantIds: ['tc'], serviceIds: ['pay'] },
      startsAt: inHours(5),
      endsAt: inHours(6),
    });
    const list = async (query: string, token?: string) => {
      const page = freezePageSchema.parse(
        (await api.ask('GET', `/api/freezes${query}`, undefined, token ? { token } : {})).body,
      );
      return page.items;
    };
    const titles = async (query: string, token?: string) => (await list(query, token)).map(({ title }) => title).sort();
    expect(await titles('')).toEqual(['tc pays', 'vips', 'weekly']);
    expect(await titles('?state=planned')).toContain('tc pays');
    expect(await titles('?tenantId=ta')).toEqual(['weekly']);
    expect(await titles('?tenantId=tb&serviceId=shop')).toEqual(['vips', 'weekly']);
    expect(await titles('?tenantId=tc&serviceId=shop')).toEqual(['weekly']);
    expect(await titles(`?at=${inHours(5.5)}`)).toContain('tc pays');
    expect(await titles('', manager)).toEqual(['vips', 'weekly']);
    expect((await api.ask('GET', '/api/freezes?tenantId=tc', undefined, { token: manager })).body.code).toBe(
      'TENANT_FORBIDDEN',
    );
    const [june] = await list('?from=2026-06-01T00:00:00Z&to=2026-06-08T00:00:00Z');
    expect(june?.occurrences).toEqual([
      { startsAt: '2026-06-01T20:00:00.000Z', endsAt: '2026-06-01T22:00:00.000Z' },
      { startsAt: '2026-06-03T20:00:00.000Z', endsAt: '2026-06-03T22:00:00.000Z' },
    ]);
    expect((await api.ask('GET', '/api/freezes?from=2026-06-01T00:00:00Z')).status).toBe(400);
    expect((await api.ask('GET', '/api/freezes?from=2026-06-01T00:00:00Z&to=2028-06-01T00:00:00Z')).status).toBe(400);
    const first = await send('GET', '/api/freezes?limit=2');
    const second = await send('GET', `/api/freezes?limit=2&cursor=${first.nextCursor}`);
    expect([...first.items, ...second.items].map(({ title }: Loose) => title)).toEqual(['tc pays', 'vips', 'weekly']);
    expect(second.nextCursor).toBeNull();
  });

  test('a freeze can be taken back, also its deletion, and stands in the state of a moment', async () => {
    const { id } = await freeze();
    const then = await lastChange();
    await send('DELETE', `/api/freezes/${id}`);
    const { planToken } = await send('POST', `/api/changes/${(await lastChange()).id}/revert/plan`, {});
    await send('POST', `/api/changes/${(await lastChange()).id}/revert`, { planToken, reason: 'no' });
    expect(await send('GET', `/api/freezes/${id}`)).toMatchObject({ title: 'Sales', state: 'active' });
    const { items } = await send('GET', `/api/state/entities?entity=freeze&at=${then.id}`);
    expect(items).toMatchObject([{ entity: 'freeze', key: id, state: { title: 'Sales' } }]);
    const { planToken: again } = await send('POST', `/api/changes/${then.id}/revert/plan`, { overwrite: true });
    await send('POST', `/api/changes/${then.id}/revert`, { planToken: again, reason: 'no', overwrite: true });
    expect((await api.ask('GET', `/api/freezes/${id}`)).status).toBe(404);
  });
});

test('a freeze keeps to its scope and its time', async () => {
  await freeze({ scope: { tenantTags: ['vip'], serviceIds: ['shop'] } });
  await freeze({ startsAt: inHours(1), endsAt: inHours(2) });
  await freeze({ startsAt: inHours(-2), endsAt: inHours(-1) });
  expect(await setVersion('tb', 'v1')).toMatchObject(frozen('tb'));
  expect((await setVersion('ta', 'v1')).status).toBe(200);
  expect((await setVersion('tb', 'v1', {}, 'pay')).status).toBe(200);
  await send('PATCH', '/api/tenants/tb', { tags: [] });
  expect((await setVersion('tb', 'v1')).status).toBe(200);
  await send('PATCH', '/api/tenants/tb', { tags: ['vip'] });
  expect(await setVersion('tb', 'v2')).toMatchObject(frozen('tb'));
  // What moves nobody is free.
  expect((await setVersion('tb', 'v1', { pinned: true })).status).toBe(200);
  await setVersion('tb', 'v1', { pinned: false });
});

test('only who may overrides, and the log says what, by whom and why', async () => {
  await freeze({ title: 'Year end', reason: 'accounts' });
  expect((await setVersion('ta', 'v2', { override }, 'shop', manager)).body).toMatchObject({
    code: 'PERMISSION_DENIED',
    detail: expect.stringContaining('changes.override'),
  });
  expect(await setVersion('ta', 'v2', {}, 'shop', manager)).toMatchObject(frozen('ta'));
  expect((await setVersion('ta', 'v2', { override, reason: 'ticket 7' })).status).toBe(200);
  expect(await lastChange()).toMatchObject({
    kind: 'assignment.set',
    actor: { name: 'admin' },
    reason: 'ticket 7 (override: the bank called)',
    itemCount: 2,
    items: [
      {
        entity: 'override',
        key: 'FROZEN',
        tenantId: 'ta',
        serviceId: 'shop',
        after: { objectionCount: 1, objections: [{ detail: expect.stringContaining('Year end'), count: 1 }] },
      },
      { entity: 'assignment', key: 'ta/shop' },
    ],
  });
  await setVersion('ta', 'v1', { override });
  expect(await lastChange()).toMatchObject({ reason: 'the bank called' });
  const overrides = await api.ask('GET', '/api/changes?overridden=FROZEN&limit=2&tenantId=ta');
  expect(overrides.body.items.map((one: { reason: string }) => one.reason)).toEqual([
    'the bank called',
    'ticket 7 (override: the bank called)',
  ]);
  expect((await api.ask('GET', '/api/changes?overridden=INCOMPATIBLE')).body.items).toEqual([]);
});

const header = { op: 'exists', operand: { from: 'header', name: 'x-beta' } };
const rules = (version: string) => [{ id: 'beta', name: 'beta', when: header, target: { kind: 'version', version } }];
const experiment = {
  id: 'price',
  unit: { by: 'user' },
  variants: [
    { name: 'a', version: 'v1', weight: 5_000 },
    { name: 'b', version: 'v2', weight: 5_000 },
  ],
};
const lane = { versions: [{ serviceId: 'shop', version: 'v2' }] };
const path = '/api/services/shop';
type Doing = readonly [what: string, prepare: () => Promise<unknown>, method: string, target: string, body?: object];
const nothing = async () => undefined;
const doings: readonly Doing[] = [
  ['a default', nothing, 'PATCH', path, { defaultVersions: only('v2') }],
  ['a default taken away', nothing, 'PATCH', path, { defaultVersions: [] }],
  [
    'rules published',
    () => send('PUT', `${path}/rules/draft`, { rules: rules('v2') }),
    'POST',
    `${path}/rules/draft/publish`,
    {},
  ],
  [
    'rules taken away',
    () => send('PUT', `${path}/rules/draft`, { rules: [] }),
    'POST',
    `${path}/rules/draft/publish`,
    {},
  ],
  ['rules published again', nothing, 'POST', `${path}/rules/revisions/1/publish`, {}],
  ['an experiment that runs', nothing, 'POST', `${path}/experiments`, { ...experiment, id: 'second', isRunning: true }],
  [
    'an experiment started',
    () => send('POST', `${path}/experiments`, experiment),
    'PATCH',
    `${path}/experiments/price`,
    { isRunning: true },
  ],
  ['an experiment stopped', nothing, 'PATCH', `${path}/experiments/price`, { isRunning: false }],
  ['a running experiment deleted', nothing, 'DELETE', `${path}/experiments/second`],
  ['a lane', nothing, 'PUT', '/api/lanes/summer', lane],
  ['another entry of a lane', nothing, 'PUT', '/api/lanes/summer', { ...lane, entry: { when: header } }],
  ['a lane deleted', nothing, 'DELETE', '/api/lanes/summer'],
];

for (const [what, prepare, method, target, body] of doings)
  test(`${what} is refused in a freeze, and made with an override`, async () => {
    await prepare();
    await freeze({ scope: { tenantTags: ['vip'] } });
    const before = await lastChange();
    const refused = await api.ask(method, target, body);
    expect(refused).toMatchObject(frozen(null));
    expect(problemSchema.parse(refused.body).objections?.[0]?.detail).toMatch(
      /1 tenant\(s\): td|2 tenant\(s\): tb, td/,
    );
    expect(await lastChange()).toEqual(before);
    const query = method === 'DELETE' ? '?overrideReason=the%20bank%20called' : '';
    const made = await api.ask(method, `${target}${query}`, body && { ...body, override });
    expect([made.status, made.body.detail]).toEqual([expect.toSatisfy((status: number) => status < 300), undefined]);
    const change = await lastChange();
    expect(change).toMatchObject({ reason: 'the bank called', id: expect.not.stringMatching(before.id) });
    expect(change.items[0]).toMatchObject({ entity: 'override', serviceId: 'shop', key: 'FROZEN' });
  });

test('rules and experiments that move nobody are free', async () => {
  const named = rules('v2').map((rule) => ({ ...rule, name: 'Beta', fallback: { mode: 'fail' } }));
  await freeze();
  await send('PUT', `${path}/rules/draft`, { rules: named });
  await send('POST', `${path}/rules/draft/publish`, {});
  await send('POST', `${path}/experiments`, { ...experiment, id: 'third' });
  await send('DELETE', `${path}/experiments/third`);
  await send('PATCH', path, { name: 'The shop' });
});

describe('plans', () => {
  const plan = { selection: { kind: 'all' }, targets: [{ serviceId: 'pay', targetVersion: 'v2' }] };

  test('frozen cells are refused in the plan, or overridden with it', async () => {
    await freeze({ scope: { tenantIds: ['tc'] } });
    const planned = await send('POST', '/api/assignments/plan', plan);
    expect(planned).toMatchObject({ summary: { moveCount: 3, refusedCount: 1 }, overridden: [] });
    expect(planned.refusals).toMatchObject([{ tenantId: 'tc', code: 'FROZEN', isOverridable: true }]);
    const bold = { ...plan, override };
    const second = await send('POST', '/api/assignments/plan', bold);
    expect(second).toMatchObject({ summary: { moveCount: 4 }, refusals: [], overridden: [{ tenantId: 'tc' }] });
    const swapped = await api.ask('POST', '/api/assignments/apply', { plan: bold, planToken: planned.planToken });
    expect(swapped.body.code).toBe('PLAN_TOKEN_INVALID');
    const done = await send('POST', '/api/assignments/apply', { plan: bold, planToken: second.planToken });
    expect(done).toMatchObject({ summary: { moveCount: 4 }, overridden: [{ tenantId: 'tc' }] });
    expect((await lastChange()).items[0]).toMatchObject({ entity: 'override', after: { objectionCount: 1 } });
  });

  test('a freeze that begins after the plan stops it, and who is frozen is named', async () => {
    const back = { ...plan, targets: [{ serviceId: 'pay', targetVersion: 'v1' }] };
    const { planToken } = await send('POST', '/api/assignments/plan', back);
    await freeze({ scope: { tenantIds: ['tc'] } });
    const { body } = await api.ask('POST', '/api/assignments/apply', { plan: back, planToken });
    expect(body).toMatchObject({ code: 'PLAN_STALE', detail: expect.stringContaining('Sales') });
    expect(body.objections).toMatchObject([{ code: 'FROZEN', tenantId: 'tc' }]);
  });

  test('a change that began before a freeze is written before it', async () => {
    await setVersion('ta', 'v1', {}, 'pay');
    const [moved, made] = await Promise.all([setVersion('ta', 'v2', {}, 'pay'), freeze()]);
    const changes = (await send('GET', '/api/changes?limit=2')).items.map(({ kind }: Loose) => kind);
    expect(made.state).toBe('active');
    if (moved.status === 200) expect(changes).toEqual(['freeze.created', 'assignment.set']);
    else expect(moved).toMatchObject(frozen('ta', 'pay'));
  });
});

describe('taking back', () => {
  test('a revert and a restore leave frozen cells out, unless overridden', async () => {
    await setVersion('ta', 'v1');
    const then = await lastChange();
    await setVersion('ta', 'v2');
    const change = await lastChange();
    await freeze();
    const refused = await send('POST', `/api/changes/${change.id}/revert/plan`, {});
    expect(refused).toMatchObject({ counts: { writeCount: 0, refusedCount: 1 }, overridden: [] });
    expect(refused.refusals).toMatchObject([{ key: 'ta/shop', code: 'FROZEN', isOverridable: true }]);
    const restored = await send('POST', '/api/tenants/ta/restore/plan', { at: then.id });
    expect(restored.refusals).toMatchObject([{ code: 'FROZEN' }]);
    const planned = await send('POST', `/api/changes/${change.id}/revert/plan`, { override });
    expect(planned).toMatchObject({ counts: { writeCount: 1 }, overridden: [{ code: 'FROZEN', tenantId: 'ta' }] });
    await send('POST', `/api/changes/${change.id}/revert`, { override, planToken: planned.planToken, reason: 'wrong' });
    const own = await lastChange();
    expect(own.reason).toBe('wrong (override: the bank called)');
    expect(own.items.map(({ entity }: Loose) => entity)).toEqual(['override', 'change', 'assignment']);
    // What was overridden is no thing that could be taken back.
    const undone = await send('POST', `/api/changes/${own.id}/revert/plan`, { override });
    expect(undone).toMatchObject({ counts: { writeCount: 1, refusedCount: 0 } });
  });

  test('whole things are refused with the word that they could be overridden', async () => {
    await send('PATCH', path, { defaultVersions: only('v1') });
    const change = await lastChange();
    await freeze();
    const { refusals } = await send('POST', `/api/changes/${change.id}/revert/plan`, {});
    expect(refusals).toMatchObject([{ entity: 'service', code: 'MOVE_REFUSED', isOverridable: true }]);
  });
});

test('an emergency goes through and says what it overrode; lifting its hold is refused like any other move', async () => {
  // By the default, which bookkeeping leaves as it is: lifting moves the tenant back.
  await send('PATCH', path, { defaultVersions: only('v2') });
  await freeze({ title: 'Year end' });
  const wish = { serviceId: 'shop', fromVersion: 'v2', toVersion: 'v1', affectedTenants: ['td'] };
  const plan = await send('POST', '/api/emergency/rollback/plan', wish);
  expect(plan.frozen).toMatchObject([{ tenantId: 'td', detail: expect.stringContaining('Year end') }]);
  const done = await send('POST', '/api/emergency/rollback', { ...wish, reason: 'broken', maxAffected: 1 });
  expect(done.frozen).toEqual(plan.frozen);
  const { items } = (await send('GET', '/api/changes?limit=1&kind=hold.created')).items[0];
  expect(items[0].after.overridden).toEqual(plan.frozen);
  const undone = await api.ask('POST', `/api/emergency/rollbacks/${done.rollbackId}/undo`, { reason: 'mended' });
  expect(undone).toMatchObject({ status: 428, body: { plan: { objections: [{ code: 'FROZEN', tenantId: 'td' }] } } });
  const lift = `/api/holds/${done.rollbackId}/lift`;
  const { planToken } = (await api.ask('POST', lift, { reason: 'mended' })).body.plan;
  expect(await api.ask('POST', lift, { reason: 'mended', planToken })).toMatchObject(frozen('td'));
  await send('POST', lift, { reason: 'mended', planToken, override });
  expect(await lastChange()).toMatchObject({ kind: 'hold.lifted', reason: 'mended (override: the bank called)' });
});

const tenants = { ta: [], tb: ['vip'], tc: ['vip', 'eu'], td: ['eu'] } as const;
const worlds = fc.record({
  freezes: fc.array(
    fc.record({
      tenantIds: fc.subarray(Object.keys(tenants), { maxLength: 2 }),
      tenantTags: fc.subarray(['vip', 'eu', 'none'], { maxLength: 2 }),
      serviceIds: fc.subarray(['shop', 'pay']),
      from: fc.integer({ min: -3, max: 1 }),
      hours: fc.constantFrom(1.5, 2.5),
      isWeekly: fc.boolean(),
    }),
    { maxLength: 4 },
  ),
  cells: fc.uniqueArray(
    fc.record({
      tenantId: fc.constantFrom(...Object.keys(tenants)),
      serviceId: fc.constantFrom('shop', 'pay'),
      isPinned: fc.boolean(),
    }),
    { selector: ({ tenantId, serviceId }) => `${tenantId}/${serviceId}` },
  ),
  moves: fc.array(
    fc.record({
      tenantId: fc.option(fc.constantFrom(...Object.keys(tenants))),
      serviceId: fc.constantFrom('shop', 'pay'),
      isDefault: fc.boolean(),
    }),
    { minLength: 1, maxLength: 6 },
  ),
});

test('the guard says what a judge says who looks at every tenant and freeze in the database', async () => {
  const undo = new Error('tried');
  const guard = api.app.get(FreezesGuard);
  const store = api.app.get(FreezesStore);
  await fc.assert(
    fc.asyncProperty(worlds, async ({ freezes, cells, moves: drawn }) => {
      const moves = drawn.map((one) => ({
        ...one,
        fromVersion: null,
        toVersion: 'v2',
        isDefault: one.isDefault && one.tenantId === null,
      }));
      const now = Date.now();
      const isActive = ({ from, hours }: (typeof freezes)[number]) => from <= 0 && from + hours > 0;
      const frozen = (tenantId: string, tags: readonly string[], serviceId: string) =>
        freezes.some(
          (one) =>
            isActive(one) &&
            (one.serviceIds.length === 0 || one.serviceIds.includes(serviceId)) &&
            (one.tenantIds.length + one.tenantTags.length === 0 ||
              one.tenantIds.includes(tenantId) ||
              one.tenantTags.some((tag) => tags.includes(tag))),
        );
      const everybody = [...Object.entries<readonly string[]>(tenants), ['newcomer', []] as const];
      const expected = moves.flatMap(({ tenantId, serviceId, isDefault }) => {
        const reached = everybody.filter(([id]) => {
          if (tenantId !== null) return id === tenantId;
          const cell = cells.find((one) => one.tenantId === id && one.serviceId === serviceId);
          return isDefault ? cell === undefined : cell?.isPinned !== true;
        });
        return reached.some(([id, tags]) => frozen(id, tags, serviceId)) ? [`${tenantId}/${serviceId}`] : [];
      });
      const work = api.app.get(Database).transaction(async (tx) => {
        await tx.$executeRaw`DELETE FROM freezes`;
        await tx.$executeRaw`DELETE FROM assignments`;
        for (const [id, tags] of Object.entries(tenants))
          await tx.tenant.update({ where: { id }, data: { tags: [...tags] } });
        for (const cell of cells) await tx.assignment.create({ data: { ...cell, version: 'v1' } });
        for (const { from, hours, isWeekly, ...scope } of freezes) {
          const startsAt = new Date(now + from * HOUR);
          const endsAt = new Date(startsAt.getTime() + hours * HOUR);
          // Every minute of the week: the windows are cut to start and end.
          const recurrence = {
            weekdays: [1, 2, 3, 4, 5, 6, 7],
            startTime: '00:00',
            durationMinutes: 1_440,
            timeZone: 'UTC',
          };
          const fields = {
            ...scope,
            title: 't',
            reason: 'r',
            startsAt,
            endsAt,
            recurrence: isWeekly ? recurrence : null,
          };
          await store.put(tx, randomUUID(), fields, { kind: 'user', id: 'u', name: 'u' });
        }
        const found = (await guard.check(tx, moves, {})).map(({ tenantId, serviceId }) => `${tenantId}/${serviceId}`);
        expect(found.sort()).toEqual([...new Set(expected)].sort());
        throw undo;
      });
      await expect(work).rejects.toBe(undo);
    }),
    { numRuns: 60 },
  );
});

test('the log stays one chain', async () => {
  expect(await send('GET', '/api/audit/verify')).toMatchObject({ isIntact: true });
});
