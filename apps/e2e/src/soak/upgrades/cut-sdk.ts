import { hostname } from 'node:os';
import { FollowedSnapshot, parseRedisUrl, RedisLink, RouterLease, RouterPresence } from '@grey/propagation';
import { createDecisionEnv, type Decision, decide, type InstanceRecord } from '@grey/route-core';
import { type Gate, openGate } from './gate.ts';

const logger = { info: () => {}, warn: () => {}, error: () => {} };

/** A router in somebody's process, as an SDK has it: it follows Redis, and answers from memory when it is cut off. */
export interface CutSdk {
  readonly id: string;
  /** Whether it may answer for marked schemas by its own account. */
  isHeld(): boolean;
  /** undefined: it has read nothing yet. */
  decide(tenantId: string, serviceName: string): Decision | undefined;
  cut(): void;
  heal(): void;
  /** Ends without a goodbye. */
  end(): Promise<void>;
}

/** @param instances what it knows of them, by service; SDKs learn it elsewhere and keep it when they are cut off */
export async function startCutSdk(
  id: string,
  redisUrl: string,
  leaseMs: number,
  instances: ReadonlyMap<string, readonly InstanceRecord[]>,
): Promise<CutSdk> {
  const gate: Gate = await openGate(Number(new URL(redisUrl).port));
  const link = new RedisLink(parseRedisUrl(`redis://127.0.0.1:${gate.port}`), { name: id });
  await link.open();
  const lease = new RouterLease({ leaseMs });
  const followed = new FollowedSnapshot({ link, logger, lease, blockMs: leaseMs / 4 });
  const presence = new RouterPresence({
    link,
    logger,
    lease,
    reportMs: leaseMs / 4,
    self: { id, kind: 'sdk', region: null, host: hostname(), startedAt: Date.now() },
    current: () => followed.snapshot && { position: followed.snapshot.position, digest: followed.snapshot.digest },
  });
  followed.onChanged(() => presence.applied());
  await presence.start();
  await followed.start();
  for (const [serviceId, records] of instances) followed.setInstances(serviceId, records);
  const env = createDecisionEnv({ lease });
  return {
    id,
    isHeld: () => lease.isHeld(),
    decide: (tenantId, serviceName) => {
      const { snapshot } = followed;
      return snapshot === undefined ? undefined : decide(snapshot, { tenantId, serviceName }, env);
    },
    cut: () => gate.stall(),
    heal: () => gate.open(),
    end: async () => {
      gate.stall();
      await Promise.all([presence.stop(), followed.stop()]);
      await link.close();
      gate.close();
    },
  };
}
