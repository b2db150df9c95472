import { compatibilitySchema, solutionSchema } from '@grey/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../../test/start-test-api.ts';
import { VersionGuards } from '../guards/version-guards.ts';
import { Database } from '../infra/db/database.ts';

let api: TestApi;
let shop = '';
let pay = '';
let count = 0;
beforeAll(async () => {
  api = await startTestApi();
  for (const id of ['acme', 'beta', 'gamma']) await api.ask('POST', '/api/tenants', { id, name: id, tags: ['all'] });
});
afterAll(() => api.close());
beforeEach(async () => {
  count += 1;
  [shop, pay] = [`shop-${count}`, `pay-${count}`];
  for (const id of [shop, pay]) {
    await api.ask('POST', '/api/services', { id });
    for (const version of ['1.0', '1.5', '2.0']) await api.ask('POST', `/api/services/${id}/versions`, { version });
  }
});

const put = (service: string, versions: object[], headers = {}) =>
  api.ask('PUT', `/api/services/${service}/compatibility`, { versions }, { headers });
const assign = (tenant: string, service: string, targetVersion: string) =>
  api.ask('PUT', `/api/tenants/${tenant}/services/${service}/version`, { targetVersion });
const needsPay = (range: unknown) => put(shop, [{ version: '2.0', requires: [{ serviceId: pay, range }] }]);
const refused = (detail: string) => ({
  status: 409,
  body: { code: 'MOVE_REFUSED', objections: [{ code: 'INCOMPATIBLE', detail: expect.stringContaining(detail) }] },
});
const solve = async (selection: object, targets: object[], options = {}) =>
  api.ask('POST', '/api/compatibility/solve', { selection, targets }, options);

