import { type DecisionEnv, drawRandom } from './decision-env.ts';
import type { InstanceTable } from './instance-table.ts';
import type { InstanceRecord } from './records.ts';

/** Where the balancers stand in one table. `current` are nginx's current weights, beside the table's instances. */
interface Cursor {
  table: InstanceTable;
  next: number;
  current: number[];
}

/**
 * The next instance of a table that has one. With `peek` the answer is the one the next call will give, and nothing moves.
 */
export function pickInstance(table: InstanceTable, env: DecisionEnv, peek: boolean): InstanceRecord {
  const { instances, balancer } = table;
  if (balancer === 'random') return instances[drawIndex(instances.length, env)]!;
  const cursor =
    table.cursorOwner === env && (table.cursor as Cursor).table === table
      ? (table.cursor as Cursor)
      : findCursor(table, env);
  if (balancer === 'weighted_round_robin') return instances[smoothWeighted(table, cursor.current, peek)]!;
  const at = cursor.next < instances.length ? cursor.next : 0;
  if (!peek) cursor.next = at + 1;
  return instances[at]!;
}

function drawIndex(count: number, env: DecisionEnv): number {
  const at = Math.floor(drawRandom(env) * count);
  return at >= 0 && at < count ? at : 0;
}

/** nginx's smooth weighted round robin: everyone gains its weight, the first of the greatest is taken and pays the total. */
function smoothWeighted(table: InstanceTable, current: number[], peek: boolean): number {
  const { weights } = table;
  let best = 0;
  let bestWeight = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < weights.length; i++) {
    const weight = current[i]! + weights[i]!;
    if (!peek) current[i] = weight;
    if (weight > bestWeight && weights[i]! > 0) {
      best = i;
      bestWeight = weight;
    }
  }
  if (!peek) current[best] = bestWeight - table.totalWeight;
  return best;
}

/** Found by name, so that it outlives a reload; when instances came or went, those that stayed keep their current weight. */
function findCursor(table: InstanceTable, env: DecisionEnv): Cursor {
  let versions = env.cursors.get(table.serviceId);
  if (versions === undefined) {
    versions = new Map();
    env.cursors.set(table.serviceId, versions);
  }
  let cursor = versions.get(table.version) as Cursor | undefined;
  if (cursor === undefined) {
    cursor = { table, next: 0, current: table.instances.map(() => 0) };
    versions.set(table.version, cursor);
  } else if (cursor.table !== table) {
    const kept = new Map(cursor.table.instances.map((instance, i) => [instance.instanceId, cursor!.current[i]!]));
    cursor.current = table.instances.map((instance) => kept.get(instance.instanceId) ?? 0);
    cursor.table = table;
  }
  table.cursorOwner = env;
  table.cursor = cursor;
  return cursor;
}
