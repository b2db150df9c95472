import { createDecisionEnv, type DecisionEnv } from '../decision-env.ts';
import { buildInstanceTable, type InstanceTable, normalizeInstances } from '../instance-table.ts';
import { pickInstance } from '../pick-instance.ts';
import type { BalancerName, BalancingRecord, InstanceRecord } from '../records.ts';

/** Healthy instances of weight 100, each with what is given about it. */
export function makeInstances(given: Readonly<Record<string, Partial<InstanceRecord>>>): InstanceRecord[] {
  return Object.entries(given).map(([instanceId, partial]) => ({
    serviceId: 's',
    instanceId,
    version: 'v',
    address: `${instanceId}:80`,
    weight: 100,
    health: 'healthy',
    isEnabled: true,
    ...partial,
  }));
}

export function makeTable(
  balancer: BalancerName,
  given: Readonly<Record<string, Partial<InstanceRecord>>>,
  balancing?: BalancingRecord,
): InstanceTable {
  return buildInstanceTable('s', 'v', normalizeInstances(makeInstances(given)), balancer, balancing);
}

/** Ids of the instances that so many requests of one environment go to. */
export function pickIds(count: number, table: InstanceTable, env: DecisionEnv = createDecisionEnv()): string[] {
  return Array.from({ length: count }, () => pickInstance(table, env, false).instanceId);
}

/** Ids of the instances of requests by these users. */
export function pickForUsers(userIds: readonly string[], table: InstanceTable, env = createDecisionEnv()): string[] {
  const request = { tenantId: 't', serviceName: 's' };
  return userIds.map((userId) => pickInstance(table, env, false, { ...request, metadata: { userId } }).instanceId);
}

/** Repeatable numbers in [0, 1). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 0x1_0000_0000;
  };
}

export function countOf(ids: readonly string[], id: string): number {
  return ids.filter((other) => other === id).length;
}
