import { type OperationId, operations } from '@grey/contracts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectedAccess, type Known } from '../../test/expected-access.ts';
import { startTestApi, type TestApi } from '../../test/start-test-api.ts';
import { type Persona, type Visit, walkOperations } from '../../test/walk-operations.ts';
import { AccessController } from './access.controller.ts';

const password = 'a password of the tests';
let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
  for (const id of ['own', 'other']) await api.ask('POST', '/api/tenants', { id, name: id });
  await createUser('manager', { role: 'TENANT_MANAGER', tenantIds: ['own'] });
  await createUser('viewer', { role: 'VIEWER' });
});
afterAll(() => api.close());

/** Makes a user who has changed the one-time password already. */
async function createUser(username: string, fields: object): Promise<void> {
  const made = await api.ask('POST', '/api/users', { username, name: username, password, ...fields });
  expect(made.status).toBe(201);
  const token = await api.login(username, password);
  const changed = { currentPassword: password, newPassword: `${password}!` };
  expect((await api.ask('PUT', '/api/auth/password', changed, { token })).status).toBe(200);
}

async function createKey(fields: object): Promise<string> {
  const made = await api.ask('POST', '/api/api-keys', { name: 'key', ...fields });
  expect(made.status).toBe(201);
  return made.body.key;
}

/** The walk logs out, which spends a token: each login gives its own. */
async function knownPersonas(): Promise<Persona[]> {
  const routeKey = await createKey({ scopes: ['route'] });
  const gatewayKey = await createKey({ scopes: ['gateway'] });
  const registryKey = await createKey({ scopes: ['registry'] });
  const makeAdmin = await freshTokens('walker', { role: 'GREY_ROUTER_ADMIN' });
  return [
    { name: 'admin', token: makeAdmin },
    { name: 'manager', token: () => api.login('manager', `${password}!`) },
    { name: 'viewer', token: () => api.login('viewer', `${password}!`) },
    { name: 'routeKey', token: () => routeKey },
    { name: 'gatewayKey', token: () => gatewayKey },
    { name: 'registryKey', token: () => registryKey },
  ];
}

async function freshTokens(username: string, fields: object): Promise<() => Promise<string>> {
  await createUser(username, fields);
  return () => api.login(username, `${password}!`);
}

const strangers: Persona[] = [
  { name: 'nobody', token: () => undefined },
  { name: 'garbage', token: () => 'garbage' },
  { name: 'an unknown key', token: () => `grey_${'x'.repeat(43)}` },
  { name: 'an endless token', token: () => 'x'.repeat(5000) },
];

/** What the running API did otherwise than the table says. */
function deviations(visits: readonly Visit[]): string[] {
  return visits
    .filter((visit) => {
      const expected = expectedAccess[visit.operation];
      const isLet = expected === 'everybody' || expected.includes(visit.persona as Known);
      return (visit.outcome === 'allowed') !== isLet;
    })
    .map((visit) => `${visit.operation} as ${visit.persona}: ${visit.outcome} (${visit.status})`);
}

describe('the door', () => {
  test('lists every operation of the contract in the table of expectations', () => {
    expect(Object.keys(expectedAccess).sort()).toEqual(Object.keys(operations).sort());
  });

  test('lets each role and key do what it may, and nothing else', async () => {
    const visits = await walkOperations(api.url, await knownPersonas(), 'own');
    expect(deviations(visits)).toEqual([]);
    for (const visit of visits)
      expect([visit.operation, visit.status < 500 || visit.status === 503]).toEqual([visit.operation, true]);
  });

  test('is shut to strangers, whatever they send', async () => {
    const visits = await walkOperations(api.url, strangers, 'own');
    expect(deviations(visits)).toEqual([]);
    for (const visit of visits.filter((one) => one.outcome !== 'allowed'))
      expect([visit.operation, visit.persona, visit.outcome, visit.status]).toEqual([
        visit.operation,
        visit.persona,
        'unauthenticated',
        401,
      ]);
  });

  test('keeps a manager and a key away from tenants that are not theirs', async () => {
    const ownKey = await createKey({ scopes: ['route'], tenantIds: ['own'] });
    const limited: Persona[] = [
      { name: 'manager', token: () => api.login('manager', `${password}!`) },
      { name: 'routeKey', token: () => ownKey },
    ];
    const visits = await walkOperations(api.url, limited, 'other');
    const named = visits.filter((one) => {
      const { tenantIn } = operations[one.operation] as { tenantIn?: string };
      return tenantIn === 'path' || one.operation === 'route' || one.operation === 'explain';
    });
    const wrong = named.filter((one) => one.outcome === 'allowed');
    expect(wrong).toEqual([]);
    const foreign = named.filter((one) => one.outcome === 'foreign').map((one) => one.operation);
    expect(foreign).toContain('getTenant');
    expect(foreign).toContain('setTenantServiceVersion');
    expect(foreign).toContain('route');
  });

  test('is seen to be open when one permission gets lost', async () => {
    const handler = AccessController.prototype.listUsers;
    const key = Reflect.getMetadataKeys(handler).find(
      (one) => Reflect.getMetadata(one, handler) === operations.listUsers,
    );
    expect(key).toBeDefined();
    Reflect.defineMetadata(key, { ...operations.listUsers, permission: 'authenticated' }, handler);
    try {
      const viewer = { name: 'viewer', token: () => api.login('viewer', `${password}!`) };
      expect(deviations(await walkOperations(api.url, [viewer], 'own'))).toEqual([
        'listUsers as viewer: allowed (200)',
      ]);
    } finally {
      Reflect.defineMetadata(key, operations.listUsers, handler);
    }
  });
});

