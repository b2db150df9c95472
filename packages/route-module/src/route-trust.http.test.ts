import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  batchRouteResponseSchema,
  explainResponseSchema,
  flagsResponseSchema,
  operations,
  problemSchema,
  routeResponseSchema,
} from '@grey/contracts';
import { formatTag, makeLane, parseKeyRing, signLane } from '@grey/lanes';
import {
  applyDelta,
  buildSnapshot,
  createDecisionEnv,
  type Decision,
  type DecisionRequest,
  type ServiceRecord,
  SnapshotHistory,
} from '@grey/route-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RouteCaller } from './caller.ts';
import type { RequestOutcome } from './request-note.ts';
import { createRouteListener } from './route-listener.ts';
import { TokenCache } from './token-cache.ts';
import { UserTokens } from './user-tokens.ts';

const keys = parseKeyRing(`k:${'s'.repeat(32)}`);
const secret = Buffer.from('a secret that is as long as SHA-256');
const versions = ['v1', 'v2'].map((version, ordinal) => ({ version, ordinal, status: 'active' as const }));

/** `orders` and `stock` are greyed together; `orders` sends gold users to v2, and asks for a flag by claim. */
const orders: ServiceRecord = {
  id: 'orders',
  unknownTenant: 'reject',
  balancer: 'round_robin',
  fallback: 'fail',
  defaults: [{ version: 'v1', weight: 10_000 }],
  versions: [
    { ...versions[0]!, flags: [{ name: 'dark', isEnabled: true, value: false, rules: [goldIs(true)] }] },
    versions[1]!,
  ],
  ruleSet: {
    number: 1,
    normalizePath: false,
    rules: [
      {
        id: 'gold',
        name: 'Gold',
        priority: 1,
        isEnabled: true,
        when: goldIs(true).when,
        path: { type: 'exact', value: '/gold' },
        target: { kind: 'version', version: 'v2' },
      },
    ],
  },
};
const stock: ServiceRecord = { ...orders, id: 'stock', ruleSet: { number: 1, normalizePath: false, rules: [] } };

function goldIs(value: boolean) {
  const operand = { from: 'claim', name: 'plan' } as const;
  return { when: { op: 'equals', operand, value: 'gold' } as const, value };
}

