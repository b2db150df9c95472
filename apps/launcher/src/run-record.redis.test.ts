import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findRedis, isAlive, needsRedis, pickFreePort, readCommandLine } from '@grey/testkit';
import { afterAll, afterEach, expect, test, vi } from 'vitest';

const folder = mkdtempSync(path.join(realpathSync(tmpdir()), 'grey-run-record-'));
const file = path.join(folder, 'run.json');
vi.stubEnv('GREY_DATA_DIR', folder);
const { clearLeftovers, openRunRecord } = await import('./run-record.ts');

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  rmSync(file, { force: true });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a Redis that a killed run left behind is ended, though it rewrites its command line', needsRedis(), async () => {
  const found = findRedis() as { path: string };
  const port = String(await pickFreePort());
  const redis = run(found.path, ['--port', port, '--bind', '127.0.0.1', '--save', ''], folder);
  await vi.waitFor(() => expect(readCommandLine(redis.pid as number)).toContain(`:${port}`), { timeout: 20_000 });
  const gone = once(redis, 'exit');
  leaveRecord([{ pid: redis.pid as number, mark: port }]);
  expect(await clearLeftovers()).toBe(1);
  await gone;
  expect(existsSync(file)).toBe(false);
});

test('a process that has inherited the number of one of ours is left alone', async () => {
  const stranger = run(process.execPath, ['-e', 'setInterval(() => {}, 1000)', 'somebody-else'], tmpdir());
  leaveRecord([{ pid: stranger.pid as number, mark: 'launcher-of-another-folder' }]);
  expect(await clearLeftovers()).toBe(0);
  expect(isAlive(stranger.pid as number)).toBe(true);
});

test('what is added is in the record at once, marked with this checkout unless said otherwise', async () => {
  const record = openRunRecord('http://127.0.0.1:8080');
  const child = run(process.execPath, ['-e', 'setInterval(() => {}, 1000)', path.resolve('src')], folder);
  const gone = once(child, 'exit');
  record.add({ pid: child.pid as number });
  expect(await clearLeftovers()).toBe(1);
  await gone;
});

function run(program: string, args: readonly string[], cwd: string): ChildProcess {
  const child = spawn(program, args, { cwd, stdio: 'ignore' });
  started.push(child);
  return child;
}

/** As a launcher that was killed would have left it: its own process is gone. */
function leaveRecord(parts: readonly { pid: number; mark: string }[]): void {
  writeFileSync(file, JSON.stringify({ pid: 2 ** 22 + 1, url: 'http://127.0.0.1:8080', parts }));
}
