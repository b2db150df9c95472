import type { Reach } from './find-reach.ts';
import type { FitTable } from './places.ts';
import type { UpgradeProblem } from './upgrade-problem.ts';

/** By service: the places where it may end; or the service for which there is none. */
export type Ends = { readonly ends: readonly (readonly number[])[] } | { readonly emptied: number };

/**
 * Narrows the places where services may end to those that have a fitting one with every neighbour, until nothing
 * changes (arc consistency, AC-3 of Mackworth 1977). Every state that meets the targets lies within.
 */
export function findEnds({ neighbours, tables, targets }: UpgradeProblem, reach: Reach): Ends {
  const ends = reach.map((reached, index) => (targets[index] === -1 ? reached : [targets[index] as number]));
  const pending = new Set(ends.keys());
  for (const index of pending) {
    pending.delete(index);
    const here = ends[index] as readonly number[];
    for (const [at, other] of (neighbours[index] as readonly number[]).entries()) {
      const { bits, stride } = (tables[index] as readonly FitTable[])[at] as FitTable;
      const before = ends[other] as readonly number[];
      const left = before.filter((there) => here.some((place) => bits[place * stride + there] === 1));
      if (left.length === before.length) continue;
      if (left.length === 0) return { emptied: other };
      ends[other] = left;
      pending.add(other);
    }
  }
  return { ends };
}
