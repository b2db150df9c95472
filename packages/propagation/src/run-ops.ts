import type { ProjectionOp } from './projection-ops.ts';
import type { RedisClient } from './redis-client.ts';

const AT_ONCE = 1_000;

/**
 * Carries commands out one by one, many under way at a time; those on one key keep their order. For a Cluster, where
 * ioredis takes pipelines only for keys of one node.
 */
export async function runOps(client: RedisClient, ops: readonly ProjectionOp[]): Promise<void> {
  for (let from = 0; from < ops.length; from += AT_ONCE) {
    const some = ops.slice(from, from + AT_ONCE);
    await Promise.all(some.map(({ command, key, args }) => client.call(command, key, ...args)));
  }
}
