import { compileUnit, type Facts } from './conditions/index.ts';
import type { BalancerName, BalancingRecord, InstanceRecord } from './records.ts';

/** Instances with the weights that a turn among them uses; none is negative, and at least one is above 0. */
export interface Turn {
  readonly instances: readonly InstanceRecord[];
  readonly weights: readonly number[];
}

/**
 * The instances of one service × version that may be chosen now: the enabled healthy ones, else the enabled degraded
 * ones, in the order of their ids. Computed when instances change, so that a decision only reads.
 */
export interface InstanceTable extends Turn {
  readonly serviceId: string;
  readonly version: string;
  /** Only degraded ones are left. Whether the chosen one is, also where `health_aware` chose, its record says. */
  readonly isDegraded: boolean;
  /** The healthy with ten times their weight, the degraded with theirs; the table itself where it has all of them. */
  readonly aware: Turn;
  /** The greatest weight of the version's enabled instances, also the unhealthy, so that health moves no hash ring. */
  readonly greatestWeight: number;
  /** The service's, kept here because a decision reads this table anyway and the service's record for nothing else. */
  readonly balancer: BalancerName;
  readonly hashKey: UnitReader | null;
  readonly affinity: UnitReader | null;
  /** 0 = fresh instances get their whole weight at once. */
  readonly slowStartMs: number;
  /** When the last of the instances has its whole weight; -Infinity where none is ever fresh. */
  readonly warmAt: number;
  /** Where the last environment keeps its place in this table; saves two look-ups, never changes an answer. */
  cursorOwner: object | null;
  cursor: object | null;
}

export type UnitReader = (facts: Facts) => string;

/** A healthy instance's weight counts so many times that of a degraded one where the balancer takes both. */
const DEGRADED_DIVISOR = 10;

/** Names as literals of this file: two of them are compared by address, which names out of a parsed text are not always. */
const BALANCERS: Readonly<Record<BalancerName, BalancerName>> = {
  round_robin: 'round_robin',
  weighted_round_robin: 'weighted_round_robin',
  random: 'random',
  weighted_random: 'weighted_random',
  least_connections: 'least_connections',
  consistent_hash: 'consistent_hash',
  health_aware: 'health_aware',
  peak_ewma: 'peak_ewma',
};

/** @param instances of this service, any version, sorted by id */
export function buildInstanceTable(
  serviceId: string,
  version: string,
  instances: readonly InstanceRecord[],
  balancer: BalancerName,
  balancing: BalancingRecord = {},
): InstanceTable {
  const enabled = instances.filter((i) => i.version === version && i.isEnabled);
  const healthy = enabled.filter((i) => i.health === 'healthy' || i.health === 'unknown');
  const usable = healthy.length > 0 ? healthy : enabled.filter((i) => i.health === 'degraded');
  const turn = { instances: usable, weights: weighTurn(usable) };
  const aware = healthy.length > 0 ? mixDegraded(turn, enabled) : turn;
  const slowStartMs = Math.max(0, balancing.slowStartMs ?? 0);
  return {
    serviceId,
    version,
    instances: usable,
    weights: turn.weights,
    isDegraded: healthy.length === 0 && usable.length > 0,
    aware,
    greatestWeight: weighTurn(enabled).reduce((greatest, weight) => Math.max(greatest, weight), 0),
    balancer: BALANCERS[balancer] ?? balancer,
    hashKey: balancing.hashKey === undefined ? null : compileUnit(balancing.hashKey),
    affinity: balancing.affinity === undefined ? null : compileUnit(balancing.affinity),
    slowStartMs,
    warmAt: slowStartMs === 0 ? Number.NEGATIVE_INFINITY : findWarmTime(aware.instances, slowStartMs),
    cursorOwner: null,
    cursor: null,
  };
}

/** Weight 0 takes an instance out of the weighted turn, but not the whole version out of service. */
function weighTurn(instances: readonly InstanceRecord[]): readonly number[] {
  const given = instances.map(readWeight);
  return given.some((weight) => weight > 0) ? given : given.map(() => 1);
}

function readWeight({ weight }: InstanceRecord): number {
  return weight > 0 && Number.isFinite(weight) ? weight : 0;
}

function mixDegraded(healthy: Turn, enabled: readonly InstanceRecord[]): Turn {
  const instances = enabled.filter((i) => i.health !== 'unhealthy');
  if (instances.length === healthy.instances.length) return healthy;
  const weightOf = new Map(healthy.instances.map((instance, i) => [instance, healthy.weights[i]!]));
  const weights = instances.map((instance) =>
    instance.health === 'degraded' ? readWeight(instance) : weightOf.get(instance)! * DEGRADED_DIVISOR,
  );
  return { instances, weights };
}

function findWarmTime(instances: readonly InstanceRecord[], slowStartMs: number): number {
  let latest = Number.NEGATIVE_INFINITY;
  for (const { startedAt } of instances)
    if (startedAt !== undefined) latest = Math.max(latest, startedAt + slowStartMs);
  return latest;
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
