import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isAlive, needsRedis, pickFreePort, readCommandLine } from '@grey/testkit';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { apiProgram, ownProgram } from './locations.ts';

/** A loaded machine takes its time for three replicas and sixteen instances. */
const PATIENT = { timeout: 90_000, interval: 100 };

const folder = mkdtempSync(path.join(realpathSync(tmpdir()), 'grey-replicas-'));
const launchers: Launcher[] = [];
afterEach(async () => {
  for (const { process: child } of launchers.splice(0)) {
    if (child.exitCode === null && child.signalCode === null && child.kill('SIGTERM')) await once(child, 'exit');
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('three replicas share everything, one that is killed is told and the others go on, and nothing is left', {
  ...needsRedis(),
  timeout: 180_000,
}, async () => {
  const launcher = start(['--replicas', '3'], { GREY_PORT: String(await pickFreePort()) });
  const text = await launcher.waitFor(/Ctrl-C stops everything/);
  const urls = (/^ {2}replicas {2}(.*)$/m.exec(text)?.[1] ?? '').split('  ');
  expect(urls).toHaveLength(3);
  expect(text).toMatch(/^ {2}Redis .*, private to this run$/m);
  for (const url of urls) expect(await routes(text, url)).toBe(200);
  expect(await askAsAdmin(urls[0] as string)).toEqual({ sets: ['v2.0.0'], hasSources: true, test: 'OK', pending: 5 });

  const { parts } = JSON.parse(readFileSync(path.join(folder, 'run.json'), 'utf8')) as { parts: { pid: number }[] };
  expect(parts.length).toBeGreaterThan(3 + 16);
  const replicas = parts.filter(({ pid }) => readCommandLine(pid).includes(apiProgram));
  expect(replicas).toHaveLength(3);
  process.kill(replicas[0]?.pid as number, 'SIGKILL');
  const told = await launcher.waitFor(/Replica 1 at \S+ \(process \d+\) ended by itself, .*; 2 of 3 go on\./);
  expect(told).toContain(urls[0]);
  for (const url of urls.slice(1)) expect(await routes(text, url)).toBe(200);

  launcher.process.kill('SIGINT');
  const [code] = await once(launcher.process, 'close');
  expect([code, launcher.output()]).toEqual([0, expect.stringMatching(/Stopped\.\n$/)]);
  expect(parts.filter(({ pid }) => isAlive(pid))).toEqual([]);
  expect(existsSync(path.join(folder, 'run.json'))).toBe(false);
});

test('without a Redis the replicas share everything too, by way of PostgreSQL, and one line says so', async () => {
  const GREY_DATA_DIR = path.join(folder, 'polling');
  const PATH = makePathWithout(/^(redis|valkey)-server$/);
  const env = { GREY_PORT: String(await pickFreePort()), GREY_DATA_DIR, PATH };
  const launcher = start(['--replicas', '2'], env);
  const text = await launcher.waitFor(/Ctrl-C stops everything/);
  expect(text).toMatch(
    /^ {2}Redis {5}none: no valkey-server or redis-server on the PATH; the replicas poll PostgreSQL/m,
  );
  const urls = (/^ {2}replicas {2}(.*)$/m.exec(text)?.[1] ?? '').split('  ');
  expect(urls).toHaveLength(2);
  for (const url of urls) expect(await routes(text, url)).toBe(200);
});

test('a number of replicas that makes no sense ends the start with one sentence', async () => {
  const launcher = start(['--replicas', 'many'], {});
  const [code] = await once(launcher.process, 'close');
  expect([code, launcher.output()]).toEqual([
    1,
    '--replicas takes a whole number from 1 to 8: npm start -- --replicas 3\n',
  ]);
});

interface Launcher {
  readonly process: ChildProcess;
  output(): string;
  /** Resolves with all it has printed so far as soon as that has the pattern. */
  waitFor(pattern: RegExp): Promise<string>;
}

/** Starts the launcher as built, on a folder of its own. */
function start(args: readonly string[], env: Readonly<Record<string, string>>): Launcher {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('GREY_'));
  const child = spawn(process.execPath, [ownProgram('main.js'), ...args], {
    env: { ...Object.fromEntries(own), GREY_DATA_DIR: folder, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
    });
  }
  const launcher: Launcher = {
    process: child,
    output: () => output,
    waitFor: (pattern) =>
      vi.waitFor(() => {
        expect(output).toMatch(pattern);
        return output;
      }, PATIENT),
  };
  launchers.push(launcher);
  return launcher;
}

/** What the demo's migrations need: the set, the way into a tenant's schema, and what that one lacks. */
async function askAsAdmin(url: string) {
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  const ask = async (method: string, target: string, body?: object) => {
    const response = await fetch(`${url}${target}`, { method, headers, body: body ? JSON.stringify(body) : null });
    return (await response.json()) as Record<string, string> & { items: Record<string, string>[]; pending: object[] };
  };
  const password = readFileSync(path.join(folder, 'admin-password'), 'utf8').trim();
  const { accessToken } = await ask('POST', '/api/auth/login', { username: 'admin', password });
  headers.authorization = `Bearer ${accessToken}`;
  const sets = await ask('GET', '/api/services/payment-service/migrations');
  const sources = await ask('GET', '/api/data-sources?tenantId=birch-foods');
  const test = await ask('POST', `/api/data-sources/${sources.items[0]?.id}/test`, {});
  const way = '/api/tenants/birch-foods/services/payment-service/versions/v2.0.0/migrations/estimate';
  const { pending } = await ask('GET', way);
  return {
    sets: sets.items.map(({ version }) => version),
    hasSources: sources.items.length === 1,
    test: test.code,
    pending: pending.length,
  };
}

/** A PATH with all there is but some programs. */
function makePathWithout(programs: RegExp): string {
  const target = path.join(folder, 'path');
  mkdirSync(target);
  const places = new Map<string, string>();
  for (const source of (process.env.PATH ?? '').split(path.delimiter).filter((one) => existsSync(one))) {
    for (const name of readdirSync(source)) if (!places.has(name)) places.set(name, path.join(source, name));
  }
  for (const [name, place] of places) if (!programs.test(name)) symlinkSync(place, path.join(target, name));
  return target;
}

/** Sends the printed request to one replica. */
async function routes(announcement: string, url: string): Promise<number> {
  const line = /^curl .*$/m.exec(announcement)?.[0] ?? '';
  const response = await fetch(`${url}/api/grey-router/route`, {
    method: 'POST',
    headers: {
      authorization: /authorization: ([^']+)/.exec(line)?.[1] ?? '',
      'content-type': 'application/json',
    },
    body: /-d '([^']+)'/.exec(line)?.[1] ?? '',
  });
  await response.body?.cancel();
  return response.status;
}
