import { findWay } from '../find-way.ts';
import { findBlocker, type Reach } from './find-reach.ts';
import { fitsAt, idAt, nameAt, type UpgradeProblem } from './upgrade-problem.ts';

const MOST_REASONS = 10;

/** Why a target is out of reach: no chain of versions leads there, or each is blocked by what others cannot become. */
export function explainUnreached(problem: UpgradeProblem, reach: Reach, index: number): string[] {
  const { places, services, start, targets } = problem;
  const service = services[index] as number;
  const from = nameAt(problem, index, start[index] as number);
  const [target = ''] = places.versionsAt(service, targets[index] as number);
  if (!hasWay(problem, index))
    return [`No way leads from ${from} to ${target}: no chain of compatible_with connects them.`];
  const reasons = new Set<string>();
  const pending = new Set([index]);
  for (const one of pending)
    for (const place of frontierOf(problem, reach, one)) {
      const other = findBlocker(problem, reach, one, place);
      if (other === undefined) continue;
      reasons.add(`${nameAt(problem, one, place)} cannot be entered: ${wordsOf(problem, reach, one, place, other)}.`);
      pending.add(other);
      if (reasons.size >= MOST_REASONS) return [...reasons];
    }
  return [...reasons];
}

/** Why a service has no place where it could end. */
export function explainEmptied(problem: UpgradeProblem, reach: Reach, index: number): string[] {
  const { targets, neighbours } = problem;
  const fixed = (neighbours[index] as readonly number[]).filter((other) => targets[other] !== -1);
  const named = fixed.map((other) => nameAt(problem, other, targets[other] as number));
  const target = targets[index] as number;
  if (target !== -1) {
    const words = fixed
      .map((other) => breachOf(problem, index, target, other, targets[other] as number))
      .find((one) => one !== undefined);
    if (words !== undefined) return [`The targets do not fit each other: ${words}.`];
    return [`No versions in reach of the services beside it fit ${nameAt(problem, index, target)}.`];
  }
  const there = [...(reach[index] as readonly number[])].map((place) => nameAt(problem, index, place)).join(', ');
  return [
    `No version of ${idAt(problem, index)} in reach (${there}) fits ${named.length === 0 ? 'what the targets need' : `${named.join(' and ')} and what goes with them`}.`,
  ];
}

/** What stands in the way where the search came closest, when every order of steps was tried. */
export function explainDeadEnd(problem: UpgradeProblem, closest: readonly number[], stateCount: number): string[] {
  const { places, services, targets, neighbours } = problem;
  const reasons = [
    `Every order of steps was tried (${stateCount} states); none keeps all versions fitting on the way.`,
  ];
  for (const [index, place] of closest.entries()) {
    if (targets[index] === -1 || targets[index] === place) continue;
    for (const next of places.successors(services[index] as number, place)) {
      if (fitsAt(problem, index, next, closest)) continue;
      const words = (neighbours[index] as readonly number[])
        .map((other) => breachOf(problem, index, next, other, closest[other] as number))
        .find((one) => one !== undefined);
      reasons.push(`${nameAt(problem, index, next)} cannot be entered there: ${words}.`);
      if (reasons.length >= MOST_REASONS) return reasons;
    }
  }
  return reasons;
}

/** Whether versions lead to the target when nothing else is looked at. */
function hasWay({ places, services, start, targets }: UpgradeProblem, index: number): boolean {
  const service = services[index] as number;
  const way = findWay(String(start[index]), String(targets[index]), [...allPlaces()].map(String), (a, b) =>
    places.successors(service, Number(a)).includes(Number(b)),
  );
  return way !== undefined;

  function allPlaces(): Set<number> {
    const found = new Set([start[index] as number]);
    for (const place of found) for (const next of places.successors(service, place)) found.add(next);
    return found;
  }
}

/** Places one step beyond those in reach. */
function frontierOf({ places, services }: UpgradeProblem, reach: Reach, index: number): number[] {
  const reached = reach[index] as readonly number[];
  const next = [...reached].flatMap((place) => places.successors(services[index] as number, place));
  return [...new Set(next)].filter((place) => !reached.includes(place));
}

function wordsOf(problem: UpgradeProblem, reach: Reach, index: number, place: number, other: number): string {
  const words = [...(reach[other] as readonly number[])].map(
    (there) => breachOf(problem, index, place, other, there) ?? '',
  );
  return words.slice(0, 3).join(', and ');
}

function breachOf({ places, services }: UpgradeProblem, a: number, placeA: number, b: number, placeB: number) {
  return places.breach(services[a] as number, placeA, services[b] as number, placeB);
}