describe('what is said', () => {
  test('is replaced whole, by who saw it, as one change', async () => {
    const nothing = await api.ask('GET', `/api/services/${shop}/compatibility`);
    expect(compatibilitySchema.parse(nothing.body)).toMatchObject({ versions: [], updatedAt: null, etag: '"0"' });
    const versions = [{ version: '1.0', compatibleWith: ['1.0', '1.5'] }];
    const said = await put(shop, versions, { 'If-Match': '"0"' });
    expect(said.body.versions).toEqual([
      { ...versions[0], breakingChanges: false, migrationRequired: false, requires: [] },
    ]);
    expect(said.headers.get('etag')).toBe(said.body.etag);
    expect((await put(shop, [], { 'If-Match': '"0"' })).status).toBe(412);
    expect((await put(shop, versions)).body.etag).toBe(said.body.etag);
    const { body } = await api.ask('GET', '/api/changes?limit=1&kind=compatibility.put');
    expect(body.items[0].items).toMatchObject([
      { entity: 'compatibility', key: shop, before: null, after: { versions: [{ version: '1.0' }] } },
    ]);
    expect((await api.ask('GET', '/api/compatibility')).body.items).toContainEqual(said.body);
  });

  test('can be taken back, and the taking back as well', async () => {
    const first = [{ version: '1.0', compatibleWith: ['1.5'] }];
    await put(shop, first);
    await put(shop, []);
    const read = async () => (await api.ask('GET', `/api/services/${shop}/compatibility`)).body.versions;
    const revertLast = async () => {
      const { id } = (await api.ask('GET', '/api/changes?limit=1')).body.items[0];
      const { body: plan } = await api.ask('POST', `/api/changes/${id}/revert/plan`, {});
      const body = { planToken: plan.planToken, reason: 'it was wrong' };
      expect((await api.ask('POST', `/api/changes/${id}/revert`, body)).status).toBe(200);
    };
    await revertLast();
    expect(await read()).toMatchObject(first);
    await revertLast();
    expect(await read()).toEqual([]);
  });

  test('names only what there is', async () => {
    const answer = await put(shop, [
      { version: '9', compatibleWith: ['8'] },
      { version: '1.0', requires: [{ serviceId: 'nobody', range: '*' }] },
      { version: '1.5', requires: [{ serviceId: pay, range: 'newest' }] },
      { version: '2.0', requires: [{ serviceId: pay, range: ['7'] }] },
    ]);
    expect(answer.status).toBe(400);
    expect(answer.body.errors.map((one: { path: string }) => one.path)).toEqual([
      'body.versions[0].version',
      'body.versions[0].compatibleWith',
      'body.versions[1].requires[0].serviceId',
      'body.versions[2].requires[0].range',
      'body.versions[3].requires[0].range',
    ]);
    expect((await put(shop, [{ version: '1.0', requires: [{ serviceId: shop, range: '*' }] }])).status).toBe(400);
    expect((await put('nobody-has-this', [])).body.code).toBe('SERVICE_UNKNOWN');
  });

  test('goes out as YAML and comes back the same; a file with a fault changes nothing', async () => {
    await put(pay, [{ version: '1.0', compatibleWith: ['1.5'], migrationRequired: true }]);
    await needsPay('>=1.5 <3');
    const { body: before } = await api.ask('GET', '/api/compatibility');
    const { body: file } = await api.ask('GET', '/api/compatibility/export');
    await put(pay, []);
    await put(shop, []);
    const broken = file.content.replace('>=1.5 <3', 'newest');
    for (const isCheckOnly of [true, false])
      expect(
        (await api.ask('POST', '/api/compatibility/import', { content: broken, isCheckOnly })).body.errors,
      ).toEqual([
        {
          path: `content.compatibility_matrix.${shop}.2.0.requires.${pay}`,
          message: expect.stringMatching(/^line \d+: /),
        },
      ]);
    const check = { content: file.content, isCheckOnly: true };
    expect((await api.ask('POST', '/api/compatibility/import', check)).body.items).toContainEqual(
      expect.objectContaining({ serviceId: pay, versions: [expect.objectContaining({ migrationRequired: true })] }),
    );
    expect((await api.ask('GET', `/api/services/${pay}/compatibility`)).body.versions).toEqual([]);
    const imported = await api.ask('POST', '/api/compatibility/import', { content: file.content, reason: 'restored' });
    expect(imported.status).toBe(200);
    const { body: after } = await api.ask('GET', '/api/compatibility');
    const said = ({ items }: { items: { serviceId: string; versions: unknown }[] }) =>
      items.map(({ serviceId, versions }) => ({ serviceId, versions }));
    expect(said(after)).toEqual(said(before));
    const { body: changes } = await api.ask('GET', '/api/changes?limit=1&kind=compatibility.put');
    expect(changes.items[0]).toMatchObject({ itemCount: 2, reason: 'restored' });
  });
});

