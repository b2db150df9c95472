import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../../../test/start-test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

const post = (body: string, headers: Record<string, string> = {}) => api.ask('POST', '/api/tenants', body, { headers });
const codeOf = async (answer: ReturnType<TestApi['ask']>) => {
  const { status, body, headers } = await answer;
  expect(headers.get('content-type')).toBe('application/problem+json');
  expect(body.status).toBe(status);
  return [status, body.code];
};

test('a body that is no JSON, too deep, too large or of another type has its own code', async () => {
  expect(await codeOf(post('{"id":'))).toEqual([400, 'BODY_NOT_JSON']);
  expect(await codeOf(post(`${'['.repeat(33)}${']'.repeat(33)}`))).toEqual([400, 'BODY_TOO_DEEP']);
  expect(await codeOf(post('['.repeat(500_000)))).toEqual([400, 'BODY_TOO_DEEP']);
  expect(await codeOf(post(`"${'x'.repeat(1024 * 1024)}"`))).toEqual([413, 'BODY_TOO_LARGE']);
  expect(await codeOf(post('id=1', { 'content-type': 'application/x-www-form-urlencoded' }))).toEqual([
    415,
    'CONTENT_TYPE_UNSUPPORTED',
  ]);
  expect(await codeOf(post('{}', { 'content-type': 'application/json; charset=latin1' }))).toEqual([
    415,
    'CONTENT_TYPE_UNSUPPORTED',
  ]);
});

test('brackets inside strings do not count as nesting', async () => {
  const answer = await post(JSON.stringify({ id: 'deep', name: `${'['.repeat(100)}\\"${'{'.repeat(19)}` }));
  expect(answer.status).toBe(400);
  expect(answer.body.code).toBe('VALIDATION_FAILED');
  expect((await post(JSON.stringify({ id: 'deep', name: `${'['.repeat(90)}"` }))).status).toBe(201);
});

test('a body without a length is cut off at the limit', async () => {
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const sent = request(`${api.url}/api/tenants`, {
      method: 'POST',
      headers: { authorization: `Bearer ${api.adminToken}`, 'content-type': 'application/json' },
    });
    sent.on('response', (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.on('error', reject);
    for (let part = 0; part < 20; part += 1) sent.write('x'.repeat(64 * 1024));
    sent.end();
  });
  expect(status).toBe(413);
});

test('a stranger is turned away before the body is looked at', async () => {
  const answer = await api.ask('POST', '/api/tenants', '{"id":', { token: null });
  expect([answer.status, answer.body.code]).toEqual([401, 'TOKEN_MISSING']);
  expect(answer.headers.get('www-authenticate')).toBe('Bearer');
});

test('NUL, half surrogates and prototype keys are faults of the request', async () => {
  for (const name of ['"a\\u0000b"', '"\\ud800"'])
    expect(await codeOf(post(`{"id":"x","name":${name}}`))).toEqual([400, 'VALIDATION_FAILED']);
  expect(await codeOf(post('{"id":"x","name":"x","__proto__":{"status":"active"}}'))).toEqual([
    400,
    'VALIDATION_FAILED',
  ]);
  expect(await codeOf(post('{"id":"x","name":"x","metadata":{"__proto__":"y"}}'))).toEqual([400, 'VALIDATION_FAILED']);
  expect(await codeOf(api.ask('GET', '/api/tenants?search=%00'))).toEqual([400, 'VALIDATION_FAILED']);
  expect(await codeOf(api.ask('GET', '/api/tenants/%00'))).toEqual([400, 'VALIDATION_FAILED']);
  expect(({} as Record<string, unknown>).status).toBeUndefined();
});

test('every fault of a body is named with its path', async () => {
  const { body } = await post(JSON.stringify({ id: '-', name: '', tags: ['ok', '!'] }));
  expect(body.errors.map((fault: { path: string }) => fault.path).sort()).toEqual([
    'body.id',
    'body.name',
    'body.tags[1]',
  ]);
});

