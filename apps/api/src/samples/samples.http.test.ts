import { samplesSchema, serviceSourceSchema, simulationSchema } from '@grey/contracts';
import { buildSnapshot, createDecisionEnv, decide, type SnapshotSource } from '@grey/route-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../../test/start-test-api.ts';

let api: TestApi;
let routeKey = '';
let managerToken = '';
beforeAll(async () => {
  api = await startTestApi();
  for (const id of ['a', 'b', 'c']) await api.ask('POST', '/api/tenants', { id, name: id });
  await api.ask('POST', '/api/services', { id: 'pay' });
  for (const version of ['v1', 'v2', 'v3']) {
    await api.ask('POST', '/api/services/pay/versions', { version });
    if (version === 'v3') continue;
    const instance = {
      serviceId: 'pay',
      instanceId: `pay-${version}`,
      version,
      address: '127.0.0.1:9',
      ttlMs: 300_000,
    };
    expect((await api.ask('POST', '/api/registry/instances', instance)).status).toBe(201);
  }
  await api.ask('PATCH', '/api/services/pay', { defaultVersions: [{ version: 'v1', weight: 10_000 }] });
  await api.ask('PUT', '/api/tenants/c/services/pay/version', { targetVersion: 'v2', pinned: true });
  routeKey = (await api.ask('POST', '/api/api-keys', { name: 'route', scopes: ['route'] })).body.key;
  const password = 'a long enough password';
  const user = { username: 'mia', name: 'Mia', role: 'TENANT_MANAGER', tenantIds: ['b'], password };
  await api.ask('POST', '/api/users', user);
  const first = await api.login('mia', password);
  const changed = { currentPassword: password, newPassword: `${password}!` };
  managerToken = (await api.ask('PUT', '/api/auth/password', changed, { token: first })).body.accessToken;
});
afterAll(() => api.close());
beforeEach(async () => {
  await api.ask('DELETE', '/api/services/pay/samples');
  await api.ask('PUT', '/api/services/pay/rules/draft', { rules: [] });
  await api.ask('POST', '/api/services/pay/rules/draft/publish', {});
});

const route = (tenantId: string, requestMetadata: object) =>
  api.ask('POST', '/api/grey-router/route', { tenantId, serviceName: 'pay', requestMetadata }, { token: routeKey });
const simulateDraft = async (body: object = {}) =>
  simulationSchema.parse((await api.ask('POST', '/api/services/pay/rules/simulate', body)).body);
const requests = Array.from({ length: 60 }, (_, index) => ({
  tenantId: ['a', 'b', 'c'][index % 3] as string,
  metadata: {
    userId: `user-${index}`,
    path: index % 2 === 0 ? '/cart' : '/list',
    headers: { 'X-Beta': index % 5 === 0 ? 'on' : 'off', 'x-secret': 's' },
  },
}));
const rules = [
  {
    id: 'beta',
    name: 'Beta',
    priority: 10,
    when: { op: 'equals', operand: { from: 'header', name: 'x-beta' }, value: 'on' },
    target: { kind: 'version', version: 'v2' },
  },
  {
    id: 'cart',
    name: 'Below the cart',
    path: { type: 'prefix', value: '/cart/' },
    target: { kind: 'version', version: 'v2' },
  },
  {
    id: 'split',
    name: 'A third of the users',
    target: {
      kind: 'split',
      unit: { by: 'user' },
      shares: [
        { version: 'v1', weight: 6_700 },
        { version: 'v2', weight: 3_300 },
      ],
    },
  },
];

