import { type DecisionEnv, loadKeyOf } from '../decision-env.ts';
import type { InstanceTable } from '../instance-table.ts';
import { type Cursor, startTurn } from './balancer-cursor.ts';
import { readWarmClock, weighInstance } from './slow-start.ts';

/**
 * The instance with the fewest requests under way for its weight. Those with equally few take a smooth weighted turn among
 * themselves, as in nginx's `least_conn`; otherwise an idle service would send everything to its first instance.
 */
export function takeLeastLoaded(table: InstanceTable, cursor: Cursor, env: DecisionEnv, peek: boolean): number {
  const { instances, slowStartMs } = table;
  const clock = readWarmClock(table, env);
  cursor.sent ??= startTurn(table);
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < instances.length; i++) {
    const weight = weighInstance(table, i, slowStartMs, clock);
    if (weight > 0) least = Math.min(least, countLoad(table, cursor, env, i) / weight);
  }
  cursor.tied ??= startTurn(table);
  const { tied } = cursor;
  let best = 0;
  let bestWeight = Number.NEGATIVE_INFINITY;
  let total = 0;
  for (let i = 0; i < instances.length; i++) {
    const own = weighInstance(table, i, slowStartMs, clock);
    if (own === 0 || countLoad(table, cursor, env, i) / own > least) continue;
    const weight = tied[i]! + own;
    total += own;
    if (!peek) tied[i] = weight;
    if (weight > bestWeight) {
      best = i;
      bestWeight = weight;
    }
  }
  if (!peek) {
    tied[best] = bestWeight - total;
    cursor.sent[best]!++;
  }
  return best;
}

/**
 * What the instance reported, and what this process has under way there. Who only decides and never reports has no such
 * count; then what was sent since the report stands for it, else all would go to one instance until the next report.
 */
function countLoad({ instances }: InstanceTable, cursor: Cursor, env: DecisionEnv, i: number): number {
  const instance = instances[i]!;
  const load = env.loads.size === 0 ? undefined : env.loads.get(loadKeyOf(instance));
  return (instance.inFlight ?? 0) + (load === undefined ? cursor.sent![i]! : load.inFlight);
}