test('what fits none of several forms is judged by the one that it is most like', async () => {
  const faultsOf = async (path: string, body: unknown) =>
    (await api.ask('POST', path, JSON.stringify(body))).body.errors.map((fault: { path: string }) => fault.path).sort();
  const selection = { kind: 'tag', tag: 'x' };
  expect(await faultsOf('/api/assignments/plan', { selection, changes: [] })).toEqual(['body', 'body.targets']);
  expect(await faultsOf('/api/assignments/plan', { selection, targets: [], more: 1 })).toEqual([
    'body',
    'body.targets',
  ]);
  const split = { kind: 'split', unit: { by: 'cookie' }, shares: [{ version: 'v1', weight: 10_000 }] };
  const when = { op: 'equals', operand: { from: 'user' }, value: {} };
  expect(
    await faultsOf('/api/services/none/rules/analyze', { rules: [{ id: 'r', name: 'r', when, target: split }] }),
  ).toEqual(['body.rules[0].target.unit.name', 'body.rules[0].when.value']);
});

test('a moment that is neither a time nor a position is told what would be one', async () => {
  for (const at of ['yesterday', '0000-01-01T00:00:00Z']) {
    const { status, body } = await api.ask('GET', `/api/state?at=${at}`);
    expect([status, body.errors[0].path]).toEqual([400, 'query.at']);
    expect(body.detail).toMatch(/ISO 8601.*epoch-revision/);
  }
});

test('a query parameter given twice, or wrong, is refused', async () => {
  expect(await codeOf(api.ask('GET', '/api/tenants?limit=1&limit=2'))).toEqual([400, 'VALIDATION_FAILED']);
  expect(await codeOf(api.ask('GET', '/api/tenants?limit=0'))).toEqual([400, 'VALIDATION_FAILED']);
  expect(await codeOf(api.ask('GET', '/api/tenants?cursor=abc'))).toEqual([400, 'CURSOR_INVALID']);
});

test('unknown paths, wrong methods and broken escapes are told apart', async () => {
  expect(await codeOf(api.ask('GET', '/api/nothing'))).toEqual([404, 'ROUTE_NOT_FOUND']);
  const wrong = await api.ask('DELETE', '/api/tenants');
  expect([wrong.status, wrong.body.code, wrong.headers.get('allow')]).toEqual([405, 'METHOD_NOT_ALLOWED', 'GET, POST']);
  expect(await codeOf(api.ask('GET', '/api/tenants/%ff'))).toEqual([400, 'VALIDATION_FAILED']);
});

test('a trace id that was sent comes back with the problem', async () => {
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const headers = { traceparent: `00-${traceId}-b7ad6b7169203331-01` };
  expect((await api.ask('GET', '/api/tenants/none', undefined, { headers })).body.traceId).toBe(traceId);
});

test('an If-Match or Idempotency-Key that is none is refused', async () => {
  const ifMatch = { headers: { 'if-match': 'abc' } };
  expect(await codeOf(api.ask('PATCH', '/api/tenants/x', { name: 'x' }, ifMatch))).toEqual([400, 'VALIDATION_FAILED']);
  expect(await codeOf(post('{"id":"k","name":"k"}', { 'idempotency-key': 'x'.repeat(129) }))).toEqual([
    400,
    'VALIDATION_FAILED',
  ]);
});

test('the document and the browsable page come from here alone', async () => {
  const { body } = await api.ask('GET', '/api/openapi.json', undefined, { token: null });
  expect(body.openapi).toBe('3.1.0');
  const page = await api.ask('GET', '/api/docs', undefined, { token: null });
  expect(page.status).toBe(200);
  expect(page.body).not.toMatch(/https?:\/\//);
  for (const [, target] of page.body.matchAll(/(?:src|href)="([^"]+)"/g))
    expect((await api.ask('GET', target, undefined, { token: null })).status).toBe(200);
  expect((await api.ask('GET', '/api/docs/errors', undefined, { token: null })).body).toContain('id="PLAN_STALE"');
});
