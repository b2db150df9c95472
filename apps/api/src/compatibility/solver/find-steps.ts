import type { Distances } from './measure-distances.ts';
import { fitsAt, type UpgradeProblem } from './upgrade-problem.ts';

export interface Step {
  readonly index: number;
  readonly from: number;
  readonly to: number;
}

export type Search =
  | { readonly kind: 'found'; readonly steps: readonly Step[]; readonly stateCount: number }
  /** `closest`: of the states that were seen, one with the fewest steps left by the estimate. */
  | { readonly kind: 'none'; readonly closest: readonly number[]; readonly stateCount: number }
  | { readonly kind: 'given up'; readonly stateCount: number };

/** A state that was reached, and how far its successors have been looked at. */
interface Node {
  readonly state: readonly number[];
  readonly key: string;
  readonly stepCount: number;
  /** Steps that are left at least. */
  readonly left: number;
  readonly cameBy: Step | undefined;
  readonly parent: Node | undefined;
  /** Steps that change the estimate by this much are looked at now, from this service and successor on. */
  detour: number;
  service: number;
  successor: number;
}

/**
 * A shortest order of steps, each leading to a version that fits what the tenant has at that moment: A* that makes the
 * successors of a state one by one, those that come nearer first (partial expansion, Yoshizumi et al. 2000), so that
 * where nothing is in the way it walks straight. The estimate counts, for each service by itself, the steps to the
 * nearest place where it may end; it is consistent, so the first plan found is a shortest one.
 *
 * @param limit states to look at before giving up
 */
export function findSteps(problem: UpgradeProblem, distances: Distances, limit: number): Search {
  const { start } = problem;
  const farthest = Math.max(...distances.map((one) => one.reduce<number>((most, of) => Math.max(most, of ?? 0), 0)));
  const left = start.reduce((sum, place, index) => sum + (distances[index]?.[place] as number), 0);
  const first = nodeOf(start, 0, left, undefined, undefined);
  const best = new Map([[first.key, 0]]);
  /** By the length of a plan through the node at least; the last one in comes first. */
  const open: Node[][] = [];
  push(open, left, first);
  let closest = first;
  for (let length = left; length < open.length; length += 1)
    for (let node = open[length]?.pop(); node !== undefined; node = open[length]?.pop()) {
      if ((best.get(node.key) as number) < node.stepCount) continue;
      if (node.left < closest.left) closest = node;
      if (node.left === 0 && isSound(problem, node.state))
        return { kind: 'found', steps: stepsTo(node), stateCount: best.size };
      const child = makeNext(problem, distances, node);
      if (child === undefined) {
        node.detour += 1;
        node.service = 0;
        node.successor = 0;
        if (node.detour <= farthest) push(open, length + 1, node);
        continue;
      }
      push(open, length, node);
      if ((best.get(child.key) ?? Number.POSITIVE_INFINITY) <= child.stepCount) continue;
      best.set(child.key, child.stepCount);
      if (best.size > limit) return { kind: 'given up', stateCount: limit };
      push(open, child.stepCount + child.left, child);
    }
  return { kind: 'none', closest: closest.state, stateCount: best.size };
}

/** The next state that changes the estimate by the node's detour; undefined: there is none left. */
function makeNext(problem: UpgradeProblem, distances: Distances, node: Node): Node | undefined {
  const { places, services } = problem;
  for (; node.service < node.state.length; node.service += 1, node.successor = 0) {
    const index = node.service;
    const from = node.state[index] as number;
    const wanted = (distances[index]?.[from] as number) + node.detour;
    const successors = places.successors(services[index] as number, from);
    while (wanted >= 0 && node.successor < successors.length) {
      const to = successors[node.successor] as number;
      node.successor += 1;
      if (distances[index]?.[to] !== wanted || !fitsAt(problem, index, to, node.state)) continue;
      const state = node.state.with(index, to);
      return nodeOf(state, node.stepCount + 1, node.left + node.detour, { index, from, to }, node);
    }
  }
  return undefined;
}

function nodeOf(
  state: readonly number[],
  stepCount: number,
  left: number,
  cameBy: Step | undefined,
  parent: Node | undefined,
): Node {
  return {
    state,
    key: String.fromCharCode(...state),
    stepCount,
    left,
    cameBy,
    parent,
    detour: -1,
    service: 0,
    successor: 0,
  };
}

function push(open: Node[][], length: number, node: Node): void {
  while (open.length <= length) open.push([]);
  open[length]?.push(node);
}

/** From a start that did not fit, services that did not move may still not. */
function isSound(problem: UpgradeProblem, state: readonly number[]): boolean {
  return state.every((place, index) => fitsAt(problem, index, place, state));
}

function stepsTo(end: Node): Step[] {
  const steps: Step[] = [];
  for (let node: Node | undefined = end; node?.cameBy !== undefined; node = node.parent) steps.unshift(node.cameBy);
  return steps;
}
