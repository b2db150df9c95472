import type { DecisionEnv } from '../decision-env.ts';
import type { InstanceTable } from '../instance-table.ts';
import { countInFlight, readLatency } from './instance-loads.ts';
import { drawIndex } from './random-turn.ts';

/**
 * Two different instances are drawn, the cheaper answers: latency × (requests under way + 1). After Finagle's `PeakEwma`
 * and Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing" (IEEE TPDS 2001): two are enough against herds,
 * and nobody needs to look at all. An instance of unknown latency counts as fast as the other one.
 */
export function drawCheaperOfTwo(table: InstanceTable, env: DecisionEnv): number {
  const { instances } = table;
  const count = instances.length;
  if (count === 1) return 0;
  const first = drawIndex(count, env);
  const other = drawIndex(count - 1, env);
  const second = other < first ? other : other + 1;
  const a = instances[first]!;
  const b = instances[second]!;
  let latencyA = readLatency(env, a);
  let latencyB = readLatency(env, b);
  if (Number.isNaN(latencyA)) latencyA = Number.isNaN(latencyB) ? 1 : latencyB;
  if (Number.isNaN(latencyB)) latencyB = latencyA;
  return latencyB * (countInFlight(env, b) + 1) < latencyA * (countInFlight(env, a) + 1) ? second : first;
}
