import {
  batchRouteResponseSchema,
  errorCodes,
  errorsOf,
  explainResponseSchema,
  flagsResponseSchema,
  operations,
  problemSchema,
  routeResponseSchema,
} from '@grey/contracts';
import { formatTag, laneOf, parseKeyRing, signLane } from '@grey/lanes';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Answer, startTestApi, type TestApi } from '../../test/start-test-api.ts';

const ROUTE = operations.route.path;
/** An operation behind Nest with a body and the same kinds of faults: what the listener in front is held to. */
const TWIN = operations.registerInstance.path;

const laneKeys = parseKeyRing(`k:${'s'.repeat(32)}`);
let api: TestApi;
let keys: Record<'route' | 'gateway' | 'registry' | 'narrow', string>;

beforeAll(async () => {
  api = await startTestApi({ GREY_LANE_KEYS: laneKeys });
  const make = async (body: object) => (await api.ask('POST', '/api/api-keys', body)).body.key as string;
  await api.ask('POST', '/api/services', { id: 'pay' });
  await api.ask('POST', '/api/services/pay/versions', { version: '1.0.0' });
  await api.ask('POST', '/api/services', { id: 'bare' });
  for (const id of ['a', 'b', 'asleep']) await api.ask('POST', '/api/tenants', { id, name: id });
  await api.ask('PATCH', '/api/tenants/asleep', { status: 'suspended' });
  await api.ask('PUT', '/api/tenants/a/services/pay/version', { targetVersion: '1.0.0' });
  keys = {
    route: await make({ name: 'route', scopes: ['route'] }),
    gateway: await make({ name: 'gateway', scopes: ['gateway'] }),
    registry: await make({ name: 'registry', scopes: ['registry'] }),
    narrow: await make({ name: 'narrow', scopes: ['route'], tenantIds: ['a'] }),
  };
});
afterAll(() => api.close());

const instance = { serviceId: 'pay', instanceId: 'pay-1', version: '1.0.0', address: '127.0.0.1:9999', ttlMs: 300_000 };
const request = { tenantId: 'a', serviceName: 'pay' };
const route = (body: unknown, token: string | null = keys.route, headers: Record<string, string> = {}) =>
  api.ask('POST', ROUTE, body, { token, headers });

describe('/route beside the rest of the API', () => {
  /** Everything of a problem that does not depend on the path. */
  const shapeOf = ({ status, headers, body }: Answer) => {
    const { instance: _, traceId, errors, detail, ...same } = problemSchema.parse(body);
    expect(traceId).toMatch(/^[0-9a-f]{32}$/);
    return {
      status,
      same,
      type: headers.get('content-type'),
      challenge: headers.get('www-authenticate'),
      cache: headers.get('cache-control'),
      paths: errors?.map((fault) => fault.path.split('.')[0]),
      hasDetail: detail !== undefined,
    };
  };
  const deep = `{"a":${'['.repeat(400)}${']'.repeat(400)}}`;

  it.each<[string, unknown, { token?: string | null; headers?: Record<string, string> }]>([
    ['no token', request, { token: null }],
    ['a forged token', request, { token: 'forged' }],
    ['another scheme', request, { token: null, headers: { authorization: 'Basic eDp5' } }],
    ['bad JSON', '{', {}],
    ['too deep JSON', deep, {}],
    ['another media type', 'x', { headers: { 'content-type': 'text/plain' } }],
    ['another charset', '{}', { headers: { 'content-type': 'application/json; charset=latin1' } }],
    ['a compressed body', '{}', { headers: { 'content-encoding': 'gzip' } }],
    ['a body that is too large', 'x'.repeat(1024 * 1024 + 1), {}],
    ['no body', undefined, {}],
    ['an array', [], {}],
    ['an unknown field', { nobody: 1 }, {}],
  ])('answers %s as every other operation does', async (_, body, options) => {
    const mine = await api.ask('POST', ROUTE, body, options);
    const twin = await api.ask('POST', TWIN, body, options);
    expect(shapeOf(mine).status).toBeGreaterThanOrEqual(400);
    // which faults there are depends on the schema; that they are named alike does not
    expect({ ...shapeOf(mine), paths: [] }).toEqual({ ...shapeOf(twin), paths: [] });
    expect(shapeOf(mine).paths?.[0]).toBe(shapeOf(twin).paths?.[0]);
    expect(mine.body.instance).toBe(ROUTE);
  });

  it('answers a missing permission and a wrong method as every other operation does', async () => {
    const mine = await route(request, keys.registry);
    const twin = await api.ask('POST', TWIN, instance, { token: keys.route });
    expect(mine.body.code).toBe('PERMISSION_DENIED');
    expect(shapeOf(mine)).toEqual(shapeOf(twin));
    const [get, getTwin] = [await api.ask('GET', ROUTE), await api.ask('GET', TWIN)];
    expect(shapeOf(get)).toEqual(shapeOf(getTwin));
    expect(get.headers.get('allow')).toBe(getTwin.headers.get('allow'));
  });

  it('carries the trace id of the caller', async () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const mine = await route('{', keys.route, { traceparent });
    expect(mine.body.traceId).toBe('4bf92f3577b34da6a3ce929d0e0e4736');
  });
});

