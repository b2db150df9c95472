import path from 'node:path';
import { findRedis, startRedis } from '@grey/testkit';
import { dataFolder } from './locations.ts';
import type { Part } from './run-record.ts';

/** The Redis of this run. */
export interface RedisOfRun {
  /** What the API is told; undefined when there is none. */
  readonly url: string | undefined;
  /** For the person at the terminal, without secrets. */
  readonly summary: string;
  /** The process, when it is one of ours. */
  readonly part: Part | undefined;
  stop(): Promise<void>;
}

/**
 * Opens the Redis that the environment names, else starts the one on the PATH, on loopback and a port of its own.
 *
 * The private one keeps nothing over a restart, and need not: Redis holds a projection of what PostgreSQL has, and the API
 * rebuilds it at every start. It has a folder, `.grey/redis`, only because a server must run in one.
 *
 * @param replicaCount how many processes will use it: without a Redis they find out about changes in another way
 */
export async function openRedis(replicaCount: number): Promise<RedisOfRun> {
  const given = process.env.GREY_REDIS_URL;
  const stop = async () => undefined;
  if (given) return { url: given, summary: 'the one of GREY_REDIS_URL', part: undefined, stop };
  const found = findRedis();
  const without = (reason: string) => {
    const summary = `none: ${reason}; ${insteadOfRedis(replicaCount)}`;
    return { url: undefined, summary, part: undefined, stop };
  };
  if ('reason' in found) return without(found.reason);
  const server = await startRedis({ dir: path.join(dataFolder, 'redis') }).catch((error: Error) => error);
  if (server instanceof Error) return without(server.message.replaceAll(/\s*\n\s*/g, ' '));
  return {
    url: server.url,
    summary: `${path.basename(found.path)} at 127.0.0.1:${server.port}, private to this run`,
    // Servers of this kind rewrite their command line; the port stays in it.
    part: { pid: server.pid, mark: String(server.port) },
    stop: () => server.stop(),
  };
}

function insteadOfRedis(replicaCount: number): string {
  if (replicaCount === 1) return 'the one process hands changes over in memory';
  return 'the replicas poll PostgreSQL for changes';
}
