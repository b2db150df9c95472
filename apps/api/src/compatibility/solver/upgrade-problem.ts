import type { Places } from './places.ts';

/**
 * A set of services that requirements link, and where they are to end. Services are the indices here; `services` says
 * which number each has among the places.
 */
export interface UpgradeProblem {
  readonly places: Places;
  readonly services: readonly number[];
  /** Indices of the services that a requirement links with each. */
  readonly neighbours: readonly (readonly number[])[];
  readonly start: readonly number[];
  /** The place where a service must end; -1: any. */
  readonly targets: readonly number[];
}

/** Whether a service may stand at `place` while `state` holds for its neighbours. */
export function fitsAt(problem: UpgradeProblem, index: number, place: number, state: ArrayLike<number>): boolean {
  const { places, services, neighbours } = problem;
  const service = services[index] as number;
  for (const other of neighbours[index] as readonly number[])
    if (!places.fit(service, place, services[other] as number, state[other] as number)) return false;
  return true;
}

export function idAt({ places, services }: UpgradeProblem, index: number): string {
  return places.idOf(services[index] as number);
}

/** Such as `pay 2.0`. */
export function nameAt(problem: UpgradeProblem, index: number, place: number): string {
  const versions = problem.places.versionsAt(problem.services[index] as number, place);
  return `${idAt(problem, index)} ${versions.length === 0 ? '(none)' : versions.join('/')}`;
}
