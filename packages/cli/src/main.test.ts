import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';

const program = fileURLToPath(new URL('./main.ts', import.meta.url));
const home = mkdtempSync(path.join(tmpdir(), 'grey-cli-main-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** Runs the program as a shell does, without a terminal. */
async function run(args: readonly string[], input = '') {
  const child: ChildProcess = spawn(process.execPath, [program, ...args], { env: { HOME: home }, timeout: 20_000 });
  child.stdin?.end(input);
  const [out, err, [status]] = await Promise.all([
    text(child.stdout as NodeJS.ReadableStream),
    text(child.stderr as NodeJS.ReadableStream),
    once(child, 'exit'),
  ]);
  return { out, err, status };
}

test('a password comes from standard input, results go to standard output, and the process ends', async () => {
  const bodies: string[] = [];
  const me = { kind: 'user', id: '1', name: 'Ops', role: 'VIEWER', permissions: [], tenantIds: null };
  const session = { accessToken: 'tok', tokenType: 'Bearer', expiresAt: '2030-01-01T00:00:00Z' };
  const server = createServer(async (request, response) => {
    if (request.method === 'POST') bodies.push(await text(request));
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ ...(request.method === 'POST' ? session : me), mustChangePassword: false }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const { out, err, status } = await run(['login', url, '--user', 'ops'], 'from a pipe\nmore\n');
    expect([status, err, out]).toEqual([0, '', `Logged in to ${url} as Ops (VIEWER), until 2030-01-01T00:00:00Z.\n`]);
    expect(JSON.parse(bodies[0] as string)).toEqual({ username: 'ops', password: 'from a pipe' });
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test('without a terminal and with nothing on standard input nothing is asked and nothing hangs', async () => {
  expect(await run(['login', 'http://127.0.0.1:9', '--user', 'ops'])).toEqual({
    out: '',
    err: 'grey: No password was given.\n',
    status: 2,
  });
});
