import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../../test/start-test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

test('a tenant is created once, and the second attempt is refused', async () => {
  const first = await api.ask('POST', '/api/tenants', { id: 'once', name: 'Once', tags: ['beta'] });
  expect(first.status).toBe(201);
  expect(first.headers.get('etag')).toBe(first.body.etag);
  const second = await api.ask('POST', '/api/tenants', { id: 'once', name: 'Twice' });
  expect([second.status, second.body.code]).toEqual([409, 'TENANT_EXISTS']);
  expect((await api.ask('GET', '/api/tenants/once')).body.name).toBe('Once');
});

test('an update with a stale entity tag is refused with the state as it is', async () => {
  const { body: made } = await api.ask('POST', '/api/tenants', { id: 'etag', name: 'A' });
  const fresh = await api.ask('PATCH', '/api/tenants/etag', { name: 'B' }, { headers: { 'if-match': made.etag } });
  expect([fresh.status, fresh.body.name]).toEqual([200, 'B']);
  const stale = await api.ask('PATCH', '/api/tenants/etag', { name: 'C' }, { headers: { 'if-match': made.etag } });
  expect([stale.status, stale.body.code, stale.body.current.name]).toEqual([412, 'PRECONDITION_FAILED', 'B']);
});

test('an update that changes nothing writes no change', async () => {
  await api.ask('POST', '/api/tenants', { id: 'same', name: 'Same' });
  const before = await api.ask('GET', '/api/changes?limit=1');
  expect((await api.ask('PATCH', '/api/tenants/same', { name: 'Same' })).status).toBe(200);
  const after = await api.ask('GET', '/api/changes?limit=1');
  expect(after.body.items[0].id).toBe(before.body.items[0].id);
});

test('a deleted tenant is gone with its assignments, and its id is never given again', async () => {
  await api.ask('POST', '/api/tenants', { id: 'gone', name: 'Gone' });
  await api.ask('POST', '/api/services', { id: 'svc' });
  await api.ask('POST', '/api/services/svc/versions', { version: '1.0.0' });
  await api.ask('PUT', '/api/tenants/gone/services/svc', { targetVersion: '1.0.0' });
  expect((await api.ask('DELETE', '/api/tenants/gone?reason=left')).status).toBe(204);
  expect((await api.ask('GET', '/api/tenants/gone')).body.code).toBe('TENANT_UNKNOWN');
  expect((await api.ask('DELETE', '/api/tenants/gone')).body.code).toBe('TENANT_UNKNOWN');
  expect((await api.ask('POST', '/api/tenants', { id: 'gone', name: 'Again' })).body.code).toBe('TENANT_EXISTS');
  expect((await api.ask('GET', '/api/services/svc/versions/1.0.0')).body.assignmentCount).toBe(0);
  const { body } = await api.ask('GET', '/api/changes?limit=1&tenantId=gone');
  expect(body.items[0]).toMatchObject({ kind: 'tenant.deleted', reason: 'left', itemCount: 2 });
});

test('pages show every tenant once, and a cursor is good for its own filter only', async () => {
  for (const id of ['p1', 'p2', 'p3']) await api.ask('POST', '/api/tenants', { id, name: id, tags: ['paged'] });
  const seen: string[] = [];
  let cursor = '';
  do {
    const { body } = await api.ask('GET', `/api/tenants?tag=paged&limit=2${cursor}`);
    seen.push(...body.items.map((tenant: { id: string }) => tenant.id));
    cursor = body.nextCursor === null ? '' : `&cursor=${body.nextCursor}`;
    if (cursor !== '')
      expect((await api.ask('GET', `/api/tenants?tag=other&limit=2${cursor}`)).body.code).toBe('CURSOR_INVALID');
  } while (cursor !== '');
  expect(seen).toEqual(['p1', 'p2', 'p3']);
});

test('a search takes percent signs and underscores as they stand', async () => {
  await api.ask('POST', '/api/tenants', { id: 'pct', name: '100%_sure' });
  await api.ask('POST', '/api/tenants', { id: 'other', name: '100 times sure' });
  const { body } = await api.ask('GET', `/api/tenants?search=${encodeURIComponent('0%_S')}`);
  expect(body.items.map((tenant: { id: string }) => tenant.id)).toEqual(['pct']);
});

test('a tenant without an assignment is shown the version that the split default gives it', async () => {
  await api.ask('POST', '/api/services', { id: 'split' });
  for (const version of ['1.0.0', '2.0.0']) await api.ask('POST', '/api/services/split/versions', { version });
  const defaultVersions = [
    { version: '1.0.0', weight: 5000 },
    { version: '2.0.0', weight: 5000 },
  ];
  expect((await api.ask('PATCH', '/api/services/split', { defaultVersions })).status).toBe(200);
  const { body } = await api.ask('GET', '/api/tenants/same/services');
  const row = body.items.find((one: { serviceId: string }) => one.serviceId === 'split');
  expect(row).toMatchObject({ version: null, source: 'DEFAULT_SPLIT', updatedAt: null });
  expect(['1.0.0', '2.0.0']).toContain(row.effectiveVersion);
});
