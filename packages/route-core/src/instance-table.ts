import type { BalancerName, InstanceRecord } from './records.ts';

/**
 * The instances of one service × version that may be chosen now: the enabled healthy ones, else the enabled degraded
 * ones, in the order of their ids. Computed when instances change, so that a decision only reads.
 */
export interface InstanceTable {
  readonly serviceId: string;
  readonly version: string;
  readonly instances: readonly InstanceRecord[];
  readonly weights: readonly number[];
  readonly totalWeight: number;
  readonly isDegraded: boolean;
  /** The service's, kept here because a decision reads this table anyway and the service's record for nothing else. */
  readonly balancer: BalancerName;
  /** Where the last environment keeps its place in this table; saves two look-ups, never changes an answer. */
  cursorOwner: object | null;
  cursor: object | null;
}

/** @param instances of this service, any version, sorted by id */
export function buildInstanceTable(
  serviceId: string,
  version: string,
  instances: readonly InstanceRecord[],
  balancer: BalancerName,
): InstanceTable {
  const enabled = instances.filter((i) => i.version === version && i.isEnabled);
  const healthy = enabled.filter((i) => i.health === 'healthy' || i.health === 'unknown');
  const usable = healthy.length > 0 ? healthy : enabled.filter((i) => i.health === 'degraded');
  const given = usable.map((i) => (i.weight > 0 && Number.isFinite(i.weight) ? i.weight : 0));
  // Weight 0 takes an instance out of the weighted turn, but not the whole version out of service.
  const weights = given.some((w) => w > 0) ? given : given.map(() => 1);
  return {
    serviceId,
    version,
    instances: usable,
    weights,
    totalWeight: weights.reduce((sum, w) => sum + w, 0),
    isDegraded: healthy.length === 0 && usable.length > 0,
    balancer,
    cursorOwner: null,
    cursor: null,
  };
}

/** Copies, one per id (the later wins), sorted by id, so that the order of registration changes nothing. */
export function normalizeInstances(instances: Iterable<InstanceRecord>): readonly InstanceRecord[] {
  const byId = new Map<string, InstanceRecord>();
  for (const instance of instances) {
    const tags = instance.tags === undefined ? {} : { tags: Object.freeze([...instance.tags]) };
    byId.set(instance.instanceId, Object.freeze({ ...instance, ...tags }));
  }
  return [...byId.values()].sort((x, y) => (x.instanceId < y.instanceId ? -1 : 1));
}
