import { hostname } from 'node:os';
import {
  FollowedSnapshot,
  type FollowLink,
  parseRedisUrl,
  RedisLink,
  RouterLease,
  RouterPresence,
} from '@grey/propagation';
import type { InstanceRecord, Snapshot } from '@grey/route-core';

const logger = { info: () => {}, warn: () => {}, error: () => {} };

/** A router as an SDK has it, whose way to Redis can be cut: nothing is sent, and what was sent is not answered. */
export interface CutRouter {
  readonly id: string;
  readonly lease: RouterLease;
  readonly snapshot: Snapshot | undefined;
  readonly isCut: boolean;
  /** Who may be routed to: SDKs learn it elsewhere, and keep it when they are cut off. */
  setInstances(serviceId: string, instances: readonly InstanceRecord[]): void;
  cut(): void;
  heal(): void;
  /** Ends without a goodbye. */
  kill(): Promise<void>;
  /** Ends with one. */
  leave(): Promise<void>;
}

export interface CutRouterOptions {
  readonly id: string;
  readonly leaseMs: number;
  /** The clock that its lease goes by; milliseconds that only grow. */
  readonly now?: () => number;
  /** What its own clock is off, in milliseconds. */
  readonly skewMs?: number;
  readonly onSnapshot?: (snapshot: Snapshot) => void;
}

/** Resolves when it follows. */
export async function startCutRouter(redisUrl: string, options: CutRouterOptions): Promise<CutRouter> {
  const { id, leaseMs, skewMs = 0, onSnapshot = () => {} } = options;
  const link = new RedisLink(parseRedisUrl(redisUrl), { name: id });
  await link.open();
  const door = { isCut: false };
  const guarded = cuttable(link, door);
  const lease = new RouterLease({ leaseMs, ...(options.now === undefined ? {} : { now: options.now }) });
  const now = () => Date.now() + skewMs;
  const followed = new FollowedSnapshot({ link: guarded, logger, lease, blockMs: leaseMs / 4, now });
  const presence = new RouterPresence({
    link: guarded,
    logger,
    lease,
    reportMs: leaseMs / 4,
    self: { id, kind: 'sdk', region: null, host: hostname(), startedAt: now() },
    current: () => followed.snapshot && { position: followed.snapshot.position, digest: followed.snapshot.digest },
    now,
  });
  followed.onChanged((snapshot) => {
    onSnapshot(snapshot);
    presence.applied();
  });
  await presence.start();
  await followed.start();
  const end = async () => {
    door.isCut = true;
    await presence.stop();
    await followed.stop();
    await link.close();
  };
  return {
    id,
    lease,
    get snapshot() {
      return followed.snapshot;
    },
    get isCut() {
      return door.isCut;
    },
    setInstances: (serviceId, instances) => followed.setInstances(serviceId, instances),
    cut: () => {
      door.isCut = true;
    },
    heal: () => {
      door.isCut = false;
    },
    kill: end,
    leave: async () => {
      await presence.stop();
      await end();
    },
  };
}

function cuttable(link: RedisLink, door: { readonly isCut: boolean }): FollowLink {
  const assertOpen = () => {
    if (door.isCut) throw new Error('this router is cut off');
  };
  return {
    runOnce: async (work) => {
      assertOpen();
      const answer = await link.runOnce(work);
      assertOpen();
      return answer;
    },
    openReader: () => {
      const reader = link.openReader();
      return {
        close: () => reader.close(),
        read: async (...args) => {
          assertOpen();
          const entries = await reader.read(...args);
          assertOpen();
          return entries;
        },
      };
    },
  };
}
