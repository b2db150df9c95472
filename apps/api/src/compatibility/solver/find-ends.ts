import type { Reach } from './find-reach.ts';
import type { UpgradeProblem } from './upgrade-problem.ts';

/** By service: the places where it may end; or the service for which there is none. */
export type Ends = { readonly ends: readonly (readonly number[])[] } | { readonly emptied: number };

/**
 * Narrows the places where services may end to those that have a fitting one with every neighbour, until nothing
 * changes (arc consistency, AC-3 of Mackworth 1977). Every state that meets the targets lies within.
 */
export function findEnds(problem: UpgradeProblem, reach: Reach): Ends {
  const { places, services, neighbours, targets } = problem;
  const ends = reach.map((reached, index) => (targets[index] === -1 ? [...reached] : [targets[index] as number]));
  const pending = new Set(ends.keys());
  for (const index of pending) {
    pending.delete(index);
    for (const other of neighbours[index] as readonly number[]) {
      const left = (ends[other] as number[]).filter((place) =>
        (ends[index] as number[]).some((here) =>
          places.fit(services[other] as number, place, services[index] as number, here),
        ),
      );
      if (left.length === ends[other]?.length) continue;
      if (left.length === 0) return { emptied: other };
      ends[other] = left;
      pending.add(other);
    }
  }
  return { ends };
}