describe('a session', () => {
  test('ends at once when it is logged out, and others go on', async () => {
    const [one, two] = [await api.login('viewer', `${password}!`), await api.login('viewer', `${password}!`)];
    expect((await api.ask('POST', '/api/auth/logout', undefined, { token: one })).status).toBe(204);
    expect((await api.ask('GET', '/api/auth/me', undefined, { token: one })).body.code).toBe('TOKEN_INVALID');
    expect((await api.ask('GET', '/api/auth/me', undefined, { token: two })).status).toBe(200);
  });

  test('ends for /route too, which keeps tokens in a cache', async () => {
    const token = await api.login('viewer', `${password}!`);
    const request = { tenantId: 'own', serviceName: 'none' };
    const decide = () => api.ask('POST', '/api/grey-router/route', request, { token });
    expect((await decide()).body.code).toBe('SERVICE_UNKNOWN');
    await api.ask('POST', '/api/auth/logout', undefined, { token });
    expect((await decide()).body.code).toBe('TOKEN_INVALID');
  });

  test('ends when the user is changed or deleted', async () => {
    await createUser('leaving', { role: 'VIEWER' });
    const token = await api.login('leaving', `${password}!`);
    const { body } = await api.ask('GET', '/api/users?limit=1000');
    const { id } = body.items.find((user: { username: string }) => user.username === 'leaving');
    expect((await api.ask('PATCH', `/api/users/${id}`, { role: 'GREY_ROUTER_ADMIN' })).status).toBe(200);
    expect((await api.ask('GET', '/api/auth/me', undefined, { token })).status).toBe(401);
    const again = await api.login('leaving', `${password}!`);
    expect((await api.ask('DELETE', `/api/users/${id}`)).status).toBe(204);
    expect((await api.ask('GET', '/api/auth/me', undefined, { token: again })).status).toBe(401);
  });

  test('of a new user may only change the password, until it is changed', async () => {
    await api.ask('POST', '/api/users', { username: 'fresh', name: 'Fresh', role: 'VIEWER', password });
    const token = await api.login('fresh', password);
    expect((await api.ask('GET', '/api/tenants', undefined, { token })).body.code).toBe('PERMISSION_DENIED');
    expect((await api.ask('GET', '/api/auth/me', undefined, { token })).body.mustChangePassword).toBe(true);
    const changed = await api.ask(
      'PUT',
      '/api/auth/password',
      { currentPassword: password, newPassword: `${password}!` },
      { token },
    );
    expect(changed.body.mustChangePassword).toBe(false);
    expect((await api.ask('GET', '/api/tenants', undefined, { token: changed.body.accessToken })).status).toBe(200);
    expect((await api.ask('GET', '/api/auth/me', undefined, { token })).status).toBe(401);
  });

  test('is not given for a wrong password, and guessing is slowed down for that name', async () => {
    const guess = () =>
      api.ask('POST', '/api/auth/login', { username: 'nobody-here', password: 'guess' }, { token: null });
    for (let count = 0; count < 10; count += 1) expect((await guess()).body.code).toBe('CREDENTIALS_WRONG');
    const refused = await guess();
    expect([refused.status, refused.body.code]).toEqual([429, 'RATE_LIMITED']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await api.login('viewer', `${password}!`)).not.toBe('');
  });
});

describe('an API key', () => {
  test('works until it is revoked', async () => {
    const made = await api.ask('POST', '/api/api-keys', { name: 'short-lived', scopes: ['route'] });
    const token = made.body.key;
    expect((await api.ask('GET', '/api/auth/me', undefined, { token })).body.permissions).toEqual(['route']);
    expect((await api.ask('DELETE', `/api/api-keys/${made.body.id}`)).status).toBe(204);
    expect((await api.ask('GET', '/api/auth/me', undefined, { token })).status).toBe(401);
  });

  test('ends when it expires', async () => {
    const past = new Date(Date.now() - 1000).toISOString();
    const token = await createKey({ scopes: ['route'], expiresAt: past });
    expect((await api.ask('GET', '/api/auth/me', undefined, { token })).body.code).toBe('TOKEN_INVALID');
  });

  test('is shown once: neither list nor log hold it', async () => {
    const token = await createKey({ scopes: ['registry'] });
    for (const target of ['/api/api-keys?limit=1000', '/api/changes?limit=1000'])
      expect(JSON.stringify((await api.ask('GET', target)).body)).not.toContain(token.slice(12));
  });
});

describe('the last administrator', () => {
  test('can be neither demoted, switched off nor deleted', async () => {
    const alone = await startTestApi();
    try {
      const { id } = (await alone.ask('GET', '/api/users')).body.items[0];
      for (const change of [{ role: 'VIEWER' }, { isActive: false }])
        expect((await alone.ask('PATCH', `/api/users/${id}`, change)).body.code).toBe('LAST_ADMIN');
      expect((await alone.ask('DELETE', `/api/users/${id}`)).body.code).toBe('LAST_ADMIN');
    } finally {
      await alone.close();
    }
  });
});

test('every operation is served', async () => {
  const served = new Set<OperationId>();
  const admin = { name: 'admin', token: await freshTokens('walker-2', { role: 'GREY_ROUTER_ADMIN' }) };
  for (const visit of await walkOperations(api.url, [admin], 'own'))
    if (visit.status !== 405) served.add(visit.operation);
  expect([...served].sort()).toEqual(Object.keys(operations).sort());
});
