import { hostname } from 'node:os';
import { FollowedSnapshot, type FollowLink, parseRedisUrl, RedisLink, RouterPresence } from '@grey/propagation';
import type { Snapshot } from '@grey/route-core';
import { seededRandom } from '@grey/testkit';

const logger = { info: () => {}, warn: () => {}, error: () => {} };

export interface FollowingRouter {
  readonly id: string;
  readonly followed: FollowedSnapshot;
  stop(): Promise<void>;
}

export interface FollowingRoutersOptions {
  readonly count: number;
  /** Before the number of a router: `r0` → `r0-0`, `r0-1`, … */
  readonly prefix: string;
  /** The share of reads of the stream that fails, 0 to 1. */
  readonly failShare: number;
  readonly seed: number;
  /** Told of each snapshot at once. */
  readonly onSnapshot: (routerId: string, snapshot: Snapshot) => void;
}

export interface FollowingRouters {
  readonly routers: readonly FollowingRouter[];
  readonly failedReads: number;
}

/** Routers as gateways and SDKs are: each with connections of its own to Redis, a snapshot that it follows, and a report of itself. */
export async function startFollowingRouters(
  redisUrl: string,
  options: FollowingRoutersOptions,
): Promise<FollowingRouters> {
  const random = seededRandom(options.seed);
  let failedReads = 0;
  const failing = (link: RedisLink): FollowLink => ({
    runOnce: (work) => link.runOnce(work),
    openReader: () => {
      const reader = link.openReader();
      return {
        close: () => reader.close(),
        read: async (...args) => {
          const entries = await reader.read(...args);
          if (random() >= options.failShare) return entries;
          failedReads++;
          throw new Error('this read was made to fail');
        },
      };
    },
  });
  const start = async (number: number): Promise<FollowingRouter> => {
    const id = `${options.prefix}-${number}`;
    const link = new RedisLink(parseRedisUrl(redisUrl), { name: id });
    await link.open();
    const followed = new FollowedSnapshot({ link: failing(link), logger });
    const presence = new RouterPresence({
      link,
      logger,
      self: { id, kind: 'gateway', region: null, host: hostname(), startedAt: Date.now() },
      current: () => {
        const { snapshot } = followed;
        return snapshot && { position: snapshot.position, digest: snapshot.digest, lagMs: followed.status.lagMs };
      },
    });
    followed.onChanged((snapshot) => {
      options.onSnapshot(id, snapshot);
      presence.applied();
    });
    await followed.start();
    await presence.start();
    const stop = async () => {
      await presence.stop().catch(() => undefined);
      await followed.stop();
      await link.close();
    };
    return { id, followed, stop };
  };
  const routers = await Promise.all(Array.from({ length: options.count }, (_, number) => start(number)));
  return {
    routers,
    get failedReads() {
      return failedReads;
    },
  };
}
