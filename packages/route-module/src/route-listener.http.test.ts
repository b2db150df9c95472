import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import {
  batchRouteResponseSchema,
  errorCodes,
  explainResponseSchema,
  problemSchema,
  routeResponseSchema,
} from '@grey/contracts';
import { buildSnapshot, createDecisionEnv, type Decision, type Snapshot, type SnapshotSource } from '@grey/route-core';
import { makeSnapshotSource } from '@grey/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RouteCaller } from './caller.ts';
import { createRouteListener } from './route-listener.ts';
import { TokenCache } from './token-cache.ts';

const ROUTE = '/api/grey-router/route';
const base = makeSnapshotSource({ tenantCount: 3, serviceCount: 2 });

function makeSource(): SnapshotSource {
  const [first, second] = [...base.services];
  return {
    ...base,
    tenants: [...base.tenants, { id: 'asleep', status: 'suspended' }],
    services: [
      first!,
      second!,
      { ...first!, id: 'no-default', defaults: [] },
      { ...first!, id: 'no-instance' },
      {
        ...first!,
        id: 'open',
        unknownTenant: 'default',
        versions: [{ version: 'v1', ordinal: 1, status: 'active' }],
        defaults: [{ version: 'v1', weight: 10_000 }],
      },
      {
        ...first!,
        id: 'narrow',
        versions: [{ version: 'v1', ordinal: 1, status: 'active', schemaMin: 5 }],
        defaults: [{ version: 'v1', weight: 10_000 }],
      },
    ],
    schemas: [{ tenantId: 't0', serviceId: 'narrow', schemaVersion: 1 }],
    instances: [
      ...base.instances,
      ...['open', 'narrow'].map((serviceId) => ({
        serviceId,
        instanceId: `${serviceId}-"1"`,
        version: 'v1',
        address: '[::1]:80',
        weight: 1,
        health: 'healthy' as const,
        isEnabled: true,
      })),
    ],
  };
}

