import type { UpgradeStep } from '@grey/contracts';
import type { CompatibilityMatrix } from '../../compatibility-matrix.ts';

export interface SmallProblem {
  readonly matrix: CompatibilityMatrix;
  readonly labels: ReadonlyMap<string, readonly string[]>;
  readonly targets: ReadonlyMap<string, string>;
  versionsOf(serviceId: string): readonly string[];
}
type State = Readonly<Record<string, readonly string[]>>;

/**
 * The definition itself, tried out: breadth first over every state of every service that has to do with a target, nothing
 * left out and nothing estimated.
 *
 * @returns undefined: no order of steps leads to the targets
 */
export function findShortest(problem: SmallProblem) {
  const ids = concerned(problem);
  const start: State = Object.fromEntries(ids.map((id) => [id, problem.versionsOf(id)]));
  const seen = new Map([[JSON.stringify(start), 0]]);
  const queue = [start];
  for (const state of queue) {
    const stepCount = seen.get(JSON.stringify(state)) as number;
    if (isGoal(problem, state)) return { stepCount, isPlan };
    for (const next of ids.flatMap((id) => stepsOf(problem, state, id))) {
      const key = JSON.stringify(next);
      if (seen.has(key)) continue;
      seen.set(key, stepCount + 1);
      queue.push(next);
    }
  }
  return undefined;

  /** Whether the steps can be taken in this order and end at the targets. */
  function isPlan(steps: readonly UpgradeStep[]): boolean {
    let state = start;
    for (const { serviceId, fromVersion, toVersion } of steps) {
      const before = state[serviceId] ?? [];
      if (fromVersion !== (before.length === 1 ? before[0] : null)) return false;
      const next = stepsOf(problem, state, serviceId).find((one) => one[serviceId]?.[0] === toVersion);
      if (next === undefined) return false;
      state = next;
    }
    return isGoal(problem, state);
  }
}

function concerned({ matrix, labels, targets, versionsOf }: SmallProblem): string[] {
  const used = [...labels.keys()].filter((id) => targets.has(id) || versionsOf(id).length > 0);
  const found = new Set(targets.keys());
  for (const id of found) for (const other of used) if (matrix.partnersOf(id).has(other)) found.add(other);
  return [...found].sort();
}

function stepsOf({ matrix, labels }: SmallProblem, state: State, id: string): State[] {
  const before = state[id] ?? [];
  return (labels.get(id) ?? [])
    .filter((to) => !(before.length === 1 && before[0] === to))
    .filter((to) => before.every((from) => matrix.mayMove(id, from, to)))
    .map((to) => ({ ...state, [id]: [to] }))
    .filter((next) => Object.keys(next).every((other) => areFit(matrix, next, id, other)));
}

function isGoal({ matrix, targets }: SmallProblem, state: State): boolean {
  const ids = Object.keys(state);
  if (![...targets].every(([id, version]) => state[id]?.length === 1 && state[id]?.[0] === version)) return false;
  return ids.every((a) => ids.every((b) => areFit(matrix, state, a, b)));
}

function areFit(matrix: CompatibilityMatrix, state: State, a: string, b: string): boolean {
  return (state[a] ?? []).every((x) => (state[b] ?? []).every((y) => matrix.breach(a, x, b, y) === null));
}
