import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { pickFreePort } from '../pick-free-port.ts';
import { LOOPBACK, launchRedis, NOT_PERSISTENT, type RunningRedis } from './start-redis.ts';

const SLOT_COUNT = 16_384;
const FORMED_WITHIN_MS = 30_000;
const POLL_MS = 25;

export interface RunningRedisCluster {
  /** `redis+cluster://127.0.0.1:p1,127.0.0.1:p2,127.0.0.1:p3` */
  readonly url: string;
  /** The masters, each with a third of the slots, in the order of the slots. */
  readonly nodes: readonly RunningRedis[];
  stop(): Promise<void>;
}

/** Starts a Redis Cluster of three masters without replicas on loopback, and resolves when every node calls it whole. */
export async function startRedisCluster(): Promise<RunningRedisCluster> {
  const nodes: RunningRedis[] = [];
  const stop = async () => void (await Promise.all(nodes.map((node) => node.stop())));
  try {
    const busPorts: number[] = [];
    for (let i = 0; i < 3; i++) {
      // By default the bus is at port + 10 000, which for most free ports would be beyond the last one.
      nodes.push(
        await launchRedis({}, async (port) => {
          busPorts[i] = await pickFreePort();
          return [...settings(port), '--cluster-port', String(busPorts[i])];
        }),
      );
    }
    await form(nodes, busPorts);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: `redis+cluster://${nodes.map((node) => `127.0.0.1:${node.port}`).join(',')}`, nodes, stop };
}

function settings(port: number): string[] {
  const cluster = ['--cluster-enabled', 'yes', '--cluster-config-file', 'nodes.conf', '--cluster-node-timeout', '2000'];
  return ['--port', String(port), ...LOOPBACK, ...NOT_PERSISTENT, ...cluster];
}

async function form(nodes: readonly RunningRedis[], busPorts: readonly number[]): Promise<void> {
  const clients = nodes.map((node) => new Redis(node.port, { retryStrategy: null }));
  try {
    for (const [i, client] of clients.entries()) {
      const from = Math.floor((i * SLOT_COUNT) / nodes.length);
      const to = Math.floor(((i + 1) * SLOT_COUNT) / nodes.length) - 1;
      await client.call('CLUSTER', 'ADDSLOTSRANGE', from, to);
      // Nodes that meet with the same epoch would first have to quarrel about it.
      await client.call('CLUSTER', 'SET-CONFIG-EPOCH', i + 1);
    }
    for (const [i, node] of nodes.entries()) {
      if (i > 0) await clients[0]!.call('CLUSTER', 'MEET', '127.0.0.1', node.port, busPorts[i]!);
    }
    const deadline = Date.now() + FORMED_WITHIN_MS;
    while (!(await Promise.all(clients.map(isWhole))).every(Boolean)) {
      if (Date.now() > deadline) throw new Error('The Redis Cluster did not form in time.');
      await sleep(POLL_MS);
    }
  } finally {
    for (const client of clients) client.disconnect();
  }
}

/** The state alone is not enough: a node may call the cluster fine before it can name the address of every other. */
async function isWhole(client: Redis): Promise<boolean> {
  const info = String(await client.call('CLUSTER', 'INFO'));
  const slots = (await client.call('CLUSTER', 'SLOTS')) as unknown[];
  return /cluster_state:ok/.test(info) && /cluster_known_nodes:3/.test(info) && slots.length === 3;
}