describe('a simulation', () => {
  test('says before publishing, request by request, what is answered after it', async () => {
    const askAll = async () => {
      const versions: string[] = [];
      for (const { tenantId, metadata } of requests) versions.push((await route(tenantId, metadata)).body.version);
      return versions;
    };
    const before = await askAll();
    await api.ask('PUT', '/api/services/pay/rules/draft', { rules });
    const told = await simulateDraft();
    expect([told.sampleCount, told.seenCount, told.unseen]).toEqual([60, 60, []]);
    expect((await api.ask('POST', '/api/services/pay/rules/draft/publish', {}, {})).status).toBe(200);
    const after = await askAll();
    const changed = requests.flatMap(({ tenantId }, index) =>
      before[index] === after[index] ? [] : [{ tenantId, from: before[index], to: after[index] }],
    );
    expect(changed.length).toBeGreaterThan(10);
    expect(told.changedCount).toBe(changed.length);
    expect(told.transitions).toMatchObject([{ from: 'v1', to: 'v2', count: changed.length, tenantCount: 2 }]);
    for (const tenant of ['a', 'b'])
      expect(told.tenants.find((one) => one.tenantId === tenant)?.changedCount).toBe(
        changed.filter((one) => one.tenantId === tenant).length,
      );
    expect(changed.some((one) => one.tenantId === 'c')).toBe(false);
    expect(told.rules.map((rule) => [rule.ruleId, rule.before])).toEqual(
      expect.arrayContaining([
        ['beta', 0],
        ['split', 0],
      ]),
    );
  });

  test('tells what would find no instance, and what the sample cannot tell', async () => {
    for (const { tenantId, metadata } of requests.slice(0, 6)) await route(tenantId, metadata);
    const when = { op: 'exists', operand: { from: 'header', name: 'x-secret' } };
    const hidden = { id: 'hidden', name: 'Hidden', when, target: { kind: 'version', version: 'v2' } };
    const away = { id: 'away', name: 'Away', target: { kind: 'version', version: 'v3' } };
    const told = await simulateDraft({ ruleSet: { rules: [hidden, away] } });
    expect(told).toMatchObject({ noInstanceBefore: 0, noInstanceAfter: 4, unseen: ['header x-secret'] });
    expect(told.findings).toContainEqual(expect.objectContaining({ code: 'VERSION_WITHOUT_INSTANCE', ruleId: 'away' }));
    expect((await api.ask('GET', '/api/services/pay/rules')).body.live.ruleCount).toBe(0);
  });

  test('of an earlier set, of no draft, of nonsense', async () => {
    const ask = (body: object, service = 'pay') => api.ask('POST', `/api/services/${service}/rules/simulate`, body);
    expect((await ask({ revision: 1 })).status).toBe(200);
    expect((await ask({ revision: 999 })).body.code).toBe('RULE_SET_UNKNOWN');
    expect((await ask({})).body.code).toBe('RULE_DRAFT_UNKNOWN');
    expect((await ask({}, 'nothing')).body.code).toBe('SERVICE_UNKNOWN');
    const broken = { rules: [{ ...rules[0], target: { kind: 'version', version: 'v9' } }] };
    expect((await ask({ ruleSet: broken })).body.code).toBe('RULES_INVALID');
    expect((await ask({ ruleSet: { rules: [] }, revision: 1 })).body.errors).toMatchObject([{ path: 'body.revision' }]);
  });
});

test('samples are shown redacted and can be forgotten', async () => {
  await route('a', { userId: 'ada@example.org', headers: { 'x-beta': 'on', authorization: 'Bearer hidden' } });
  const { body } = await api.ask('GET', '/api/services/pay/samples');
  const samples = samplesSchema.parse(body);
  expect(samples).toMatchObject({ isOn: true, capacity: 1_000, sampleCount: 1, seenCount: 1 });
  expect(samples.items).toMatchObject([{ tenantId: 'a', version: 'v1', metadata: { headers: { 'x-beta': 'on' } } }]);
  expect(JSON.stringify(body)).not.toMatch(/ada@|hidden/);
  expect((await api.ask('DELETE', '/api/services/pay/samples')).status).toBe(204);
  expect((await api.ask('GET', '/api/services/pay/samples')).body).toMatchObject({ sampleCount: 0, since: null });
  expect((await api.ask('GET', '/api/services/none/samples')).body.code).toBe('SERVICE_UNKNOWN');
});

describe('the source of a service', () => {
  const read = (query = '', token?: string) =>
    api.ask('GET', `/api/services/pay/source${query}`, undefined, token === undefined ? {} : { token });

  test('decides elsewhere as the router does here', async () => {
    await api.ask('PUT', '/api/services/pay/rules/draft', { rules });
    await api.ask('POST', '/api/services/pay/rules/draft/publish', {});
    for (const tenantId of ['a', 'b', 'c']) {
      const source = serviceSourceSchema.parse((await read(`?tenantId=${tenantId}`)).body);
      expect(source.tenants).toMatchObject([{ id: tenantId }]);
      const snapshot = buildSnapshot(source as unknown as SnapshotSource);
      for (const { metadata } of requests.slice(0, 12)) {
        const here = decide(snapshot, { tenantId, serviceName: 'pay', metadata }, createDecisionEnv());
        const { version, reason, rule, bucket } = (await route(tenantId, metadata)).body;
        expect(here).toMatchObject({ version, reason, rule, bucket });
      }
    }
  });

  test('is told of own tenants only', async () => {
    expect((await read('?tenantId=b', managerToken)).body.tenants).toMatchObject([{ id: 'b' }]);
    expect((await read('', managerToken)).body.tenants).toEqual([]);
    const foreign = await read('?tenantId=a', managerToken);
    expect([foreign.status, foreign.body.code]).toEqual([403, 'TENANT_FORBIDDEN']);
    expect((await api.ask('GET', '/api/services/none/source')).body.code).toBe('SERVICE_UNKNOWN');
  });
});