describe('changes are held to it', () => {
  test('a single one', async () => {
    await put(shop, [{ version: '1.0', compatibleWith: ['1.5'] }]);
    await assign('acme', shop, '1.0');
    expect(await assign('acme', shop, '2.0')).toMatchObject(refused(`${shop} 1.0 does not list 2.0`));
    expect((await assign('acme', shop, '1.5')).status).toBe(200);
    expect((await assign('acme', shop, '2.0')).status).toBe(200);
  });

  test('many, cell by cell; what comes together fits together', async () => {
    await needsPay('>=2');
    await assign('acme', pay, '1.0');
    await assign('beta', pay, '2.0');
    const plan = { selection: { kind: 'tag', tag: 'all' }, targets: [{ serviceId: shop, targetVersion: '2.0' }] };
    const { body } = await api.ask('POST', '/api/assignments/plan', plan);
    expect(body.summary).toMatchObject({ moveCount: 2, refusedCount: 1 });
    expect(body.refusals).toMatchObject([
      { tenantId: 'acme', code: 'INCOMPATIBLE', mend: expect.stringContaining(`Move ${pay} to 2.0`) },
    ]);
    const both = { ...plan, targets: [...plan.targets, { serviceId: pay, targetVersion: '2.0' }] };
    const { body: together } = await api.ask('POST', '/api/assignments/plan', both);
    expect(together.summary).toMatchObject({ moveCount: 5, refusedCount: 0 });
    const applied = await api.ask('POST', '/api/assignments/apply', { plan: both, planToken: together.planToken });
    expect(applied.body.summary.moveCount).toBe(5);
  });

  test('a default, for those who follow it', async () => {
    await needsPay('>=2');
    const toTwo = { defaultVersions: [{ version: '2.0', weight: 10_000 }] };
    await assign('acme', pay, '1.0');
    expect(await api.ask('PATCH', `/api/services/${shop}`, toTwo)).toMatchObject(refused('1 tenant(s) have'));
    await assign('acme', shop, '1.0');
    expect((await api.ask('PATCH', `/api/services/${shop}`, toTwo)).status).toBe(200);
  });

  test('a rule, for the tenants it can reach', async () => {
    await put(shop, [{ version: '1.0', compatibleWith: ['1.5'] }]);
    await assign('acme', shop, '1.0');
    await assign('beta', shop, '1.5');
    const publish = async (when?: object) => {
      const rules = [{ id: 'r', name: 'r', target: { kind: 'version', version: '2.0' }, ...(when ? { when } : {}) }];
      await api.ask('PUT', `/api/services/${shop}/rules/draft`, { rules });
      return api.ask('POST', `/api/services/${shop}/rules/draft/publish`, {});
    };
    expect(await publish()).toMatchObject(refused('1 tenant(s) are assigned 1.0'));
    const only = (value: string) => ({ op: 'equals', operand: { from: 'tenant' }, value });
    expect(await publish(only('acme'))).toMatchObject(refused('does not list 2.0'));
    expect((await publish(only('beta'))).status).toBe(200);
  });

  test('a version to fall back to, of a rule or the service; a copy of requests is only warned of', async () => {
    await put(shop, [{ version: '2.0', compatibleWith: ['1.5'] }]);
    await assign('acme', shop, '2.0');
    const rule = { id: 'r', name: 'r', target: { kind: 'version', version: '2.0' } };
    const save = (further: object) =>
      api.ask('PUT', `/api/services/${shop}/rules/draft`, { rules: [{ ...rule, ...further }] });
    const publish = () => api.ask('POST', `/api/services/${shop}/rules/draft/publish`, {});
    await save({ fallback: { mode: 'version', version: '1.0' } });
    expect(await publish()).toMatchObject({ status: 409, body: { code: 'MOVE_REFUSED' } });
    await save({ fallback: { mode: 'version', version: '1.5' } });
    expect((await publish()).status).toBe(200);
    const fall = (fallbackVersion: string) =>
      api.ask('PATCH', `/api/services/${shop}`, { fallback: 'version', fallbackVersion });
    expect(await fall('1.0')).toMatchObject(refused('2.0 does not list 1.0'));
    expect((await fall('1.5')).status).toBe(200);
    const findings = [
      { code: 'MIRROR_INCOMPATIBLE', severity: 'warning', ruleId: 'r', path: 'rules[0].mirror.version' },
    ];
    const saved = await save({ mirror: { version: '1.0', share: 100 } });
    expect(saved.body.findings.filter(({ code }: { code: string }) => code === 'MIRROR_INCOMPATIBLE')).toMatchObject(
      findings,
    );
    expect((await publish()).status).toBe(200);
    expect((await save({ mirror: { version: '1.5', share: 100 } })).body.findings).not.toContainEqual(
      expect.objectContaining({ code: 'MIRROR_INCOMPATIBLE' }),
    );
  });

  test('a lane, whose versions are there together', async () => {
    await needsPay('>=2');
    const lane = (version: string) => ({
      versions: [
        { serviceId: shop, version: '2.0' },
        { serviceId: pay, version },
      ],
    });
    expect((await api.ask('PUT', `/api/lanes/lane-${count}`, lane('1.0'))).body.code).toBe('MOVE_REFUSED');
    expect((await api.ask('PUT', `/api/lanes/lane-${count}`, lane('2.0'))).status).toBe(200);
  });

  test('of two changes at once that do not fit each other, one is refused', async () => {
    await needsPay('>=2');
    for (const tenant of ['acme', 'beta', 'gamma']) {
      await assign(tenant, pay, '2.0');
      await assign(tenant, shop, '1.0');
      const answers = await Promise.all([assign(tenant, shop, '2.0'), assign(tenant, pay, '1.0')]);
      expect(answers.map((one) => one.status).sort()).toEqual([200, 409]);
      await assign(tenant, shop, '1.0');
    }
  });

  test('an emergency is only warned', async () => {
    await put(shop, [{ version: '2.0', compatibleWith: [] }]);
    const move = { tenantId: 'acme', serviceId: shop, fromVersion: '2.0', toVersion: '1.0' };
    const caller = { kind: 'user', id: 'u', name: 'u' } as never;
    const warnings = await api.app
      .get(Database)
      .consistentRead((tx) => api.app.get(VersionGuards).assertAllowed(tx, [move], { caller, isEmergency: true }));
    expect(warnings).toMatchObject([{ code: 'INCOMPATIBLE', isOverridable: true }]);
  });
});

