import { holdPageSchema } from '@grey/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../../test/start-test-api.ts';

let api: TestApi;
let manager = '';
beforeAll(async () => {
  api = await startTestApi();
  for (const id of ['alpha', 'bravo', 'delta']) await api.ask('POST', '/api/tenants', { id, name: id });
  await api.ask('POST', '/api/services', { id: 'pay' });
  for (const version of ['v1', 'v2', 'v3']) await api.ask('POST', '/api/services/pay/versions', { version });
  const password = 'a long enough password';
  await api.ask('POST', '/api/users', {
    username: 'mia',
    name: 'Mia',
    role: 'TENANT_MANAGER',
    tenantIds: ['alpha'],
    password,
  });
  const change = { currentPassword: password, newPassword: 'another long password' };
  const changed = await api.ask('PUT', '/api/auth/password', change, { token: await api.login('mia', password) });
  manager = changed.body.accessToken;
});
afterAll(() => api.close());

async function hold(fromVersion: string, toVersion: string, affectedTenants: string[]): Promise<string> {
  const body = { serviceId: 'pay', fromVersion, toVersion, affectedTenants, reason: 'broken', maxAffected: 9 };
  const answer = await api.ask('POST', '/api/emergency/rollback', body);
  expect(answer.status).toBe(200);
  return answer.body.rollbackId;
}

test('a manager sees of a hold the own tenants alone, and no hold of others, wherever it is shown', async () => {
  const from = (await api.ask('GET', '/api/changes?limit=1')).body.items[0].id;
  const shared = await hold('v2', 'v1', ['alpha', 'bravo', 'nobody']);
  const foreign = await hold('v3', 'v1', ['bravo', 'delta']);
  const see = async (path: string) => (await api.ask('GET', path, undefined, { token: manager })).body;
  const list = holdPageSchema.parse(await see('/api/holds'));
  expect(list.items).toMatchObject([{ id: shared, scope: { tenantIds: ['alpha'] }, tenantCount: 1 }]);
  expect((await see(`/api/holds/${foreign}`)).code).toBe('HOLD_UNKNOWN');
  const changes = (await see('/api/changes?kind=hold.created')).items;
  expect(changes).toMatchObject([{ items: [{ key: shared, after: { scope: { tenantIds: ['alpha'] } } }] }]);
  const shown = [
    list,
    changes,
    await see(`/api/changes/${changes[0].id}`),
    await see(`/api/changes/${changes[0].id}/items`),
    await see(`/api/state/entities?entity=hold`),
    await see(`/api/state/diff?from=${from}`),
    await see('/api/emergency/rollbacks'),
  ];
  for (const one of shown) {
    expect(JSON.stringify(one)).toContain('alpha');
    expect(JSON.stringify(one)).not.toMatch(/bravo|delta|nobody/);
    expect(JSON.stringify(one)).not.toContain(foreign);
  }
  const all = await api.ask('GET', '/api/changes?kind=hold.created');
  expect(all.body.items).toHaveLength(2);
  expect(JSON.stringify(all.body)).toMatch(/bravo.*nobody/);
});