const source = {
  position: { epoch: 'e1', revision: 7 },
  tenants: [{ id: 'acme', status: 'active' as const }],
  services: [orders, stock, { ...stock, id: 'mail' }],
  assignments: [],
  schemas: [],
  holds: [],
  lanes: [
    {
      tag: 'beta',
      mode: 'strict' as const,
      versions: ['orders', 'stock'].map((serviceId) => ({ serviceId, version: 'v2' })),
    },
  ],
  instances: ['orders', 'stock', 'mail'].flatMap((serviceId) =>
    ['v1', 'v2'].map((version) => ({
      serviceId,
      version,
      instanceId: `${serviceId}-${version}`,
      address: '10.0.0.1:80',
      weight: 1,
      health: 'healthy' as const,
      isEnabled: true,
    })),
  ),
};

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
function userToken(claims: object): string {
  const text = `${part({ alg: 'HS256' })}.${part({ iss: 'id', aud: 'api', exp: Math.ceil(Date.now() / 1000) + 600, ...claims })}`;
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

let server: Server;
let url: string;
let noted: RequestOutcome[];
let decided: [DecisionRequest, Decision][];
let history: SnapshotHistory;

beforeEach(async () => {
  noted = [];
  decided = [];
  history = new SnapshotHistory();
  history.add(buildSnapshot(source));
  const tokens = new TokenCache({
    authenticate: async (bearer) =>
      ({
        kind: 'api_key',
        id: bearer,
        permissions: new Set(bearer === 'gateway' ? ['route', 'route.trusted'] : ['route']),
        tenantIds: null,
        mustChangePassword: false,
        expiresAt: Number.POSITIVE_INFINITY,
      }) satisfies RouteCaller,
  });
  const listener = createRouteListener({
    getSnapshot: () => history.latest,
    getSnapshotAt: (position) => history.at(position),
    env: createDecisionEnv(),
    tokens,
    laneKeys: keys,
    userTokens: new UserTokens({ issuer: 'id', audience: 'api', algorithms: ['HS256'], key: secret }),
    metrics: { decided: () => {}, rejected: () => {}, took: () => {}, noted: (outcome) => noted.push(outcome) },
    onDecided: (request, decision) => decided.push([request, decision]),
  });
  server = createServer((req, res) => void listener(req, res));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
});

async function ask(path: string, body: unknown, who = 'service'): Promise<{ status: number; body: unknown }> {
  const response = await fetch(url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${who}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}
const request = (serviceName: string, requestMetadata: object = {}) => ({
  tenantId: 'acme',
  serviceName,
  requestMetadata,
});
const route = async (serviceName: string, metadata: object, who?: string) =>
  routeResponseSchema.strict().parse((await ask(operations.route.path, request(serviceName, metadata), who)).body);
const explained = async (metadata: object, who?: string) =>
  explainResponseSchema.parse((await ask(operations.explain.path, request('orders', metadata), who)).body);

describe('a tag at /route', () => {
  const signed = signLane(makeLane({ tag: 'beta' }), keys);

  it('puts the call into its lane when a gateway says so, or an edge has signed it', async () => {
    expect(await route('orders', { tag: 'beta' }, 'gateway')).toMatchObject({ version: 'v2', lane: 'beta' });
    expect(await route('stock', { tag: formatTag(signed) })).toMatchObject({ version: 'v2', lane: 'beta' });
    const headers = { 'x-grey-tag': formatTag(signed)! };
    expect(await route('stock', { headers })).toMatchObject({ version: 'v2', reason: 'LANE' });
    expect(noted).toEqual(['tag_trusted', 'tag_verified', 'tag_verified']);
  });

  it('is stripped from a stranger, told in explain and counted', async () => {
    expect(await route('orders', { tag: 'beta' })).toMatchObject({ version: 'v1', lane: null });
    expect(noted).toEqual(['tag_stripped']);
    const { steps } = await explained({ tag: 'beta' });
    const detail = { tag: 'beta', position: null, why: 'unsigned' };
    expect(steps[0]).toEqual({ step: 'request', outcome: 'tag_stripped', detail });
    expect(noted).toHaveLength(1);
  });

  it('of a strict lane is refused where the lane names no version, with the name of the service', async () => {
    const { status, body } = await ask(operations.route.path, request('mail', { tag: 'beta' }), 'gateway');
    expect(status).toBe(503);
    expect(problemSchema.parse(body)).toMatchObject({ code: 'LANE_NOT_SERVED' });
    expect(problemSchema.parse(body).detail).toContain('mail');
  });
});

describe('claims at /route', () => {
  const gold = { path: '/gold', claims: { plan: 'gold' } };

  it('count from a gateway and are refused from anybody else, on every endpoint', async () => {
    expect(await route('orders', gold, 'gateway')).toMatchObject({ version: 'v2', rule: 'gold' });
    for (const { path } of [operations.route, operations.explain, operations.decideFlags]) {
      const { status, body } = await ask(path, request('orders', gold));
      expect(status).toBe(403);
      const problem = problemSchema.parse(body);
      expect([problem.code, problem.detail]).toEqual(['PERMISSION_DENIED', expect.stringContaining('claims')]);
    }
    const requests = [request('orders', gold), request('orders')];
    const { results } = batchRouteResponseSchema.parse((await ask(operations.routeBatch.path, { requests })).body);
    expect(results).toMatchObject([{ code: 'PERMISSION_DENIED' }, { version: 'v1' }]);
  });

  it('are those of a user token that was verified here', async () => {
    const token = userToken({ plan: 'gold' });
    for (let i = 0; i < 2; i++) expect(await route('orders', { path: '/gold', token })).toMatchObject({ rule: 'gold' });
    expect(noted).toEqual(['token_verified', 'token_verified']);
    const { steps } = await explained({ path: '/gold', token });
    expect(steps[0]).toMatchObject({ step: 'request', outcome: 'token_verified' });
  });

  it('are none where the token is not valid, and the request is answered all the same', async () => {
    const expired = userToken({ plan: 'gold', exp: 1 });
    expect(await route('orders', { path: '/gold', token: expired })).toMatchObject({ version: 'v1', rule: null });
    expect(noted).toEqual(['token_refused']);
    const { steps } = await explained({ path: '/gold', token: expired });
    expect(steps[0]).toEqual({ step: 'request', outcome: 'token_refused', detail: { why: 'expired' } });
  });

  it('are judged one by one in a batch, in order, also when tokens have to be verified first', async () => {
    const tokens = [userToken({ plan: 'gold' }), userToken({ plan: 'tin' }), userToken({ plan: 'gold', sub: 'x' })];
    const requests = [...tokens.map((token) => request('orders', { path: '/gold', token })), request('nothing')];
    const { results } = batchRouteResponseSchema.parse((await ask(operations.routeBatch.path, { requests })).body);
    expect(results).toMatchObject([
      { version: 'v2' },
      { version: 'v1' },
      { version: 'v2' },
      { code: 'SERVICE_UNKNOWN' },
    ]);
  });
});

describe('a stamped position at /route', () => {
  /** Moves on by a change of the default from v1 to v2. */
  function moveOn(): void {
    const changed = { ...orders, defaults: [{ version: 'v2', weight: 10_000 }] };
    history.add(applyDelta(history.latest!, { epoch: 'e1', revision: 8, services: { upsert: [changed] } }));
  }

  it('chooses the version of that revision as long as it is kept', async () => {
    moveOn();
    expect(await route('orders', {})).toMatchObject({ version: 'v2', revision: 8 });
    const earlier = await route('orders', { position: 'e1-7' }, 'gateway');
    expect(earlier).toMatchObject({ version: 'v1', revision: 7, isRevisionMissed: false });
    const missed = await route('orders', { position: 'e1-6' }, 'gateway');
    expect(missed).toMatchObject({ version: 'v2', revision: 8, isRevisionMissed: true });
    expect(noted).toEqual(['position_asked', 'position_asked', 'position_missed']);
  });

  it('counts from a stranger only when an edge has signed it', async () => {
    moveOn();
    const tag = formatTag(signLane(makeLane({ position: 'e1-7' }), keys));
    expect(await route('orders', { position: 'e1-7' })).toMatchObject({ revision: 8 });
    expect(await route('orders', { position: 'e1-7', tag })).toMatchObject({ revision: 7, version: 'v1' });
  });

  it('holds for explain and flags too', async () => {
    moveOn();
    expect((await explained({ position: 'e1-7' }, 'gateway')).decision).toMatchObject({ version: 'v1', revision: 7 });
    const { body } = await ask(operations.decideFlags.path, request('orders', { position: 'e1-7' }), 'gateway');
    expect(body).toMatchObject({ version: 'v1', revision: 7, flags: { dark: false } });
  });
});

describe('/flags', () => {
  it('answers the flags of the version alone, by the same conditions as /route', async () => {
    const gold = { claims: { plan: 'gold' } };
    for (const [metadata, dark] of [
      [gold, true],
      [{}, false],
    ] as const) {
      const { status, body } = await ask(operations.decideFlags.path, request('orders', metadata), 'gateway');
      expect(status).toBe(200);
      const answer = flagsResponseSchema.strict().parse(body);
      expect(answer).toEqual({
        tenantId: 'acme',
        serviceName: 'orders',
        version: 'v1',
        reason: 'DEFAULT',
        flags: { dark },
        epoch: 'e1',
        revision: 7,
      });
      expect((await route('orders', metadata, 'gateway')).flags).toEqual({ dark });
    }
  });

  it('answers an empty set for a version without flags, and problems as /route does', async () => {
    const tagged = await ask(operations.decideFlags.path, request('orders', { tag: 'beta' }), 'gateway');
    expect(tagged.body).toMatchObject({ version: 'v2', flags: {} });
    const unknown = await ask(operations.decideFlags.path, request('nothing'));
    expect([unknown.status, problemSchema.parse(unknown.body).code]).toEqual([404, 'SERVICE_UNKNOWN']);
    const faulty = await ask(operations.decideFlags.path, { ...request('orders'), balancer: 'random' });
    expect(problemSchema.parse(faulty.body).code).toBe('VALIDATION_FAILED');
  });
});

it('tells of every decision of /route and its batch, as the engine saw the request, and of nothing else', async () => {
  await route('orders', { tag: 'beta', userId: 'u' });
  await ask(operations.routeBatch.path, { requests: [request('orders'), request('nothing')] });
  await explained({});
  await ask(operations.decideFlags.path, request('orders'));
  expect(decided.map(([asked, { ok }]) => [asked.serviceName, asked.metadata, ok])).toEqual([
    ['orders', { userId: 'u' }, true],
    ['orders', {}, true],
    ['nothing', {}, false],
  ]);
});

it('takes the balancer of the request', async () => {
  const { body } = await ask(operations.explain.path, { ...request('orders'), balancer: 'random' });
  expect(explainResponseSchema.parse(body).steps).toContainEqual(
    expect.objectContaining({ step: 'instance', outcome: 'random' }),
  );
});
