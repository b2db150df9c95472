import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { commands } from './commands.ts';
import { writeCredentials } from './credentials.ts';
import { exitCodes } from './exit-codes.ts';
import { runCli } from './run-cli.ts';
import { normalizeUrl } from './session.ts';
import { VERSION } from './version.ts';

const home = mkdtempSync(path.join(tmpdir(), 'grey-cli-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function grey(args: string, env: Record<string, string> = {}) {
  let out = '';
  let err = '';
  const nobody = async () => undefined;
  const status = await runCli(args.split(' ').filter(Boolean), {
    env,
    home,
    terminal: {
      out: (text) => {
        out += text;
      },
      err: (text) => {
        err += text;
      },
      isInteractive: false,
      hasColours: false,
      columns: undefined,
      ask: nobody,
      askSecret: nobody,
    },
  });
  return { status, out, err };
}
const answer =
  (status: number, body: unknown, type = 'application/problem+json'): RequestListener =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': type });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };

test('exit statuses are what scripts rest on', () => {
  const statuses = Object.entries(exitCodes).map(([name, { status }]) => `${name} ${status}`);
  expect(statuses).toEqual([
    'DONE 0',
    'REFUSED 1',
    'USAGE 2',
    'UNREACHABLE 3',
    'NOT_ALLOWED 4',
    'NOT_CONFIRMED 5',
    'NOT_CONVERGED 6',
    'HALF_DONE 7',
    'FAILED 70',
  ]);
});

describe('the command line', () => {
  test('helps with every command', async () => {
    expect((await grey('')).out).toBe((await grey('--help')).out);
    for (const { name, summary } of commands) {
      expect((await grey('help')).out).toContain(summary);
      expect(await grey(`${name} --help`)).toMatchObject({
        status: 0,
        out: expect.stringContaining(`Usage: grey ${name}`),
      });
    }
  });

  test('is of the version of its package', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
    expect([VERSION, (await grey('--version')).out]).toEqual([version, `${version}\n`]);
  });

  test.each([
    'nonsense',
    'route acorn',
    'route acorn orders extra',
    'route acorn orders --nonsense',
    'route acorn orders --header nothing --url http://127.0.0.1:9',
    'route acorn orders --balancer nonsense --url http://127.0.0.1:9',
    'route acorn orders --timeout 0',
    'route acorn orders --url ftp://127.0.0.1',
    'route acorn orders',
    'rollback orders v2 v1 --reason x --url http://127.0.0.1:9',
    'rollback orders v2 v1 --all --tag beta --url http://127.0.0.1:9',
    'rollback orders v2 v1 --all --confirm order --url http://127.0.0.1:9',
    'export --part nonsense --url http://127.0.0.1:9',
    'validate /nowhere/at/all.yaml',
    'migrations check /nowhere/at/all orders --url http://127.0.0.1:9',
    'migrations check . orders --engine oracle --url http://127.0.0.1:9',
    'migrations put . orders --schema one --url http://127.0.0.1:9',
  ])('refuses "%s" as a matter of usage', async (args) => {
    const { status, out, err } = await grey(args);
    expect([status, out]).toEqual([2, '']);
    expect(err).toMatch(/^grey: .*\n/);
  });
});

describe('a server', () => {
  test('that is not there is status 3, in one JSON document where that is asked for', async () => {
    const url = await serve(answer(200, {}));
    await new Promise((resolve) => servers.splice(0)[0]?.close(resolve));
    const { status, out } = await grey('export --json', { GREY_URL: url });
    expect([status, JSON.parse(out).error]).toEqual([
      3,
      expect.objectContaining({ status: 3, message: `Cannot reach ${url}: connection refused.`, isOutcomeKnown: true }),
    ]);
  });

  test('that does not answer in time is status 3', async () => {
    const url = await serve(() => undefined);
    expect(await grey('route acorn orders --timeout 1', { GREY_URL: url })).toMatchObject({
      status: 3,
      err: `grey: Cannot reach ${url}: no answer in time.\n`,
    });
  });

  test.each([
    ['a page of something else', answer(502, '<html>', 'text/html')],
    ['a success without the body', answer(200, 'ok', 'text/plain')],
    ['JSON that is no problem', answer(404, { message: 'no' }, 'application/json')],
    ['a redirect', answer(302, '', 'text/plain')],
  ])('that answers with %s is status 3', async (_name, listener) => {
    expect((await grey('route acorn orders', { GREY_URL: await serve(listener) })).status).toBe(3);
  });

  test.each([
    [401, 'TOKEN_INVALID', 4],
    [403, 'PERMISSION_DENIED', 4],
    [403, 'TENANT_INACTIVE', 1],
    [404, 'TENANT_UNKNOWN', 1],
    [409, 'MOVE_REFUSED', 1],
    [412, 'PRECONDITION_FAILED', 1],
    [429, 'RATE_LIMITED', 3],
    [503, 'NO_INSTANCE', 1],
    [503, 'SNAPSHOT_MISSING', 3],
    [503, 'DATABASE_UNAVAILABLE', 3],
  ])('that says %i %s is status %i', async (status, code, expected) => {
    const problem = { type: 'x', title: 'Title.', status, code, detail: 'Detail\u001b[31m' };
    const { status: found, err } = await grey('route acorn orders', { GREY_URL: await serve(answer(status, problem)) });
    expect([found, err.split('\n')[0]]).toEqual([expected, `grey: Title. Detail\u{fffd}[31m (${code})`]);
  });

  test('gets the token of the environment, of what was kept only its own, and no other header of ours', async () => {
    const seen: (string | undefined)[] = [];
    const url = await serve((request, response) => {
      seen.push(request.headers.authorization);
      answer(404, { type: 'x', title: 'T', status: 404, code: 'TENANT_UNKNOWN' })(request, response);
    });
    const kept = { token: 'kept', name: 'n', expiresAt: null };
    writeCredentials(path.join(home, '.config/grey/credentials.json'), {
      current: url,
      servers: { [url]: kept, 'http://other': { ...kept, token: 'other' } },
    });
    await grey('route acorn orders');
    await grey('route acorn orders', { GREY_TOKEN: 'given' });
    await grey(`route acorn orders --url ${url.replace('127.0.0.1', 'localhost')}`);
    expect(seen).toEqual(['Bearer kept', 'Bearer given', undefined]);
  });
});

