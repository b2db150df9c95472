import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { Cluster, Redis } from 'ioredis';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { isAlive } from '../find-process.ts';
import { findRedis, needsRedis } from './find-redis.ts';
import { startRedis } from './start-redis.ts';
import { startRedisCluster } from './start-redis-cluster.ts';
import { startRedisSentinel } from './start-redis-sentinel.ts';

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

function connect(port: number): Redis {
  const client = new Redis(port, { retryStrategy: null });
  client.on('error', () => undefined);
  endings.push(() => client.disconnect());
  return client;
}

test('without a server on the PATH the reason is told', () => {
  expect(findRedis({ PATH: '/nowhere' })).toEqual({ reason: 'no valkey-server or redis-server on the PATH' });
  expect(findRedis({ PATH: '/nowhere', GREY_REDIS_MISSING: 'no apt-get' })).toEqual({ reason: 'no apt-get' });
});

describe('a started Redis', needsRedis(), () => {
  test('answers, persists nothing, and leaves neither process nor folder', async () => {
    const server = await startRedis();
    endings.push(server.stop);
    await connect(server.port).set('kept', 'no');
    const firstPid = server.pid;
    await server.restart();
    expect(server.pid).not.toBe(firstPid);
    expect(await connect(server.port).get('kept')).toBeNull();
    await server.stop();
    expect(isAlive(server.pid)).toBe(false);
    expect(existsSync(server.dir)).toBe(false);
  });

  test('keeps what it was told to persist over a kill, in the folder given', async () => {
    const dir = mkdtempSync(path.join(tmpdir(), 'grey-test-redis-'));
    endings.push(() => rmSync(dir, { recursive: true }));
    const server = await startRedis({ dir, args: ['--appendonly', 'yes', '--appendfsync', 'always'] });
    endings.push(server.stop);
    await connect(server.port).set('kept', 'yes');
    await server.kill();
    expect(server.isRunning()).toBe(false);
    await server.restart();
    expect(await connect(server.port).get('kept')).toBe('yes');
    await server.stop();
    expect(existsSync(dir)).toBe(true);
  });

  test('a taken port fails with the words of the server', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    endings.push(() => other.close());
    await vi.waitFor(() => expect(other.listening).toBe(true));
    const { port } = other.address() as { port: number };
    await expect(startRedis({ port })).rejects.toThrow(/did not start: .*address already in use/is);
  });

  test('is gone, with its folder, soon after whoever started it was killed', async () => {
    const code = `import { startRedis } from ${JSON.stringify(path.join(import.meta.dirname, 'start-redis.ts'))};
      const { pid, dir } = await startRedis(); console.log(JSON.stringify({ pid, dir })); setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ['--input-type=module-typescript', '-e', code], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    endings.push(() => parent.kill('SIGKILL'));
    const lines = createInterface({ input: parent.stdout });
    const line = await new Promise<string>((resolve) => lines.once('line', resolve));
    const { pid, dir } = JSON.parse(line) as { pid: number; dir: string };
    expect(isAlive(pid) && existsSync(dir)).toBe(true);
    parent.kill('SIGKILL');
    await vi.waitFor(() => expect([isAlive(pid), existsSync(dir)]).toEqual([false, false]), { timeout: 20_000 });
  });
});

test('a cluster of three serves keys of every slot', needsRedis(), async () => {
  const cluster = await startRedisCluster();
  endings.push(cluster.stop);
  expect(cluster.url).toBe(`redis+cluster://${cluster.nodes.map((node) => `127.0.0.1:${node.port}`).join(',')}`);
  const client = new Cluster(cluster.nodes.map(({ port }) => ({ host: '127.0.0.1', port })));
  endings.push(() => client.disconnect());
  const keys = Array.from({ length: 100 }, (_, i) => `key-${i}`);
  await Promise.all(keys.map((key) => client.set(key, key)));
  expect(await Promise.all(keys.map((key) => client.get(key)))).toEqual(keys);
  const sizes = await Promise.all(cluster.nodes.map(({ port }) => connect(port).dbsize()));
  expect(sizes.every((size) => size > 0 && size < 100)).toBe(true);
});

test('sentinels promote the replica when the master is killed, and the data is there', needsRedis(), async () => {
  const set = await startRedisSentinel();
  endings.push(set.stop);
  const sentinels = set.sentinels.map(({ port }) => ({ host: '127.0.0.1', port }));
  const client = new Redis({ sentinels, name: set.masterName });
  client.on('error', () => undefined);
  endings.push(() => client.disconnect());
  await client.set('kept', 'yes');
  expect(await client.wait(1, 10_000)).toBe(1);
  const killed = await set.killMaster();
  await vi.waitFor(async () => expect((await set.getMaster()).port).not.toBe(killed.port), { timeout: 40_000 });
  await vi.waitFor(async () => expect(await client.set('written', 'after')).toBe('OK'), { timeout: 40_000 });
  expect(await client.get('kept')).toBe('yes');
});
