import type { Unit } from '@grey/contracts';
import type { Condition } from '@grey/route-core';

const WHOLE = 10_000;

/**
 * Weights as basis points that add up to 10 000: each gets its part of the sum, rounded down, and what is left goes to
 * those who lost most by that, the first of equals first.
 */
export function normalizeWeights(weights: readonly number[]): number[] {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  if (sum === 0) return weights.map(() => 0);
  const exact = weights.map((weight) => (weight / sum) * WHOLE);
  const parts = exact.map(Math.floor);
  const left = WHOLE - parts.reduce((total, part) => total + part, 0);
  const byLoss = exact
    .map((value, index) => ({ index, loss: value - Math.floor(value) }))
    .sort((a, b) => b.loss - a.loss || a.index - b.index);
  for (const { index } of byLoss.slice(0, left)) parts[index] = (parts[index] as number) + 1;
  return parts;
}

/** The part of requests that a lone weight (of 100) lets through: a share of the units, or a draw for each request. */
export function partOf(weight: number, sticky: Unit | undefined, salt: string): Condition {
  if (sticky === undefined) return { op: 'random', below: weight / 100 };
  return { op: 'percentage', portion: { unit: sticky, share: Math.round(weight * 100), salt } };
}

/** Both hold; without the first the second alone. */
export function both(first: Condition | undefined, second: Condition): Condition {
  return first === undefined ? second : { op: 'all', of: first.op === 'all' ? [...first.of, second] : [first, second] };
}
