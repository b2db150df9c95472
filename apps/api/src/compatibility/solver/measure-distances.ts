import type { Reach } from './find-reach.ts';
import type { UpgradeProblem } from './upgrade-problem.ts';

/** By service and place: steps to the nearest place where the service may end; undefined: it is not in reach, or a dead end. */
export type Distances = readonly (readonly (number | undefined)[])[];

/** How many steps each service needs, by itself, from each place in reach. */
export function measureDistances(
  { places, services }: UpgradeProblem,
  reach: Reach,
  ends: readonly (readonly number[])[],
): Distances {
  return reach.map((reached, index) => {
    const service = services[index] as number;
    const distances: (number | undefined)[] = [];
    for (const place of ends[index] as readonly number[]) distances[place] = 0;
    let pending = reached.filter((place) => distances[place] === undefined);
    for (let distance = 1; pending.length > 0; distance += 1) {
      const near = pending.filter((place) =>
        places.successors(service, place).some((next) => distances[next] === distance - 1),
      );
      if (near.length === 0) break;
      for (const place of near) distances[place] = distance;
      pending = pending.filter((place) => distances[place] === undefined);
    }
    return distances;
  });
}
