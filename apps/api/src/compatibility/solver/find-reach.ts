import type { FitTable } from './places.ts';
import type { UpgradeProblem } from './upgrade-problem.ts';

/** By service: the places that can be reached at best, the start first. */
export type Reach = readonly (readonly number[])[];

/**
 * Where each service can get if places, once reached, stayed with it: a relaxation that forgets nothing possible
 * ("delete relaxation", Bonet and Geffner 2001). What it does not reach, no order of steps does.
 */
export function findReach(problem: UpgradeProblem): Reach {
  const { places, services, start } = problem;
  const reach = start.map((place) => [place]);
  let isGrowing = true;
  while (isGrowing) {
    isGrowing = false;
    for (let index = 0; index < reach.length; index += 1) {
      const reached = reach[index] as number[];
      // The list is read on while it grows.
      for (const place of reached)
        for (const next of places.successors(services[index] as number, place))
          if (!reached.includes(next) && findBlocker(problem, reach, index, next) === undefined) {
            reached.push(next);
            isGrowing = true;
          }
    }
  }
  return reach;
}

/** A neighbour that has no place in reach beside which the service could stand there. */
export function findBlocker(
  { neighbours, tables }: UpgradeProblem,
  reach: Reach,
  index: number,
  place: number,
): number | undefined {
  const others = neighbours[index] as readonly number[];
  for (let at = 0; at < others.length; at += 1) {
    const { bits, stride } = (tables[index] as readonly FitTable[])[at] as FitTable;
    if (!reach[others[at] as number]?.some((there) => bits[place * stride + there] === 1)) return others[at];
  }
  return undefined;
}
