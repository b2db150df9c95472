import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, readlinkSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterEach, expect, test } from 'vitest';
import { isAlive } from '../find-process.ts';
import { type RunningPostgres, startPostgres } from './start-postgres.ts';

const folders: string[] = [];
const servers: RunningPostgres[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

test('a started server answers on loopback and keeps its data over a restart', async () => {
  const dataDir = makeFolder();
  const first = await start(dataDir);
  await first.ensureDatabase('grey');
  await first.ensureDatabase('grey');
  await query(first.url('grey'), 'CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)');
  await first.stop();
  expect(isAlive(first.pid)).toBe(false);

  const second = await start(dataDir);
  expect(second.isReused).toBe(false);
  expect(await query(second.url('grey'), 'SELECT n FROM kept')).toEqual([{ n: 7 }]);
});

test('a server that outlived its parent is taken over, not started twice', async () => {
  const dataDir = makeFolder();
  const first = await start(dataDir);
  const second = await start(dataDir);
  expect(second).toMatchObject({ isReused: true, pid: first.pid, port: first.port });
  await second.stop();
  expect(isAlive(first.pid)).toBe(false);
});

test('a server that was killed hard starts again with what was committed', async () => {
  const dataDir = makeFolder();
  const first = await start(dataDir, true);
  await query(first.url(), 'CREATE TABLE kept (n int); INSERT INTO kept VALUES (1)');
  const gone = untilGone(first.pid);
  process.kill(first.pid, 'SIGKILL');
  await gone;
  const second = await start(dataDir);
  expect(second.isReused).toBe(false);
  expect(await query(second.url(), 'SELECT n FROM kept')).toEqual([{ n: 1 }]);
});

test('a process that got the number of a server long gone is not mistaken for it', async () => {
  const dataDir = makeFolder();
  const first = await start(dataDir);
  const pidFile = path.join(realpathSync(dataDir), 'postmaster.pid');
  const lines = readFileSync(pidFile, 'utf8').split('\n');
  await first.stop();
  const stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  try {
    writeFileSync(pidFile, [String(stranger.pid), ...lines.slice(1)].join('\n'));
    const second = await start(dataDir);
    expect(second.isReused).toBe(false);
    expect(await query(second.url(), 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
    expect(isAlive(stranger.pid as number)).toBe(true);
  } finally {
    stranger.kill('SIGKILL');
  }
});

test('a taken port fails with the words of the server', async () => {
  const first = await start(makeFolder());
  await expect(startPostgres({ dataDir: makeFolder(), port: first.port, isDurable: false })).rejects.toThrow(
    /did not start: .*could not bind/s,
  );
});

test.runIf(process.getuid?.() === 0)(
  'below a folder closed to its account the data is kept elsewhere, and linked',
  async () => {
    const dataDir = makeFolder();
    chmodSync(path.dirname(dataDir), 0o700);
    const first = await start(dataDir, true);
    await query(first.url(), 'CREATE TABLE kept (n int); INSERT INTO kept VALUES (3)');
    await first.stop();
    const elsewhere = readlinkSync(dataDir);
    folders.push(elsewhere);
    const second = await start(dataDir);
    expect(await query(second.url(), 'SELECT n FROM kept')).toEqual([{ n: 3 }]);
    await second.stop();

    rmSync(dataDir);
    const anew = await start(dataDir);
    folders.push(readlinkSync(dataDir));
    expect(readlinkSync(dataDir)).not.toBe(elsewhere);
    await expect(query(anew.url(), 'SELECT n FROM kept')).rejects.toThrow('does not exist');
  },
);

test('a database name that is not plain is refused', async () => {
  const server = await start(makeFolder());
  await expect(server.ensureDatabase('x; DROP DATABASE postgres')).rejects.toThrow('Not a plain database name');
});

async function start(dataDir: string, isDurable = false): Promise<RunningPostgres> {
  const server = await startPostgres({ dataDir, isDurable });
  servers.push(server);
  return server;
}

function makeFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'grey-starter-test-'));
  folders.push(folder);
  // Open to the account a root run drops to; otherwise the data would be kept elsewhere and outlive the test.
  chmodSync(folder, 0o755);
  return path.join(folder, 'postgres');
}

async function query(connectionString: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

async function untilGone(pid: number): Promise<void> {
  while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 10));
}