describe('the route listener', () => {
  let server: Server;
  let url: string;
  let snapshot: Snapshot | undefined;
  let decided: Decision[];
  let rejected: number[];
  let errors: unknown[];

  const callers: Record<string, Partial<RouteCaller>> = {
    good: {},
    narrow: { tenantIds: new Set(['t0']) },
    reader: { permissions: new Set(['tenants.read']) },
    fresh: { mustChangePassword: true },
  };

  beforeEach(async () => {
    snapshot = buildSnapshot(makeSource());
    decided = [];
    rejected = [];
    errors = [];
    const tokens = new TokenCache({
      authenticate: async (bearer) => {
        if (bearer === 'crash') throw new Error('the verifier is broken');
        const over = callers[bearer];
        if (over === undefined) throw Object.assign(new Error(), { code: 'TOKEN_INVALID' });
        const caller = { kind: 'user', id: bearer, permissions: new Set(['route']), tenantIds: null } as const;
        return { ...caller, mustChangePassword: false, expiresAt: Number.POSITIVE_INFINITY, ...over };
      },
    });
    const listener = createRouteListener({
      getSnapshot: () => snapshot,
      env: createDecisionEnv(),
      tokens,
      onError: (error) => errors.push(error),
      metrics: {
        decided: (d) => decided.push(d),
        rejected: (status) => rejected.push(status),
        noted: () => {},
        took: () => {},
      },
    });
    server = createServer((req, res) => {
      if (!listener(req, res)) res.writeHead(299).end('next');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });

  const send = (path: string, body: unknown, token: string | null = 'good', headers: Record<string, string> = {}) =>
    fetch(url + path, {
      method: 'POST',
      body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
      headers: {
        'content-type': 'application/json',
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...headers,
      },
    });
  const problemFrom = async (response: Response) => {
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    const problem = problemSchema.parse(await response.json());
    expect(problem.status).toBe(response.status);
    expect(response.status).toBe(errorCodes[problem.code].status);
    return problem;
  };

  it('answers with a live instance of the assigned version', async () => {
    const assigned = [...base.assignments].find((a) => a.tenantId === 't0' && a.serviceId === 'service-0')!;
    const response = await send(ROUTE, { tenantId: 't0', serviceName: 'service-0' });
    expect(response.status).toBe(200);
    const text = await response.text();
    expect(Number(response.headers.get('content-length'))).toBe(Buffer.byteLength(text));
    const answer = routeResponseSchema.strict().parse(JSON.parse(text));
    expect(answer).toMatchObject({
      tenantId: 't0',
      serviceName: 'service-0',
      version: assigned.version,
      ...snapshot!.position,
    });
    const instance = [...base.instances].find((i) => i.instanceId === answer.instanceId)!;
    expect(instance).toMatchObject({ address: answer.instance, version: answer.version, serviceId: 'service-0' });
    expect(decided).toHaveLength(1);
  });

  it('takes turns between the instances', async () => {
    const seen = new Set<string>();
    for (let i = 0; i < 2; i++) {
      const answer = await (await send(ROUTE, { tenantId: 't0', serviceName: 'service-0' })).json();
      seen.add((answer as { instanceId: string }).instanceId);
    }
    expect(seen.size).toBe(2);
  });

  it('escapes what stands in an instance', async () => {
    const answer = routeResponseSchema.parse(
      await (await send(ROUTE, { tenantId: 'nobody', serviceName: 'open' })).json(),
    );
    expect(answer).toMatchObject({ instanceId: 'open-"1"', instance: '[::1]:80', reason: 'UNKNOWN_TENANT_DEFAULT' });
  });

  it.each([
    ['TENANT_UNKNOWN', { tenantId: 'nobody', serviceName: 'service-0' }],
    ['TENANT_INACTIVE', { tenantId: 'asleep', serviceName: 'service-0' }],
    ['SERVICE_UNKNOWN', { tenantId: 't0', serviceName: 'nothing' }],
    ['VERSION_UNDEFINED', { tenantId: 't0', serviceName: 'no-default' }],
    ['NO_INSTANCE', { tenantId: 't0', serviceName: 'no-instance' }],
    ['SCHEMA_MISMATCH', { tenantId: 't0', serviceName: 'narrow' }],
  ])('answers %s as a problem of its own', async (code, body) => {
    const problem = await problemFrom(await send(ROUTE, body));
    expect(problem).toMatchObject({ code, instance: ROUTE });
    expect(problem.detail).toContain(body.serviceName === 'service-0' ? body.tenantId : body.serviceName);
  });

  it.each([
    ['TOKEN_MISSING', null, {}],
    ['TOKEN_INVALID', 'forged', {}],
    ['TOKEN_INVALID', null, { authorization: 'Basic abc' }],
    ['PERMISSION_DENIED', 'reader', {}],
    ['PERMISSION_DENIED', 'fresh', {}],
    ['INTERNAL_ERROR', 'crash', {}],
  ])('answers %s to %s %j on every endpoint', async (code, token, headers) => {
    for (const path of [ROUTE, `${ROUTE}/batch`, '/api/grey-router/explain', '/api/grey-router/flags']) {
      const response = await send(
        path,
        { tenantId: 't0', serviceName: 'service-0' },
        token,
        headers as Record<string, string>,
      );
      expect((await problemFrom(response)).code).toBe(code);
      expect(response.headers.get('www-authenticate')).toBe(response.status === 401 ? 'Bearer' : null);
    }
    expect(errors).toHaveLength(code === 'INTERNAL_ERROR' ? 4 : 0);
    expect(decided).toEqual([]);
  });

  it('keeps a caller to its tenants, before saying whether the tenant exists', async () => {
    expect((await send(ROUTE, { tenantId: 't0', serviceName: 'service-0' }, 'narrow')).status).toBe(200);
    for (const path of [ROUTE, '/api/grey-router/explain']) {
      for (const tenantId of ['t1', 'nobody']) {
        const problem = await problemFrom(await send(path, { tenantId, serviceName: 'service-0' }, 'narrow'));
        expect(problem.code).toBe('TENANT_FORBIDDEN');
      }
    }
  });

  it('refuses faulty bodies with a code each', async () => {
    const deep = `{"tenantId":"t0","serviceName":"service-0","requestMetadata":{"claims":{"a":${'['.repeat(50)}${']'.repeat(50)}}}}`;
    expect((await problemFrom(await send(ROUTE, '{'))).code).toBe('BODY_NOT_JSON');
    expect((await problemFrom(await send(ROUTE, new Uint8Array([34, 255, 34])))).code).toBe('BODY_NOT_JSON');
    expect((await problemFrom(await send(ROUTE, deep))).code).toBe('BODY_TOO_DEEP');
    expect((await problemFrom(await send(ROUTE, 'x'.repeat(65 * 1024)))).code).toBe('BODY_TOO_LARGE');
    const faulty = await problemFrom(await send(ROUTE, { tenantId: 't0' }));
    expect(faulty).toMatchObject({ code: 'VALIDATION_FAILED', errors: [{ path: 'body.serviceName' }] });
    for (const type of ['text/plain', 'application/json; charset=latin1', 'application/jsonx']) {
      const response = await send(ROUTE, { tenantId: 't0', serviceName: 'service-0' }, 'good', {
        'content-type': type,
      });
      expect((await problemFrom(response)).code).toBe('CONTENT_TYPE_UNSUPPORTED');
    }
    expect(rejected).toEqual([400, 400, 400, 413, 400, 415, 415, 415]);
  });

  it('bounds a body whose length was not declared', async () => {
    const chunk = Buffer.alloc(16 * 1024, 0x20);
    const taken = await new Promise<string>((resolve) => {
      const { port } = server.address() as AddressInfo;
      const socket = connect(port, '127.0.0.1', () => {
        socket.write(`POST ${ROUTE} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer good\r\n`);
        socket.write('content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n');
        for (let i = 0; i < 6; i++) socket.write(`4000\r\n${chunk}\r\n`);
      });
      socket.once('data', (data) => {
        socket.destroy();
        resolve(data.toString());
      });
    });
    expect(taken).toMatch(/^HTTP\/1\.1 413 /);
    expect(taken).toContain('BODY_TOO_LARGE');
  });

  it('serves the next request of a connection after a refusal', async () => {
    await (await send(ROUTE, 'x'.repeat(100 * 1024))).text();
    expect((await send(ROUTE, { tenantId: 't0', serviceName: 'service-0' })).status).toBe(200);
  });

  it.each(['GET', 'PUT', 'DELETE', 'OPTIONS'])('allows POST only, not %s', async (method) => {
    const response = await fetch(url + ROUTE, { method });
    expect(response.headers.get('allow')).toBe('POST');
    expect((await problemFrom(response)).code).toBe('METHOD_NOT_ALLOWED');
  });

  it('answers HEAD without a body', async () => {
    const response = await fetch(url + ROUTE, { method: 'HEAD' });
    expect([response.status, await response.text()]).toEqual([405, '']);
  });

  it('leaves other paths to the next handler and takes its own with a query', async () => {
    for (const path of ['/', `${ROUTE}/batch/x`, `${ROUTE}r`, '/api/grey-router']) {
      expect((await send(path, {})).status).toBe(299);
    }
    expect((await send(`${ROUTE}?x=1`, { tenantId: 't0', serviceName: 'service-0' })).status).toBe(200);
  });

  it('uses the trace id of traceparent, and one of its own for a broken one', async () => {
    const id = '4bf92f3577b34da6a3ce929d0e0e4736';
    const ask = async (traceparent: string) =>
      (await problemFrom(await send(ROUTE, '{', 'good', { traceparent }))).traceId;
    expect(await ask(`00-${id}-00f067aa0ba902b7-01`)).toBe(id);
    expect(await ask('00-zz-1')).toMatch(/^[0-9a-f]{32}$/);
  });

  it('answers SNAPSHOT_MISSING while there is none', async () => {
    snapshot = undefined;
    for (const path of [ROUTE, '/api/grey-router/explain']) {
      const problem = await problemFrom(await send(path, { tenantId: 't0', serviceName: 'service-0' }));
      expect(problem.code).toBe('SNAPSHOT_MISSING');
    }
  });

  it('decides a batch in order, each request on its own', async () => {
    const requests = [
      { tenantId: 't0', serviceName: 'service-0' },
      { tenantId: 't1', serviceName: 'service-0' },
      { tenantId: 't0', serviceName: 'nothing' },
    ];
    const response = await send(`${ROUTE}/batch`, { requests }, 'narrow');
    const { results } = batchRouteResponseSchema.parse(await response.json());
    expect(results[0]).toMatchObject({ tenantId: 't0', serviceName: 'service-0' });
    expect(results[1]).toMatchObject({ code: 'TENANT_FORBIDDEN' });
    expect(results[2]).toMatchObject({ code: 'SERVICE_UNKNOWN' });
  });

  it('explains the next answer without moving the balancer', async () => {
    const body = { tenantId: 't0', serviceName: 'service-0', requestMetadata: { plan: 'gold' } };
    const first = explainResponseSchema.parse(await (await send('/api/grey-router/explain', body)).json());
    const second = explainResponseSchema.parse(await (await send('/api/grey-router/explain', body)).json());
    const routed = routeResponseSchema.parse(await (await send(ROUTE, body)).json());
    const { timestamp: _, ...wanted } = routed;
    expect(first.decision).toMatchObject(wanted);
    expect(second.decision).toMatchObject(wanted);
    expect(first.steps.length).toBeGreaterThan(2);
    expect(decided).toHaveLength(1);
  });
});
