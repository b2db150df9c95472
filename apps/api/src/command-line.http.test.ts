import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { parse, stringify } from 'yaml';
import { type GreyRun, runGrey } from '../test/run-grey.ts';
import { startTestApi, type TestApi } from '../test/start-test-api.ts';

let api: TestApi;
const folder = mkdtempSync(path.join(tmpdir(), 'grey-command-line-'));
const file = path.join(folder, 'grey.yaml');

beforeAll(async () => {
  api = await startTestApi();
  for (const id of ['acorn', 'birch']) await api.ask('POST', '/api/tenants', { id, name: id, tags: ['beta'] });
});
afterAll(async () => {
  await api.close();
  rmSync(folder, { recursive: true, force: true });
});

/** As the administrator, by the environment. */
const grey = (args: string, answers?: readonly string[]): Promise<GreyRun> =>
  runGrey(args.split(' '), {
    home: folder,
    env: { GREY_URL: api.url, GREY_TOKEN: api.adminToken },
    ...(answers === undefined ? {} : { answers }),
  });
const write = (config: unknown) => writeFileSync(file, typeof config === 'string' ? config : stringify(config));
const exported = async () => parse((await grey('export')).out);

const wanted = {
  format: 'grey/1',
  services: [
    {
      id: 'orders',
      name: 'Orders',
      fallback: 'version',
      fallbackVersion: 'v1',
      defaultVersions: [{ version: 'v1', weight: 10_000 }],
      versions: [
        { version: 'v1', ordinal: 1, flags: [{ name: 'theme', value: 'light' }] },
        { version: 'v2', ordinal: 2, status: 'deprecated' },
        { version: 'v0', ordinal: 3, status: 'retired' },
      ],
      rules: {
        rules: [
          {
            id: 'beta',
            name: 'Beta',
            when: { op: 'exists', operand: { from: 'header', name: 'x-beta' } },
            target: { kind: 'version', version: 'v2' },
          },
        ],
      },
      compatibility: [{ version: 'v1', compatibleWith: ['v2', 'v0'] }],
      experiments: [
        {
          id: 'button',
          unit: { by: 'user' },
          startAt: '2030-01-01T00:00:00Z',
          variants: [
            { name: 'a', version: 'v1', weight: 5_000 },
            { name: 'b', version: 'v2', weight: 5_000 },
          ],
        },
      ],
    },
  ],
  lanes: [{ tag: 'summer', versions: [{ serviceId: 'orders', version: 'v2' }] }],
  freezes: [
    {
      title: 'New year',
      reason: 'nobody is here',
      scope: { serviceIds: ['orders'] },
      startsAt: '2090-12-24T00:00:00+01:00',
      endsAt: '2091-01-02T00:00:00Z',
    },
  ],
  assignments: { acorn: { orders: { version: 'v2', pinned: true } }, birch: { orders: 'v1' } },
};

describe('a session', () => {
  const password = () => readFileSync(path.join(api.config.GREY_DATA_DIR, 'admin-password'), 'utf8').trim();
  const home = path.join(folder, 'home');
  const kept = path.join(home, '.config/grey/credentials.json');
  const run = (args: string, answers?: readonly string[]) =>
    runGrey(args.split(' '), { home, ...(answers === undefined ? {} : { answers }) });

  test('lasts from login to logout, in a file that nobody else can read, and nothing prints the token', async () => {
    expect((await run('route acorn orders')).status).toBe(2);
    const login = await run(`login ${api.url}/`, ['admin', password()]);
    expect([login.status, login.out]).toEqual([0, expect.stringContaining(`Logged in to ${api.url} as `)]);
    const { token } = JSON.parse(readFileSync(kept, 'utf8')).servers[api.url];
    expect(statSync(kept).mode & 0o777).toBe(0o600);
    expect(login.out + login.err).not.toContain(token);
    expect(login.out + login.err).not.toContain(password());
    expect((await run('export')).status).toBe(0);

    expect((await run('logout')).status).toBe(0);
    expect(readFileSync(kept, 'utf8')).not.toContain(token);
    expect((await api.ask('GET', '/api/auth/me', undefined, { token })).status).toBe(401);
  });

  test('is not begun with a wrong password or token', async () => {
    expect(await run(`login ${api.url} --user admin`, ['wrong'])).toMatchObject({ status: 4 });
    expect(await run(`login ${api.url} --token`, ['grey_nothing'])).toMatchObject({ status: 4 });
  });

  test('sends what it keeps to the server that gave it, and to no other', async () => {
    await run(`login ${api.url} --token`, [api.adminToken]);
    const other = `${api.url.replace('127.0.0.1', 'localhost')}`;
    expect(await run(`export --url ${other}`)).toMatchObject({
      status: 4,
      err: expect.stringContaining('TOKEN_MISSING'),
    });
  });
});

