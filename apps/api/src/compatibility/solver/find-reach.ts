import type { UpgradeProblem } from './upgrade-problem.ts';

/** By service: the places that can be reached at best, the start first. */
export type Reach = readonly ReadonlySet<number>[];

/**
 * Where each service can get if places, once reached, stayed with it: a relaxation that forgets nothing possible
 * ("delete relaxation", Bonet and Geffner 2001). What it does not reach, no order of steps does.
 */
export function findReach(problem: UpgradeProblem): Reach {
  const { places, services, start } = problem;
  const reach = start.map((place) => new Set([place]));
  let isGrowing = true;
  while (isGrowing) {
    isGrowing = false;
    // A set is read on while it grows.
    for (const [index, reached] of reach.entries())
      for (const place of reached)
        for (const next of places.successors(services[index] as number, place))
          if (!reached.has(next) && findBlocker(problem, reach, index, next) === undefined) {
            reached.add(next);
            isGrowing = true;
          }
  }
  return reach;
}

/** A neighbour that has no place in reach beside which the service could stand there. */
export function findBlocker(problem: UpgradeProblem, reach: Reach, index: number, place: number): number | undefined {
  const { places, services, neighbours } = problem;
  return neighbours[index]?.find((other) => {
    for (const there of reach[other] as ReadonlySet<number>)
      if (places.fit(services[index] as number, place, services[other] as number, there)) return false;
    return true;
  });
}
