import { type DecisionEnv, drawRandom } from '../decision-env.ts';
import type { InstanceTable } from '../instance-table.ts';
import { readWarmClock, weighInstance } from './slow-start.ts';

/** A whole number from 0 to below `count`, all equally likely. */
export function drawIndex(count: number, env: DecisionEnv): number {
  const at = Math.floor(drawRandom(env) * count);
  return at >= 0 && at < count ? at : 0;
}

/** Each instance as likely as its weight, also while it starts slowly: one draw, measured off along the weights. */
export function drawWeighted(table: InstanceTable, env: DecisionEnv): number {
  const { weights, slowStartMs } = table;
  const clock = readWarmClock(table, env);
  let total = 0;
  for (let i = 0; i < weights.length; i++) total += weighInstance(table, i, slowStartMs, clock);
  let left = drawRandom(env) * total;
  let last = 0;
  for (let i = 0; i < weights.length; i++) {
    const weight = weighInstance(table, i, slowStartMs, clock);
    if (weight === 0) continue;
    if (left < weight) return i;
    left -= weight;
    last = i;
  }
  // Rounding may leave a rest behind the last one.
  return last;
}