describe('a file', () => {
  test('is applied only when that is confirmed', async () => {
    write(wanted);
    expect((await grey(`apply ${file}`)).status).toBe(5);
    expect((await grey(`apply ${file}`, ['n'])).status).toBe(5);
    expect((await grey(`apply ${file} --dry-run`)).status).toBe(0);
    expect((await exported()).services).toEqual([]);
  });

  test('becomes what is live; then nothing differs, and there is nothing to do', async () => {
    const { status, out } = await grey(`apply ${file}`, ['y']);
    expect([status, out]).toEqual([0, expect.stringContaining('done  publish rules of orders: set 1')]);
    expect(await grey(`diff ${file}`)).toMatchObject({ status: 0, out: 'Nothing differs.\n' });
    expect(await grey(`apply ${file} --yes`)).toMatchObject({ status: 0, out: 'Nothing to do.\n' });
    const [service] = (await exported()).services;
    expect(service.versions.map((one: { status: string }) => one.status)).toEqual(['active', 'deprecated', 'retired']);
  });

  test('that was exported is sound, the same every time, and differs from nothing', async () => {
    const { out } = await grey('export');
    write(out);
    expect((await grey('export')).out).toBe(out);
    expect(await grey(`validate ${file}`)).toMatchObject({ status: 0 });
    expect((await grey(`diff ${file} --json`)).json).toEqual({ isEqual: true, differences: [] });
    expect((await grey('export --json')).json).toEqual(parse(out));
  });

  test('that was edited says what differs, and changes that alone', async () => {
    const config = await exported();
    config.services[0].name = 'Orders of all';
    config.services[0].rules.rules[0].priority = 7;
    config.services[0].versions[0].flags = [];
    config.lanes[0].mode = 'strict';
    config.services[0].compatibility = [];
    config.freezes[0].reason = 'nobody at all';
    config.assignments.acorn.orders = 'v1';
    config.assignments.birch.orders = null;
    write(config);
    const { status, out } = await grey(`diff ${file}`);
    expect(status).toBe(1);
    expect(out).toContain('name: "Orders" → "Orders of all"');
    expect(out).toContain('rules[beta].priority: 0 → 7');
    expect(out).toContain('~ assignment acorn orders: v2 (pinned) → v1');
    expect(out).toContain('- assignment birch orders: v1 → default');
    const { json } = await grey(`apply ${file} --json --yes --reason because`);
    expect(json.steps.map((one: { title: string; outcome: string }) => [one.title, one.outcome])).toEqual([
      ['set compatibility of orders', 'done'],
      ['set flags of orders v1', 'done'],
      ['change lane summer', 'done'],
      ['change service orders: name', 'done'],
      ['publish rules of orders', 'done'],
      ['move 2 assignments', 'done'],
      ['change freeze New year 2090-12-23T23:00:00.000Z', 'done'],
    ]);
    expect((await grey(`diff ${file}`)).status).toBe(0);
    const { body } = await api.ask('GET', '/api/changes?limit=7');
    const [freeze, ...others] = body.items.map((one: { kind: string; reason: string }) => [one.kind, one.reason]);
    expect(freeze).toEqual(['freeze.updated', 'nobody at all']);
    expect(new Set(others.map(([, reason]: [string, string]) => reason))).toEqual(new Set(['because']));
  });

  test('that leaves something out leaves it alone, unless it is pruned', async () => {
    write({ ...(await exported()), lanes: [], freezes: [] });
    expect(await grey(`apply ${file} --yes`)).toMatchObject({
      status: 0,
      out: expect.stringContaining('Nothing to do'),
    });
    const pruned = (await grey(`apply ${file} --yes --prune`)).out;
    expect(pruned).toContain('done  delete lane summer');
    expect(pruned).toContain('done  delete freeze New year');
    expect(await exported()).toMatchObject({ lanes: [], freezes: [] });
  });

  test('is not applied over the draft of somebody, nor where a move is refused', async () => {
    const config = await exported();
    config.services[0].rules = null;
    write(config);
    await api.ask('PUT', '/api/services/orders/rules/draft', { rules: [] });
    expect(await grey(`apply ${file} --yes`)).toMatchObject({
      status: 1,
      out: expect.stringContaining('rules of orders: admin has a draft'),
    });
    expect((await grey(`apply ${file} --yes --discard-drafts`)).status).toBe(0);
    write({ format: 'grey/1', assignments: { nobody: { orders: 'v1' }, birch: { orders: 'v2' } } });
    expect(await grey(`apply ${file} --yes`)).toMatchObject({
      status: 1,
      out: expect.stringContaining('TENANT_UNKNOWN'),
    });
    expect((await exported()).assignments).toEqual({ acorn: { orders: 'v1' } });
    expect(await grey(`apply ${file} --yes --partial`)).toMatchObject({ status: 0 });
    expect((await exported()).assignments).toEqual({ acorn: { orders: 'v1' }, birch: { orders: 'v2' } });
  });

  test('that is refused half way says which steps were done', async () => {
    write({
      format: 'grey/1',
      services: [{ id: 'stock', versions: [{ version: 'v1' }] }],
      lanes: [{ tag: 'autumn', versions: [{ serviceId: 'gone', version: 'v1' }] }],
    });
    const { status, json } = await grey(`apply ${file} --yes --json`);
    expect(status).toBe(7);
    expect(json.steps.map((one: { outcome: string }) => one.outcome)).toEqual(['done', 'done', 'failed']);
    expect(json.steps[2].error.code).toBe('SERVICE_UNKNOWN');
  });

  test('that retires a version in use is told what keeps it, and what would mend that', async () => {
    write({ format: 'grey/1', services: [{ id: 'orders', versions: [{ version: 'v1', status: 'retired' }] }] });
    const { status, out } = await grey(`apply ${file} --yes`);
    expect([status, out]).toEqual([
      1,
      expect.stringContaining(
        'It is the default of orders. Mend: Give the default to another version, or promote one.',
      ),
    ]);
  });

  test('is refused in a freeze, and applied with a word why not to wait', async () => {
    const times = { startsAt: '2026-01-01T00:00:00Z', endsAt: '2100-01-01T00:00:00Z' };
    const freeze = { title: 'Sales', reason: 'busy', ...times, scope: { serviceIds: ['orders'] } };
    const { id } = (await api.ask('POST', '/api/freezes', freeze)).body;
    const move = (version: string) => write({ format: 'grey/1', assignments: { birch: { orders: version } } });
    move('v1');
    expect(await grey(`apply ${file} --yes`)).toMatchObject({ status: 1, out: expect.stringContaining('FROZEN') });
    expect((await grey(`apply ${file} --yes --override INC-9 --reason back`)).status).toBe(0);
    move('v2');
    expect((await grey(`apply ${file} --yes --override INC-9`)).status).toBe(0);
    const [, change] = (await api.ask('GET', '/api/changes?limit=2&kind=assignments.applied')).body.items;
    expect(change).toMatchObject({ reason: 'back (override: INC-9)', items: [{ entity: 'override' }, {}] });
    await api.ask('DELETE', `/api/freezes/${id}`);
  });
});