describe('/route', () => {
  it('answers only with what it declares', async () => {
    const declared = new Set<string>(errorsOf(operations.route));
    const asked: [unknown, string | null][] = [
      [request, null],
      [request, 'x'],
      [request, keys.registry],
      [{ ...request, tenantId: 'b' }, keys.narrow],
      ['{', keys.route],
      [{ ...request, tenantId: 'nobody' }, keys.route],
      [{ ...request, tenantId: 'asleep' }, keys.route],
      [{ ...request, serviceName: 'nothing' }, keys.route],
      [{ ...request, serviceName: 'bare' }, keys.route],
      [{ ...request }, keys.route],
    ];
    const codes: string[] = [];
    for (const [body, token] of asked) {
      const answer = await route(body, token);
      const problem = problemSchema.parse(answer.body);
      expect(declared).toContain(problem.code);
      expect(answer.status).toBe(errorCodes[problem.code].status);
      codes.push(problem.code);
    }
    expect(codes).toEqual([
      'TOKEN_MISSING',
      'TOKEN_INVALID',
      'PERMISSION_DENIED',
      'TENANT_FORBIDDEN',
      'BODY_NOT_JSON',
      'TENANT_UNKNOWN',
      'TENANT_INACTIVE',
      'SERVICE_UNKNOWN',
      'VERSION_UNDEFINED',
      'NO_INSTANCE',
    ]);
  });

  it('gives a registered instance until it is taken out', async () => {
    expect((await api.ask('POST', TWIN, instance, { token: keys.registry })).status).toBe(201);
    const { status, body } = await route({ ...request, requestMetadata: { plan: 'gold' } });
    expect(status).toBe(200);
    expect(routeResponseSchema.strict().parse(body)).toMatchObject({
      instance: '127.0.0.1:9999',
      reason: 'ASSIGNMENT',
    });
    const batch = await api.ask(
      'POST',
      operations.routeBatch.path,
      { requests: [request, { ...request, tenantId: 'b' }] },
      { token: keys.narrow },
    );
    expect(batchRouteResponseSchema.parse(batch.body).results.map((one) => 'code' in one && one.code)).toEqual([
      false,
      'TENANT_FORBIDDEN',
    ]);
    const told = await api.ask('POST', operations.explain.path, request, { token: keys.route });
    expect(explainResponseSchema.parse(told.body).decision).toMatchObject({ version: '1.0.0' });
    expect((await api.ask('GET', '/api/services/pay/instances')).body.items).toHaveLength(1);
    expect((await api.ask('DELETE', `${TWIN}/pay-1`, undefined, { token: keys.registry })).status).toBe(204);
    expect((await route(request)).body.code).toBe('NO_INSTANCE');
    const beat = await api.ask('PUT', `${TWIN}/pay-1/heartbeat`, undefined, { token: keys.registry });
    expect([beat.status, beat.body.code]).toEqual([404, 'INSTANCE_UNKNOWN']);
  });

  it('follows a change of the assignment with its next answer', async () => {
    await api.ask('POST', TWIN, { ...instance, instanceId: 'pay-2', version: '2.0.0' }, { token: keys.registry });
    await api.ask('POST', '/api/services/pay/versions', { version: '2.0.0' });
    await api.ask('PUT', '/api/tenants/a/services/pay/version', { targetVersion: '2.0.0' });
    await vi.waitFor(async () =>
      expect((await route(request)).body).toMatchObject({ version: '2.0.0', instanceId: 'pay-2' }),
    );
  });

  it('believes claims and tags of a gateway, and only signed tags of others', async () => {
    const claims = { ...request, requestMetadata: { claims: { plan: 'gold' } } };
    expect((await route(claims)).body).toMatchObject({ status: 403, code: 'PERMISSION_DENIED' });
    expect((await route(claims, keys.gateway)).status).toBe(200);
    const outcomes = async (tag: string, token: string) => {
      const body = { ...request, requestMetadata: { tag } };
      const told = await api.ask('POST', operations.explain.path, body, { token });
      return explainResponseSchema.parse(told.body).steps.map(({ outcome }) => outcome);
    };
    expect(await outcomes('beta', keys.gateway)).toContain('tag_trusted');
    expect(await outcomes('beta', keys.route)).toContain('tag_stripped');
    const signed = signLane(laneOf({ lane: 'beta', epoch: 'e', revision: 1 }), laneKeys);
    expect(await outcomes(formatTag(signed)!, keys.route)).toContain('tag_verified');
    await route({ ...request, requestMetadata: { tag: 'beta' } });
    expect((await api.ask('GET', '/metrics', undefined, { token: null })).body).toContain(
      'grey_router_request_notes_total{outcome="tag_stripped"} 1',
    );
  });

  it('chooses by an earlier revision for a call tree that began there', async () => {
    const { epoch, revision } = (await route(request)).body;
    await api.ask('PUT', '/api/tenants/a/services/pay/version', { targetVersion: '1.0.0' });
    await vi.waitFor(async () => expect((await route(request)).body.revision ?? 0).not.toBe(revision));
    const stamped = { ...request, requestMetadata: { position: `${epoch}-${revision}` } };
    expect((await route(stamped, keys.gateway)).body).toMatchObject({ version: '2.0.0', epoch, revision });
    expect((await route(stamped)).body.revision).not.toBe(revision);
    await api.ask('PUT', '/api/tenants/a/services/pay/version', { targetVersion: '2.0.0' });
    await vi.waitFor(async () => expect((await route(request)).body.version).toBe('2.0.0'));
  });

  it('answers flags on their own', async () => {
    const { status, body } = await api.ask('POST', operations.decideFlags.path, request, { token: keys.route });
    expect(status).toBe(200);
    expect(flagsResponseSchema.strict().parse(body)).toMatchObject({ version: '2.0.0', flags: {} });
  });

  it('refuses a key from the moment it is revoked', async () => {
    const { body } = await api.ask('POST', '/api/api-keys', { name: 'short', scopes: ['route'] });
    expect((await route(request, body.key)).status).toBe(200);
    await api.ask('DELETE', `/api/api-keys/${body.id}`);
    expect((await route(request, body.key)).body.code).toBe('TOKEN_INVALID');
  });
});

describe('health and metrics of a running API', () => {
  it('are public and tell of what was routed', async () => {
    for (const path of ['/health', '/health/liveness', '/health/readiness']) {
      expect((await api.ask('GET', path, undefined, { token: null })).status).toBe(200);
    }
    const metrics = await api.ask('GET', '/metrics', undefined, { token: null });
    expect(metrics.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(metrics.body).toContain(
      'grey_router_requests_total{service="pay",version="1.0.0",status="200",tenant="a"} ',
    );
    expect(metrics.body).not.toContain('nobody');
  });

  it('streams a change to a reader with a token', async () => {
    const reading = new AbortController();
    const response = await fetch(`${api.url}/api/stream`, {
      headers: { authorization: `Bearer ${api.adminToken}` },
      signal: reading.signal,
    });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    await api.ask('POST', '/api/tenants', { id: 'streamed', name: 'Streamed' });
    let text = '';
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      if (text.includes('streamed')) break;
    }
    expect(text).toMatch(/"type":"hello"[\s\S]*id: \w+-\d+\ndata: \{"type":"change"/);
    reading.abort();
  });
});
