import type { Turn } from '../instance-table.ts';
import { weighInstance } from './slow-start.ts';

/**
 * nginx's smooth weighted round robin: everyone gains its weight, the first of the greatest is taken and pays the total.
 * 5, 1, 1 gives a a b a c a a.
 * @param current as it stood after the last turn; moved unless `peek`
 */
export function takeWeightedTurn(
  turn: Turn,
  current: number[],
  slowStartMs: number,
  clock: number,
  peek: boolean,
): number {
  let best = 0;
  let bestWeight = Number.NEGATIVE_INFINITY;
  let total = 0;
  for (let i = 0; i < current.length; i++) {
    const own = weighInstance(turn, i, slowStartMs, clock);
    const weight = current[i]! + own;
    total += own;
    if (!peek) current[i] = weight;
    if (weight > bestWeight && own > 0) {
      best = i;
      bestWeight = weight;
    }
  }
  if (!peek) current[best] = bestWeight - total;
  return best;
}
