import type { Reach } from './find-reach.ts';
import type { UpgradeProblem } from './upgrade-problem.ts';

/** By service and place in reach: how many steps the service needs, by itself, to one of its ends. */
export function measureDistances(
  { places, services }: UpgradeProblem,
  reach: Reach,
  ends: readonly (readonly number[])[],
): ReadonlyMap<number, number>[] {
  return reach.map((reached, index) => {
    const distances = new Map((ends[index] ?? []).map((place) => [place, 0]));
    let isGrowing = true;
    for (let distance = 1; isGrowing; distance += 1) {
      isGrowing = false;
      for (const place of reached) {
        if (distances.has(place)) continue;
        const isNear = places
          .successors(services[index] as number, place)
          .some((next) => distances.get(next) === distance - 1);
        if (!isNear) continue;
        distances.set(place, distance);
        isGrowing = true;
      }
    }
    return distances;
  });
}