describe('the solver', () => {
  test('orders the steps of each tenant, equal plans together', async () => {
    await needsPay('>=2');
    await put(pay, [{ version: '1.0', compatibleWith: ['1.5'] }]);
    await assign('acme', pay, '1.0');
    await assign('beta', pay, '1.5');
    await assign('gamma', pay, '1.5');
    for (const tenant of ['acme', 'beta', 'gamma']) await assign(tenant, shop, '1.0');
    const { body } = await solve({ kind: 'tag', tag: 'all' }, [{ serviceId: shop, version: '2.0' }]);
    const { groups, tenantCount } = solutionSchema.parse(body);
    const shown = groups.map((group) => [
      group.outcome,
      group.tenantIds,
      group.steps.map(({ serviceId, toVersion }) => `${serviceId} ${toVersion}`),
    ]);
    expect([tenantCount, shown]).toEqual([
      3,
      [
        ['plan', ['beta', 'gamma'], [`${pay} 2.0`, `${shop} 2.0`]],
        ['plan', ['acme'], [`${pay} 1.5`, `${pay} 2.0`, `${shop} 2.0`]],
      ],
    ]);
    // Each step is what the guard lets through.
    for (const { serviceId, toVersion } of groups[1]?.steps ?? [])
      expect((await assign('acme', serviceId, toVersion)).status).toBe(200);
    const acme = { kind: 'tenants', tenantIds: ['acme'] };
    const { body: done } = await solve(acme, [{ serviceId: shop, version: '2.0' }]);
    expect(done.groups).toMatchObject([{ outcome: 'nothing', tenantCount: 1 }]);
  });

  test('says in words why there is no plan', async () => {
    await put(shop, [{ version: '2.0', compatibleWith: [] }]);
    await assign('acme', shop, '2.0');
    const { body } = await solve({ kind: 'tenants', tenantIds: ['acme'] }, [{ serviceId: shop, version: '1.0' }]);
    expect(body.groups).toMatchObject([
      { outcome: 'impossible', steps: [], reasons: [expect.stringContaining('No way leads')] },
    ]);
  });

  test('keeps to tenants that there are and that the caller may act for', async () => {
    const targets = [{ serviceId: shop, version: '2.0' }];
    expect((await solve({ kind: 'tenants', tenantIds: ['nobody'] }, targets)).body.code).toBe('TENANT_UNKNOWN');
    await api.ask('POST', '/api/users', {
      username: `mona-${count}`,
      name: 'Mona',
      role: 'TENANT_MANAGER',
      tenantIds: ['beta'],
      password: 'a password of the tests',
    });
    const first = await api.login(`mona-${count}`, 'a password of the tests');
    const change = { currentPassword: 'a password of the tests', newPassword: 'another password of the tests' };
    await api.ask('PUT', '/api/auth/password', change, { token: first });
    const options = { token: await api.login(`mona-${count}`, change.newPassword) };
    const answer = await solve({ kind: 'tenants', tenantIds: ['acme'] }, targets, options);
    expect(answer.body.code).toBe('TENANT_FORBIDDEN');
    expect((await solve({ kind: 'all' }, targets, options)).body.tenantCount).toBe(1);
  });
});
