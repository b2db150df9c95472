import type { FitTable, Places } from './places.ts';

/**
 * A set of services that requirements link, and where they are to end. Services are the indices here; `services` says
 * which number each has among the places.
 */
export interface UpgradeProblem {
  readonly places: Places;
  readonly services: readonly number[];
  /** Indices of the services that a requirement links with each. */
  readonly neighbours: readonly (readonly number[])[];
  /** Beside each neighbour, which places fit. */
  readonly tables: readonly (readonly FitTable[])[];
  readonly start: readonly number[];
  /** The place where a service must end; -1: any. */
  readonly targets: readonly number[];
}

/** Whether a service may stand at `place` while `state` holds for its neighbours. */
export function fitsAt(
  { neighbours, tables }: UpgradeProblem,
  index: number,
  place: number,
  state: readonly number[],
): boolean {
  const others = neighbours[index] as readonly number[];
  const beside = tables[index] as readonly FitTable[];
  for (let at = 0; at < others.length; at += 1) {
    const { bits, stride } = beside[at] as FitTable;
    if (bits[place * stride + (state[others[at] as number] as number)] === 0) return false;
  }
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
