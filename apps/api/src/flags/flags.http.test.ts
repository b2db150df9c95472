import { versionFlagsSchema } from '@grey/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../../test/start-test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
  await api.ask('POST', '/api/services', { id: 'shop' });
  await api.ask('POST', '/api/services/shop/versions', { version: 'v1' });
});
afterAll(() => api.close());

const target = '/api/services/shop/versions/v1/flags';
const flag = (rules: unknown[] = []) => ({ name: 'new-search', value: false, rules });
const put = (flags: unknown[], headers = {}) => api.ask('PUT', target, { flags }, { headers });

test('are replaced as one change, and not by who saw others', async () => {
  const none = versionFlagsSchema.parse((await api.ask('GET', target)).body);
  expect(none.flags).toEqual([]);
  const rules = [{ when: { op: 'equals', operand: { from: 'tenant' }, value: 'acme' }, value: true }];
  const first = await put([flag(rules)], { 'If-Match': none.etag });
  expect(first.body.flags).toMatchObject([{ name: 'new-search', isEnabled: true, rules }]);
  expect((await put([], { 'If-Match': none.etag })).status).toBe(412);
  expect((await put([flag(rules)])).body.etag).toBe(first.body.etag);
  expect((await put([])).body.flags).toEqual([]);
  const { body } = await api.ask('GET', '/api/changes?limit=2&kind=flags.put');
  expect(body.items.map((change: { items: unknown[] }) => change.items)).toMatchObject([
    [{ entity: 'flags', key: 'shop/v1', after: { flags: [] } }],
    [{ entity: 'flags', key: 'shop/v1', before: { flags: [] } }],
  ]);
});

test('need a version, one type of value and conditions that can be evaluated', async () => {
  expect((await api.ask('GET', '/api/services/shop/versions/v9/flags')).body.code).toBe('VERSION_UNKNOWN');
  expect((await api.ask('PUT', '/api/services/none/versions/v1/flags', { flags: [] })).body.code).toBe(
    'SERVICE_UNKNOWN',
  );
  expect((await put([flag([{ value: 'text' }])])).body.errors).toMatchObject([{ path: 'body.flags[0].rules' }]);
  const when = { op: 'cel', expression: 'header.get("x") ==' };
  const long = { op: 'cel', expression: `path == "${'x'.repeat(3_900)}"` };
  const many = await put([flag(Array.from({ length: 13 }, () => ({ when: long, value: true })))]);
  expect([many.status, many.body.errors]).toMatchObject([400, [{ path: 'body.flags[0].rules[12].when' }]]);
  const broken = await put([flag([{ value: true }, { when, value: true }])]);
  expect([broken.status, broken.body.errors]).toMatchObject([
    400,
    [{ path: 'body.flags[0].rules[1].when.expression' }],
  ]);
});