describe('a decision', () => {
  beforeAll(async () => {
    const instance = { serviceId: 'orders', instanceId: 'o-1', version: 'v1', address: '127.0.0.1:4001' };
    const { status } = await api.ask('POST', '/api/registry/instances', instance);
    expect(status).toBe(201);
  });

  test('is told with its reason, and explained step by step', async () => {
    expect((await grey('route acorn orders')).out).toMatch(
      /version\s+v1\ninstance\s+127\.0\.0\.1:4001 \(o-1\)\nreason\s+ASSIGNMENT/,
    );
    const { status, out } = await grey('explain acorn orders --header x-beta:1');
    expect([status, out]).toEqual([
      0,
      expect.stringMatching(/^orders for acorn\n├─ [\s\S]*└─ v1 at 127\.0\.0\.1:4001/),
    ]);
  });

  test('that is a refusal is status 1, with the code of the API', async () => {
    expect((await grey('route nobody orders --json')).json.error).toMatchObject({ status: 1, code: 'TENANT_UNKNOWN' });
    expect(await grey('explain nobody orders')).toMatchObject({
      status: 1,
      out: expect.stringContaining('TENANT_UNKNOWN'),
    });
  });
});

describe('a rollback', () => {
  const command = 'rollback orders v2 v1 --all --reason INC-7';

  test('shows its plan, and does nothing until the name of the service was typed', async () => {
    const asked = await grey(command, ['order']);
    expect([asked.status, asked.out]).toEqual([5, expect.stringContaining('v2 → v1: 1 tenant')]);
    expect((await grey(`${command} --json`)).status).toBe(5);
    expect((await grey(`${command} --confirm order`)).status).toBe(2);
    expect((await api.ask('GET', '/api/holds')).body.items).toEqual([]);
  });

  test('tells who has it and how fast, and holds', async () => {
    const { status, out } = await grey(command, ['orders']);
    expect([status, out]).toEqual([0, expect.stringMatching(/1 of 1 router acknowledged within \d+ ms/)]);
    expect((await grey('route birch orders --json')).json.version).toBe('v1');
    const [hold] = (await api.ask('GET', '/api/holds')).body.items;
    expect(hold).toMatchObject({ fromVersion: 'v2', toVersion: 'v1', reason: 'INC-7' });
  });

  test('is taken back after its plan, once', async () => {
    const [{ id }] = (await api.ask('GET', '/api/holds')).body.items;
    const undo = `undo-rollback ${id} --reason fixed`;
    // As long as assignments are rewritten, what is to be undone changes under the plan.
    await vi.waitFor(
      async () => expect((await api.ask('GET', `/api/emergency/rollbacks/${id}`)).body.state).toBe('done'),
      { timeout: 30_000, interval: 50 },
    );
    expect(await grey(undo, ['no'])).toMatchObject({ status: 5, out: expect.stringContaining('v1 → v2: 1 tenant') });
    expect((await api.ask('GET', `/api/holds/${id}`)).body.isActive).toBe(true);
    expect(await grey(`${undo} --confirm orders`)).toMatchObject({ status: 0, out: expect.stringContaining('Undone') });
    expect((await api.ask('GET', `/api/holds/${id}`)).body).toMatchObject({ isActive: false, liftReason: 'fixed' });
    expect((await grey(`${undo} --confirm orders`)).status).toBe(1);
  });
});

test('the audit is verified, also against an anchor of before', async () => {
  const { status, json } = await grey('audit verify --json');
  expect([status, json.isIntact]).toEqual([0, true]);
  const { position, hash } = json.anchor;
  expect((await grey(`audit verify --anchor ${position.epoch}-${position.revision}:${hash}`)).status).toBe(0);
  const other = await grey(`audit verify --anchor ${position.epoch}-${position.revision}:${'0'.repeat(64)}`);
  expect([other.status, other.out]).toEqual([1, expect.stringContaining('anchor')]);
});
