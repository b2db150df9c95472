import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../../../test/start-test-api.ts';
import { Database } from '../../infra/db/database.ts';
import { ChangesService } from '../changes.service.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
  for (const id of ['one', 'two']) await api.ask('POST', '/api/tenants', { id, name: id, reason: 'we need it' });
  await api.ask('POST', '/api/services', { id: 'pay' });
  await api.ask('POST', '/api/services/pay/versions', { version: '1.0.0' });
  for (const id of ['one', 'two'])
    await api.ask('PUT', `/api/tenants/${id}/services/pay/version`, { targetVersion: '1.0.0' });
});
afterAll(() => api.close());

const verify = async (query = '') => (await api.ask('GET', `/api/audit/verify${query}`)).body;
const run = (sql: string) => api.app.get(Database).client.$executeRawUnsafe(sql);
/** Does something to the log behind the back of the API, looks, and undoes it. */
async function tampered(sql: string, undo: string) {
  await run(sql);
  const answer = await verify();
  await run(undo);
  expect((await verify()).isIntact).toBe(true);
  return answer;
}
beforeEach(async () => expect(await verify()).toMatchObject({ isIntact: true, isComplete: true, fault: null }));

test('the log of a fresh system is chained from its first change, and its anchor moves with every change', async () => {
  const before = await verify();
  expect(before).toMatchObject({ unchainedCount: 0, erasedCount: 0, trimmedCount: 0 });
  expect(before.checkedCount).toBe(before.anchor.position.revision);
  await api.ask('PATCH', '/api/tenants/one', { name: 'Uno' });
  const after = await verify();
  expect(after.anchor.position.revision).toBe(before.anchor.position.revision + 1);
  expect(after.anchor.hash).not.toBe(before.anchor.hash);
});

test('thirty writers at once leave one chain, in the order of time', async () => {
  const names = Array.from({ length: 30 }, (_, index) => `writer-${index}`);
  await Promise.all(names.map((id) => api.ask('POST', '/api/tenants', { id, name: id })));
  const rows = await api.app
    .get(Database)
    .client.$queryRawUnsafe<{ sorted: boolean }[]>(
      'SELECT bool_and(at >= coalesce(before, at)) AS sorted FROM (SELECT at, lag(at) OVER (ORDER BY epoch, revision) AS before FROM changes) t',
    );
  expect(rows).toEqual([{ sorted: true }]);
});

test.each([
  [
    'item',
    `UPDATE change_items SET after = jsonb_set(after, '{version}', '"1.0.1"') WHERE key = 'two/pay'`,
    `UPDATE change_items SET after = jsonb_set(after, '{version}', '"1.0.0"') WHERE key = 'two/pay'`,
  ],
  [
    'reason',
    `UPDATE changes SET reason = 'we need ot' WHERE kind = 'tenant.created' AND reason IS NOT NULL`,
    `UPDATE changes SET reason = 'we need it' WHERE kind = 'tenant.created' AND reason IS NOT NULL`,
  ],
  [
    'actor',
    `UPDATE changes SET actor_name = actor_name || 'x' WHERE kind = 'version.created'`,
    `UPDATE changes SET actor_name = left(actor_name, -1) WHERE kind = 'version.created'`,
  ],
  [
    'actor',
    `UPDATE changes SET actor_salt = NULL, reason_hash = actor_salt WHERE kind = 'version.created'`,
    `UPDATE changes SET actor_salt = reason_hash, reason_hash = NULL WHERE kind = 'version.created'`,
  ],
  [
    'services',
    `UPDATE changes SET services = jsonb_set(services, '{0,balancer}', '"random"') WHERE kind = 'service.created'`,
    `UPDATE changes SET services = jsonb_set(services, '{0,balancer}', '"weighted_round_robin"') WHERE kind = 'service.created'`,
  ],
  [
    'head',
    `UPDATE changes SET kind = 'version.updated' WHERE kind = 'version.created'`,
    `UPDATE changes SET kind = 'version.created' WHERE kind = 'version.updated'`,
  ],
  [
    'link',
    `UPDATE changes SET at = at + interval '1 millisecond' WHERE kind = 'version.created'`,
    `UPDATE changes SET at = at - interval '1 millisecond' WHERE kind = 'version.created'`,
  ],
  [
    'items',
    `UPDATE change_items SET index = index + 1 WHERE key = 'pay/1.0.0'; `,
    `UPDATE change_items SET index = index - 1 WHERE key = 'pay/1.0.0'`,
  ],
])('one byte changed in the %s is found and the change is named', async (part, sql, undo) => {
  const kind =
    { item: 'assignment.set', reason: 'tenant.created', services: 'service.created' }[part] ?? 'version.created';
  const { body } = await api.ask('GET', `/api/changes?kind=${kind}&limit=100`);
  const { isIntact, fault } = await tampered(sql, undo);
  expect(isIntact).toBe(false);
  expect(part === 'items' ? ['item', 'items'] : [part]).toContain(fault.part);
  expect(body.items.map((one: { id: string }) => one.id)).toContain(fault.changeId);
  if (part === 'item') {
    const [named] = body.items.filter((one: { id: string }) => one.id === fault.changeId);
    expect(named.items[fault.itemIndex].key).toBe('two/pay');
  }
});

