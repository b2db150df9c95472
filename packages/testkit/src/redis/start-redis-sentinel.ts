import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { LOOPBACK, launchRedis, type RunningRedis, startRedis } from './start-redis.ts';

const MASTER_NAME = 'grey';
const SENTINEL_COUNT = 3;
const DOWN_AFTER_MS = 500;
const FAILOVER_TIMEOUT_MS = 3_000;
const SETTLED_WITHIN_MS = 30_000;
const POLL_MS = 25;

export interface RunningRedisSentinel {
  /** `redis+sentinel://127.0.0.1:p1,127.0.0.1:p2,127.0.0.1:p3/grey`: the sentinels and the name of the master. */
  readonly url: string;
  readonly masterName: string;
  /** Master and replica as they started; after a fail-over the roles are exchanged. */
  readonly servers: readonly RunningRedis[];
  readonly sentinels: readonly RunningRedis[];
  /** The server that the sentinels call master now. */
  getMaster(): Promise<RunningRedis>;
  /** SIGKILL for the master; returns it, and does not wait for the fail-over (0.5 s until it is missed, then some more). */
  killMaster(): Promise<RunningRedis>;
  stop(): Promise<void>;
}

/** Starts a master, a replica and three sentinels on loopback, and resolves when the sentinels could promote the replica. */
export async function startRedisSentinel(): Promise<RunningRedisSentinel> {
  const servers: RunningRedis[] = [];
  const sentinels: RunningRedis[] = [];
  const stop = async () => void (await Promise.all([...sentinels, ...servers].map((one) => one.stop())));
  try {
    servers.push(await startRedis({ args: ['--repl-diskless-sync-delay', '0'] }));
    servers.push(await startRedis({ args: ['--replicaof', '127.0.0.1', String(servers[0]!.port)] }));
    for (let i = 0; i < SENTINEL_COUNT; i++) sentinels.push(await startSentinel(servers[0]!.port));
    await waitUntilItCanFailOver(servers[1]!, sentinels);
  } catch (error) {
    await stop();
    throw error;
  }
  const getMaster = async () => {
    const port = await readMasterPort(sentinels[0]!);
    return servers.find((server) => server.port === port) as RunningRedis;
  };
  return {
    url: `redis+sentinel://${sentinels.map((one) => `127.0.0.1:${one.port}`).join(',')}/${MASTER_NAME}`,
    masterName: MASTER_NAME,
    servers,
    sentinels,
    getMaster,
    async killMaster() {
      const master = await getMaster();
      await master.kill();
      return master;
    },
    stop,
  };
}

/** A sentinel writes what it learns into its file, so it gets one of its own, and keeps it over a restart. */
async function startSentinel(masterPort: number): Promise<RunningRedis> {
  return launchRedis({}, (port, dir) => {
    const file = path.join(dir, 'sentinel.conf');
    const lines = [
      `sentinel monitor ${MASTER_NAME} 127.0.0.1 ${masterPort} ${Math.floor(SENTINEL_COUNT / 2) + 1}`,
      `sentinel down-after-milliseconds ${MASTER_NAME} ${DOWN_AFTER_MS}`,
      `sentinel failover-timeout ${MASTER_NAME} ${FAILOVER_TIMEOUT_MS}`,
    ];
    writeIfMissing(file, `${lines.join('\n')}\n`);
    return [file, '--sentinel', '--port', String(port), ...LOOPBACK];
  });
}

function writeIfMissing(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

async function waitUntilItCanFailOver(replica: RunningRedis, sentinels: readonly RunningRedis[]): Promise<void> {
  const deadline = Date.now() + SETTLED_WITHIN_MS;
  for (;;) {
    const known = await Promise.all(sentinels.map(knowsAll));
    if (known.every(Boolean) && (await isInSync(replica))) return;
    if (Date.now() > deadline) throw new Error('The sentinels did not find each other in time.');
    await sleep(POLL_MS);
  }
}

function knowsAll(sentinel: RunningRedis): Promise<boolean> {
  return ask(sentinel, async (client) => {
    const flat = (await client.call('SENTINEL', 'MASTER', MASTER_NAME)) as string[];
    const countOf = (name: string) => Number(flat[flat.indexOf(name) + 1]);
    return countOf('num-slaves') === 1 && countOf('num-other-sentinels') === SENTINEL_COUNT - 1;
  });
}

function isInSync(replica: RunningRedis): Promise<boolean> {
  return ask(replica, async (client) => /master_link_status:up/.test(await client.info('replication')));
}

function readMasterPort(sentinel: RunningRedis): Promise<number> {
  return ask(sentinel, async (client) => {
    const address = (await client.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', MASTER_NAME)) as [string, string];
    return Number(address[1]);
  });
}

async function ask<T>(server: RunningRedis, question: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(server.port, { retryStrategy: null });
  client.on('error', () => undefined);
  try {
    return await question(client);
  } finally {
    client.disconnect();
  }
}
