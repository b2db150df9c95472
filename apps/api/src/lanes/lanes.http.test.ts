import { laneListSchema, laneSchema } from '@grey/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../../test/start-test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
  for (const id of ['shop', 'pay']) {
    await api.ask('POST', '/api/services', { id });
    for (const version of ['v1', 'v2']) await api.ask('POST', `/api/services/${id}/versions`, { version });
  }
});
afterAll(() => api.close());

const summer = {
  versions: [
    { serviceId: 'shop', version: 'v2' },
    { serviceId: 'pay', version: 'v2' },
  ],
};
const put = (tag: string, body: unknown, headers = {}) => api.ask('PUT', `/api/lanes/${tag}`, body, { headers });

test('a lane is created and replaced as one change each, and not by who saw another', async () => {
  const made = await put('summer', summer, { 'If-Match': '"0"' });
  expect(laneSchema.parse(made.body)).toMatchObject({ tag: 'summer', name: 'summer', mode: 'permissive', entry: null });
  expect(made.headers.get('etag')).toBe(made.body.etag);
  expect((await put('summer', { ...summer, mode: 'strict' }, { 'If-Match': '"0"' })).status).toBe(412);
  const replaced = await put('summer', { ...summer, mode: 'strict', reason: 'closed' }, { 'If-Match': made.body.etag });
  expect(replaced.body).toMatchObject({ mode: 'strict', createdAt: made.body.createdAt });
  expect(replaced.body.etag).not.toBe(made.body.etag);
  const { body } = await api.ask('GET', '/api/changes?limit=1&kind=lane.put');
  expect(body.items[0]).toMatchObject({
    reason: 'closed',
    items: [{ entity: 'lane', key: 'summer', before: { mode: 'permissive' }, after: { mode: 'strict' } }],
  });
  const again = await put('summer', { ...summer, mode: 'strict' });
  expect(again.body.etag).toBe(replaced.body.etag);
});

test('a lane names only versions that are there, and keeps them from being retired', async () => {
  const naming = (serviceId: string, version: string) => put('ghost', { versions: [{ serviceId, version }] });
  expect((await naming('nothing', 'v1')).body.code).toBe('SERVICE_UNKNOWN');
  expect((await naming('shop', 'v9')).body.code).toBe('VERSION_UNKNOWN');
  expect((await api.ask('GET', '/api/lanes/ghost')).body.code).toBe('LANE_UNKNOWN');
  const retired = await api.ask('PATCH', '/api/services/shop/versions/v2', { status: 'retired' });
  expect([retired.body.code, retired.body.references]).toMatchObject([
    'VERSION_REFERENCED',
    expect.arrayContaining([expect.objectContaining({ kind: 'lane', id: 'summer' })]),
  ]);
});

test('a lane tells which rules lead into it, and stays while one does', async () => {
  const rule = { id: 'beta', name: 'Beta', target: { kind: 'lane', tag: 'summer' } };
  await api.ask('PUT', '/api/services/shop/rules/draft', { rules: [rule] });
  expect((await api.ask('POST', '/api/services/shop/rules/draft/publish', {})).status).toBe(200);
  const { items } = laneListSchema.parse((await api.ask('GET', '/api/lanes')).body);
  expect(items).toMatchObject([{ enteredBy: [{ serviceId: 'shop', ruleId: 'beta', ruleName: 'Beta' }] }]);
  const refused = await api.ask('DELETE', '/api/lanes/summer');
  expect([refused.status, refused.body.code, refused.body.references]).toEqual([
    409,
    'LANE_REFERENCED',
    [{ kind: 'rule', serviceId: 'shop', ruleId: 'beta' }],
  ]);
  const emptied = await put('summer', { mode: 'strict', versions: summer.versions.slice(1) });
  expect([emptied.body.code, emptied.body.references]).toEqual(['LANE_REFERENCED', refused.body.references]);
  await api.ask('PUT', '/api/services/shop/rules/draft', { rules: [] });
  await api.ask('POST', '/api/services/shop/rules/draft/publish', {});
  expect((await api.ask('DELETE', '/api/lanes/summer?wait=converged')).status).toBe(204);
  expect((await api.ask('DELETE', '/api/lanes/summer')).body.code).toBe('LANE_UNKNOWN');
  await api.ask('PUT', '/api/services/shop/rules/draft', { rules: [rule] });
  const late = await api.ask('POST', '/api/services/shop/rules/draft/publish', {});
  expect([late.body.code, late.body.findings]).toMatchObject([
    'RULES_INVALID',
    expect.arrayContaining([expect.objectContaining({ code: 'LANE_UNKNOWN' })]),
  ]);
});

test('an entry that cannot be evaluated is refused with its place', async () => {
  const when = { op: 'any', of: [{ op: 'cidr', operand: { from: 'client_ip' }, networks: ['10.0.0.0/33'] }] };
  const answer = await put('broken', { ...summer, entry: { when } });
  expect([answer.status, answer.body.code, answer.body.errors[0].path]).toEqual([
    400,
    'VALIDATION_FAILED',
    expect.stringMatching(/^body\.entry\.when\.of\[0\]\.networks/),
  ]);
});