test('an item that is hashed anew after it was altered still shows, for its change no longer fits', async () => {
  const set = (version: string) => `
    WITH old AS (SELECT ctid AS place, jsonb_set(after, '{version}', '"${version}"') AS altered FROM change_items WHERE key = 'two/pay')
    UPDATE change_items SET after = altered, hash = sha256(convert_to(
      jsonb_build_array(index, entity, tenant_id, service_id, key, before, altered)::text, 'UTF8'))
    FROM old WHERE ctid = place`;
  const { fault } = await tampered(set('9.9.9'), set('1.0.0'));
  expect(fault.part).toBe('items');
});

test('a change that is taken out of the middle, or off the end, is missed', async () => {
  const keep = (where: string) => `CREATE TABLE kept AS SELECT * FROM changes WHERE ${where}`;
  for (const [where, part] of [
    [`kind = 'version.created'`, 'link'],
    ['revision = (SELECT revision FROM log_position)', 'end'],
  ] as const) {
    await run(keep(where));
    const { fault } = await tampered(`DELETE FROM changes WHERE ${where}`, 'INSERT INTO changes SELECT * FROM kept');
    expect(fault.part).toBe(part);
    await run('DROP TABLE kept');
  }
});

test('a range is checked from the hash before it, and an anchor noted earlier holds', async () => {
  const { body } = await api.ask('GET', '/api/changes?kind=version.created');
  const range = await verify(`?from=${body.items[0].id}&to=${body.items[0].id}`);
  expect(range).toMatchObject({ isIntact: true, checkedCount: 1 });
  const { anchor } = range;
  const noted = `${anchor.position.epoch}-${anchor.position.revision}`;
  expect((await verify(`?anchor=${noted}:${anchor.hash}`)).isIntact).toBe(true);
  expect((await verify(`?anchor=${noted}:${'0'.repeat(64)}`)).fault).toMatchObject({ part: 'anchor', changeId: noted });
});

test('a range that the log does not have is no sound log', async () => {
  const { epoch, revision } = (await verify()).anchor.position;
  for (const query of ['?from=nowhere-3', `?from=${epoch}-${revision + 2}`, `?to=${epoch}-${revision + 1}`])
    expect([query, (await verify(query)).code]).toEqual([query, 'CHANGE_UNKNOWN']);
  expect((await verify(`?from=${epoch}-4&to=${epoch}-3`)).code).toBe('VALIDATION_FAILED');
  expect(await verify(`?from=${epoch}-3&to=${epoch}-3`)).toMatchObject({ isIntact: true, checkedCount: 1 });
});