describe('a rollback whose answer is lost', () => {
  const outcome = { affectedCount: 1, byMove: [], leftOut: [], warnings: [], frozen: [], preempted: [] };
  const position = { epoch: 'e', revision: 1 };
  const at = '2026-01-01T00:00:00.000Z';
  const plan = {
    ...{ planToken: 'secret-token', expiresAt: at, position, inScopeCount: 1, moves: [], isTruncated: false },
    ...{ alsoReachedBy: [], chain: ['v2', 'v1'], ...outcome },
  };
  const convergence = { total: 3, applied: 2, elapsedMs: 1000, missing: ['api-3'] };
  const result = { rollbackId: 'r', changeId: 'e-1', position, at, durability: 'journal', ...outcome, convergence };
  const command = 'rollback orders v2 v1 --all --reason x --confirm orders';

  /** A server that hangs up on so many rollbacks before it answers. */
  async function serveRollbacks(lostCount: number) {
    const keys: unknown[] = [];
    const url = await serve((request, response) => {
      if (request.url?.endsWith('/plan')) return answer(200, plan, 'application/json')(request, response);
      keys.push(request.headers['idempotency-key']);
      if (keys.length <= lostCount) return request.socket.destroy();
      return answer(200, result, 'application/json')(request, response);
    });
    return { keys, GREY_URL: url };
  }

  test('is asked for again with the same key; the token of the plan is not shown', async () => {
    const { keys, GREY_URL } = await serveRollbacks(2);
    const run = await grey(`${command} --json`, { GREY_URL });
    expect([run.status, keys.length, new Set(keys).size]).toEqual([6, 3, 1]);
    expect(JSON.parse(run.out)).toMatchObject({ exit: 'NOT_CONVERGED', result: { convergence } });
    expect(run.out + run.err).not.toContain('secret-token');
  });

  test('names the routers that are missing, and where it is kept while the database is away', async () => {
    const { GREY_URL } = await serveRollbacks(0);
    const { status, out } = await grey(command, { GREY_URL });
    expect(status).toBe(6);
    expect(out).toContain('2 of 3 routers acknowledged within 1000 ms\nMissing routers\n  api-3\n');
    expect(out).toContain('Kept in journal: the database is away; it follows');
  });

  test('is given up after three times, and it is said that it may have been done', async () => {
    const { keys, GREY_URL } = await serveRollbacks(9);
    const { status, err } = await grey(command, { GREY_URL });
    expect([status, keys.length]).toEqual([3, 3]);
    expect(err).toContain('Whether the change was made is not known');
  });
});

test('an apply whose first answer is lost does not say that nothing was changed', async () => {
  const file = path.join(home, 'lanes.yaml');
  writeFileSync(file, 'format: grey/1\nlanes: [{tag: summer, versions: []}]\n');
  const GREY_URL = await serve((request, response) => {
    if (request.method === 'PUT') return request.socket.destroy();
    return answer(200, { items: [] }, 'application/json')(request, response);
  });
  const { status, out, err } = await grey(`apply ${file} --yes`, { GREY_URL });
  expect([status, err]).toEqual([3, '']);
  expect(out).toContain('failed  create lane summer');
  expect(out).toContain('Whether the change was made is not known');
});

test('addresses are kept without slash, credentials and query', () => {
  expect(normalizeUrl('https://u:p@grey.example.com/base/?a=1#b')).toBe('https://grey.example.com/base');
});

test('a file of credentials that others can read is told, and one that is broken is not used', async () => {
  const file = path.join(home, '.config/grey/credentials.json');
  writeCredentials(file, { current: 'http://127.0.0.1:9', servers: {} });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  chmodSync(file, 0o644);
  expect((await grey('route acorn orders')).err).toContain('can be read by others');
  writeFileSync(file, '{');
  expect(await grey('route acorn orders')).toMatchObject({
    status: 2,
    err: expect.stringContaining('is not what grey wrote'),
  });
});
