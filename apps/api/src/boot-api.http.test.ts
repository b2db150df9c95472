import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../test/start-test-api.ts';
import { bootApi } from './boot-api.ts';

let api: TestApi;
let consoleDir: string;
beforeAll(async () => {
  consoleDir = mkdtempSync(path.join(tmpdir(), 'grey-console-'));
  mkdirSync(path.join(consoleDir, 'assets'));
  writeFileSync(path.join(consoleDir, 'index.html'), '<!doctype html><title>console</title>');
  writeFileSync(path.join(consoleDir, 'assets', 'app-1a2b3c.js'), 'export {};');
  api = await startTestApi({ GREY_CONSOLE_DIR: consoleDir });
});
afterAll(async () => {
  await api.close();
  rmSync(consoleDir, { recursive: true });
});

const open = (target: string) => api.ask('GET', target, undefined, { token: null });

test('the console is served on every path that is a page, and never hides the API', async () => {
  for (const page of ['/', '/tenants', '/tenants/acme.eu?tab=1', '/services/pay/deep']) {
    const answer = await open(page);
    expect([page, answer.status, answer.headers.get('cache-control')]).toEqual([page, 200, 'no-cache']);
    expect(answer.body).toContain('<title>console');
  }
  expect((await open('/api/nothing')).body.code).toBe('ROUTE_NOT_FOUND');
  expect((await open('/health/liveness')).body).toEqual({ status: 'up' });
});

test('hashed assets may be kept for ever, and a missing one is missing', async () => {
  const asset = await open('/assets/app-1a2b3c.js');
  expect([asset.status, asset.headers.get('cache-control')]).toEqual([200, 'public, max-age=31536000, immutable']);
  expect((await open('/assets/old-4d5e6f.js')).status).toBe(404);
  expect((await open('/assets/..%2f..%2fpackage.json')).status).toBeGreaterThanOrEqual(400);
});

test('a second start finds everything as it was and makes no second administrator', async () => {
  await api.ask('POST', '/api/tenants', { id: 'kept', name: 'Kept' });
  const before = await api.ask('GET', '/api/changes?limit=1');
  const again = await bootApi({ ...api.config, GREY_PORT: 0 });
  try {
    expect(again.passwordFile).toBeUndefined();
    const headers = { authorization: `Bearer ${api.adminToken}` };
    const response = await fetch(`${again.url}/api/changes?limit=1`, { headers });
    expect(await response.json()).toEqual(before.body);
  } finally {
    await again.close();
  }
});

test('the one-time password is for its owner alone, and must be changed before anything else', async () => {
  const fresh = await startTestApi({ GREY_DEMO: false });
  try {
    expect(statSync(fresh.passwordFile as string).mode & 0o777).toBe(0o600);
    expect((await fresh.ask('GET', '/api/auth/me')).body.mustChangePassword).toBe(true);
    const refused = await fresh.ask('GET', '/api/tenants');
    expect([refused.status, refused.body.code]).toEqual([403, 'PERMISSION_DENIED']);
  } finally {
    await fresh.close();
  }
});

test('a faulty environment ends the process with every fault and without a stack', async () => {
  const main = new URL('../dist/src/main.js', import.meta.url).pathname;
  const child = spawn(process.execPath, [main], { env: { PATH: process.env.PATH, GREY_PORT: 'x' } });
  let said = '';
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  expect(code).toBe(1);
  for (const name of ['GREY_DATABASE_URL', 'GREY_JWT_SECRET', 'GREY_PLAN_SECRET', 'GREY_PORT'])
    expect(said).toContain(name);
  expect(said).not.toContain('    at ');
});