test('a user who is gone can be erased: the name is nowhere in the log, and the chain holds', async () => {
  const body = {
    username: 'grete',
    name: 'Grete Grau',
    role: 'GREY_ROUTER_ADMIN',
    password: 'long enough to pass 1',
    tenantIds: [],
  };
  const { id } = (await api.ask('POST', '/api/users', body)).body;
  const first = await api.login('grete', body.password);
  const changed = await api.ask(
    'PUT',
    '/api/auth/password',
    { currentPassword: body.password, newPassword: 'another one, long 2' },
    { token: first },
  );
  await api.ask(
    'PATCH',
    '/api/tenants/two',
    { name: 'Dos', reason: 'Grete wants it' },
    { token: changed.body.accessToken },
  );
  const { client } = api.app.get(Database);
  const { position } = (await api.ask('GET', '/api/changes?limit=1')).body.items[0];
  const grete = JSON.stringify({ kind: 'user', id, name: 'Grete Grau' });
  const told = JSON.stringify({ actor: { kind: 'user', name: 'Grete Grau' }, reason: 'Grete', sample: [{ key: id }] });
  await client.$executeRaw`
    INSERT INTO holds (id, service_id, from_version, to_version, scope, reason, created_by, lifted_by, lift_reason, lifted_at)
    VALUES (gen_random_uuid(), 'pay', '1.0.0', '1.0.0', '{}', 'Grete says', ${grete}::jsonb, ${grete}::jsonb, 'Grete too', now())`;
  await client.$executeRaw`
    INSERT INTO rule_drafts (service_id, document, saved_by) VALUES ('pay', '{"rules":[]}', ${grete}::jsonb)`;
  await client.$executeRaw`
    WITH channel AS (
      INSERT INTO notification_channels (id, name, is_enabled, kind, settings, secrets, subscriptions, created_by)
      VALUES (gen_random_uuid(), 'c', false, 'webhook', '{}', '', '[]', gen_random_uuid()) RETURNING id)
    INSERT INTO notification_deliveries (channel_id, epoch, revision, status, notification)
    SELECT id, ${position.epoch}, ${BigInt(position.revision)}, 'dead', ${told}::jsonb FROM channel`;
  const erase = () => api.ask('POST', '/api/audit/erase', { userId: id, withReasons: true, reason: 'asked for' });
  expect((await erase()).body.code).toBe('USER_STILL_THERE');
  await api.ask('DELETE', `/api/users/${id}`);
  expect((await erase()).body).toMatchObject({ changeCount: 1 });
  const tables = ['changes', 'change_items', 'idempotency_keys', 'holds', 'rule_drafts', 'notification_deliveries'];
  const parts = tables.map((table) => `coalesce((SELECT jsonb_agg(to_jsonb(t))::text FROM ${table} t), '')`);
  const rows = await client.$queryRawUnsafe<{ text: string }[]>(`SELECT ${parts.join(' || ')} AS text`);
  expect(rows[0]?.text).toContain('"Uno"');
  expect(rows[0]?.text).not.toMatch(/grete/i);
  expect(rows[0]?.text).not.toContain(id);
  const after = await verify();
  expect(after).toMatchObject({ isIntact: true, erasedCount: 1 });
  const { fault } = await tampered(
    `UPDATE changes SET actor_name = 'somebody' WHERE actor_name = 'erased'`,
    `UPDATE changes SET actor_name = 'erased' WHERE actor_name = 'somebody'`,
  );
  expect(fault.part).toBe('actor');
  expect((await api.ask('POST', '/api/audit/erase', { userId: 'nobody', reason: 'x' })).body.code).toBe('USER_UNKNOWN');
});

test('a new epoch goes on from the last hash of the one before', async () => {
  const { anchor } = await verify();
  await api.app.get(ChangesService).noticeLater({ ...anchor.position, revision: anchor.position.revision + 5 });
  await api.ask('POST', '/api/tenants', { id: 'later', name: 'Later' });
  const after = await verify();
  expect(after.isIntact).toBe(true);
  expect(after.anchor.position).toMatchObject({ revision: 1 });
  expect(after.anchor.position.epoch > anchor.position.epoch).toBe(true);
});
