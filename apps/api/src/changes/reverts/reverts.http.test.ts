import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../../../test/start-test-api.ts';
import { SnapshotStore } from '../snapshot.store.ts';

// biome-ignore lint/suspicious/noExplicitAny: a test reads fields and compares them
type Loose = any;
let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
  for (const id of ['ta', 'tb', 'tc']) await send('POST', '/api/tenants', { id, name: id });
  await send('POST', '/api/services', { id: 'pay' });
  for (const version of ['1.0.0', '2.0.0', '3.0.0']) await send('POST', '/api/services/pay/versions', { version });
  for (const id of ['ta', 'tb'])
    await send('PUT', `/api/tenants/${id}/services/pay/version`, { targetVersion: '1.0.0' });
});
afterAll(() => api.close());

async function send(method: string, target: string, body?: unknown): Promise<Loose> {
  const answer = await api.ask(method, target, body);
  if (answer.status >= 300) throw new Error(`${method} ${target}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}
const lastChange = async (): Promise<Loose> => (await send('GET', '/api/changes?limit=1')).items[0];
const plan = (changeId: string, options: object = {}) => send('POST', `/api/changes/${changeId}/revert/plan`, options);
async function revert(changeId: string, options: object = {}): Promise<Loose> {
  const { planToken } = await plan(changeId, options);
  return send('POST', `/api/changes/${changeId}/revert`, { ...options, planToken, reason: 'it was wrong' });
}
const source = async () => api.app.get(SnapshotStore).loadSource();
/** What the configuration is, numbers of rule sets aside; a set without rules is as good as none. */
async function look() {
  const { items: entities } = await send('GET', '/api/state/entities?limit=1000');
  const { items: tenants } = await send('GET', '/api/state/tenants?limit=1000');
  const states = entities.map(({ entity, key, state }: Loose) => {
    const { liveRuleSet: _, normalizePath, rules: live = [], ...fields } = state;
    return { entity, key, state: live.length === 0 ? fields : { ...fields, normalizePath, live } };
  });
  return { states, tenants };
}

const rules = (version: string) => ({
  rules: [
    {
      id: 'beta',
      name: 'Beta',
      when: { op: 'exists', operand: { from: 'header', name: 'x-beta' } },
      target: { kind: 'version', version },
    },
  ],
});
const publish = async (body: object) => {
  await send('PUT', '/api/services/pay/rules/draft', body);
  return send('POST', '/api/services/pay/rules/draft/publish', {});
};
const experiment = {
  id: 'button',
  unit: { by: 'user' },
  salt: 'grain',
  variants: [
    { name: 'a', version: '1.0.0', weight: 3_000 },
    { name: 'b', version: '2.0.0', weight: 7_000 },
  ],
};

const doings: readonly (readonly [string, () => Promise<unknown>])[] = [
  ['an assignment', () => send('PUT', '/api/tenants/ta/services/pay/version', { targetVersion: '2.0.0' })],
  [
    'a first assignment',
    () => send('PUT', '/api/tenants/tc/services/pay/version', { targetVersion: '2.0.0', pinned: true }),
  ],
  ['fields of a tenant', () => send('PATCH', '/api/tenants/ta', { name: 'Anna', tags: ['vip'], status: 'suspended' })],
  ['a new tenant', () => send('POST', '/api/tenants', { id: 'td', name: 'td' })],
  ['a tenant deleted with its assignments', () => send('DELETE', '/api/tenants/tb')],
  [
    'the default of a service',
    () =>
      send('PATCH', '/api/services/pay', {
        defaultVersions: [
          { version: '1.0.0', weight: 4_000 },
          { version: '2.0.0', weight: 6_000 },
        ],
        balancer: 'random',
      }),
  ],
  [
    'a version out of use',
    () => send('PATCH', '/api/services/pay/versions/3.0.0', { status: 'deprecated', schemaMin: 3 }),
  ],
  [
    'flags',
    () =>
      send('PUT', '/api/services/pay/versions/1.0.0/flags', { flags: [{ name: 'search', value: true, rules: [] }] }),
  ],
  ['a new lane', () => send('PUT', '/api/lanes/summer', { versions: [{ serviceId: 'pay', version: '2.0.0' }] })],
  ['the first rules', () => publish(rules('2.0.0'))],
  ['other rules', () => publish(rules('3.0.0'))],
  ['a new experiment', () => send('POST', '/api/services/pay/experiments', experiment)],
];

test.each(doings)('%s can be taken back, and that taken back again', async (_, act) => {
  const before = await look();
  await act();
  const change = await lastChange();
  const after = await look();
  expect(after).not.toEqual(before);
  const reverted = await revert(change.id);
  expect(reverted.counts).toMatchObject({ conflictCount: 0, refusedCount: 0 });
  expect(await look()).toEqual(before);
  const own = await lastChange();
  expect(own).toMatchObject({ id: reverted.changeId, kind: 'change.reverted', reason: 'it was wrong' });
  expect(own.items[0]).toMatchObject({ entity: 'change', key: change.id });
  // The undo of the undo, and where a following router gets to is where one that loads anew is.
  await revert(own.id);
  expect(await look()).toEqual(after);
  const from = await api.app
    .get(SnapshotStore)
    .loadDeltas({ ...change.position, revision: change.position.revision - 1 });
  expect(from).toHaveLength(3);
  await revert((await lastChange()).id);
});

test('a deleted experiment comes back with its salt and the buckets that its variants had', async () => {
  await send('POST', '/api/services/pay/experiments', experiment);
  const { experiments: before } = [...(await source()).services][0] as Loose;
  await send('DELETE', '/api/services/pay/experiments/button');
  await revert((await lastChange()).id);
  expect(([...(await source()).services][0] as Loose).experiments).toEqual(before);
});

test('what later changes touched is left out by name, or written over when that is asked for', async () => {
  await send('PUT', '/api/tenants/ta/services/pay/version', { targetVersion: '2.0.0' });
  const change = await lastChange();
  await send('PUT', '/api/tenants/ta/services/pay/version', { targetVersion: '3.0.0' });
  const later = await lastChange();
  const planned = await plan(change.id);
  expect(planned.counts).toMatchObject({ writeCount: 0, conflictCount: 1 });
  expect(planned.conflicts).toEqual([
    expect.objectContaining({ key: 'ta/pay', changeId: later.id, text: 'ta on pay: 2.0.0 → 3.0.0' }),
  ]);
  expect((await revert(change.id)).changeId).toBeNull();
  const over = await plan(change.id, { overwrite: true });
  expect(over.writes).toEqual([expect.objectContaining({ key: 'ta/pay', text: 'ta on pay: 3.0.0 → 1.0.0' })]);
  expect((await revert(change.id, { overwrite: true })).counts.writeCount).toBe(1);
});

test('a plan writes nothing, and is void once what it would change has changed', async () => {
  await send('PUT', '/api/tenants/ta/services/pay/version', { targetVersion: '2.0.0' });
  const change = await lastChange();
  const { planToken, position } = await plan(change.id);
  expect(position).toEqual(change.position);
  expect((await lastChange()).id).toBe(change.id);
  const apply = (body: object) =>
    api.ask('POST', `/api/changes/${change.id}/revert`, { reason: 'r', planToken, ...body });
  expect((await apply({ overwrite: true })).body.code).toBe('PLAN_TOKEN_INVALID');
  await send('PUT', '/api/tenants/ta/services/pay/version', { targetVersion: '3.0.0' });
  expect((await apply({})).body.code).toBe('PLAN_STALE');
  expect((await api.ask('POST', '/api/changes/none-1/revert/plan', {})).body.code).toBe('CHANGE_UNKNOWN');
});

test('what cannot be written back is refused in words, and the rest is written', async () => {
  await send('POST', '/api/services', { id: 'mail' });
  expect((await plan((await lastChange()).id)).refusals[0]).toMatchObject({
    entity: 'service',
    code: 'NOT_REVERTIBLE',
  });
  await send('POST', '/api/services/mail/versions', { version: '1.0.0' });
  expect((await plan((await lastChange()).id)).refusals[0].message).toContain('retire');
  const body = { username: 'anna', name: 'Anna', role: 'VIEWER', password: 'long enough to pass 1', tenantIds: [] };
  await send('POST', '/api/users', body);
  expect((await plan((await lastChange()).id)).refusals[0].message).toContain('secrets');
  await send('POST', '/api/services/mail/versions', { version: '2.0.0' });
  const moved = {
    selection: { kind: 'tenants', tenantIds: ['ta', 'tb'] },
    targets: [{ serviceId: 'mail', targetVersion: '1.0.0' }],
  };
  await send('POST', '/api/assignments/apply', {
    plan: moved,
    planToken: (await send('POST', '/api/assignments/plan', moved)).planToken,
  });
  const next = { ...moved, targets: [{ serviceId: 'mail', targetVersion: '2.0.0' }] };
  await send('POST', '/api/assignments/apply', {
    plan: next,
    planToken: (await send('POST', '/api/assignments/plan', next)).planToken,
  });
  const change = await lastChange();
  await send('DELETE', '/api/tenants/ta');
  const { counts } = await revert(change.id);
  expect(counts).toMatchObject({ writeCount: 1, refusedCount: 1 });
  await send('PATCH', '/api/services/mail/versions/2.0.0', { status: 'retired' });
  await revert((await lastChange()).id);
  expect((await send('GET', '/api/services/mail/versions/2.0.0')).status).toBe('active');
});

test('a tenant goes back to where it was at a time, and nobody else', async () => {
  await send('POST', '/api/tenants', { id: 'te', name: 'Erna', tags: ['x'] });
  await send('PUT', '/api/tenants/te/services/pay/version', { targetVersion: '1.0.0' });
  const then = (await lastChange()).id;
  const shown = async (at?: string) =>
    (await send('GET', `/api/state/tenants?tenantId=te${at === undefined ? '' : `&at=${at}`}`)).items;
  const was = await shown();
  await send('PUT', '/api/tenants/te/services/pay/version', { targetVersion: '3.0.0' });
  await send('PUT', '/api/tenants/te/services/mail/version', { targetVersion: '1.0.0' });
  await send('PATCH', '/api/tenants/te', { name: 'Ernestine', tags: [] });
  await send('PUT', '/api/tenants/tb/services/pay/version', { targetVersion: '3.0.0' });
  expect(await shown(then)).toEqual(was);
  const { planToken, counts } = await send('POST', '/api/tenants/te/restore/plan', { at: then });
  expect(counts).toMatchObject({ writeCount: 3, conflictCount: 0, tenantCount: 1 });
  await send('POST', '/api/tenants/te/restore', { at: then, planToken, reason: 'back to Monday' });
  expect(await shown()).toEqual(was);
  expect(await lastChange()).toMatchObject({ kind: 'tenant.restored', itemCount: 3 });
  const nobody = await api.ask('POST', '/api/tenants/nobody/restore/plan', { at: then });
  expect([nobody.status, nobody.body.code]).toEqual([404, 'TENANT_UNKNOWN']);
  const [other] = (await send('GET', '/api/state/tenants?tenantId=tb')).items;
  expect(other.cells.find((cell: Loose) => cell.serviceId === 'pay').version).toBe('3.0.0');
});

test('a change that was taken back says by which, also when that was taken back', async () => {
  await send('PATCH', '/api/tenants/tc', { name: 'Renamed' });
  const original = await lastChange();
  expect(original.revertedBy).toBeUndefined();
  const { changeId } = await revert(original.id);
  expect((await send('GET', `/api/changes/${original.id}`)).revertedBy).toBe(changeId);
  const { changeId: again } = await revert(changeId);
  expect(await send('GET', `/api/changes/${changeId}`)).toMatchObject({ kind: 'change.reverted', revertedBy: again });
  const { items } = await send('GET', '/api/changes?limit=3');
  expect(items.map((one: Loose) => one.revertedBy)).toEqual([undefined, again, changeId]);
  expect((await api.ask('GET', `/api/changes/${original.position.epoch}-999999`)).body.code).toBe('CHANGE_UNKNOWN');
});

test('the log is filtered by who did it and when, and so is the export', async () => {
  const { items } = await send('GET', '/api/changes?limit=1000');
  const [middle] = items.slice(items.length / 2);
  const ids = async (query: string) =>
    (await send('GET', `/api/changes?limit=1000&${query}`)).items.map(({ id }: Loose) => id);
  const only = (keep: (one: Loose) => boolean) => items.filter(keep).map(({ id }: Loose) => id);
  expect(await ids(`since=${middle.at}`)).toEqual(only(({ at }) => at >= middle.at));
  expect(await ids(`until=${middle.at}`)).toEqual(only(({ at }) => at <= middle.at));
  expect(await ids('actor=ADM')).toEqual(only(({ actor }) => actor.name.includes('adm')));
  expect(await ids('actor=%25')).toEqual([]);
  const kind = 'change.reverted';
  const response = await fetch(`${api.url}/api/audit/export?kind=${kind}&until=${middle.at}`, {
    headers: { authorization: `Bearer ${api.adminToken}` },
  });
  const lines: Loose[] = (await response.text())
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const exported = lines.filter(({ type }) => type === 'change').map(({ id }) => id);
  expect(exported.reverse()).toEqual(only((one) => one.kind === kind && one.at <= middle.at));
  expect(lines.at(-1).type).toBe('end');
});

test('after all that the log is still one chain', async () => {
  expect(await send('GET', '/api/audit/verify')).toMatchObject({ isIntact: true });
});
