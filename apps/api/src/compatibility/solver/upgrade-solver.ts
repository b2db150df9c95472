import type { UpgradeStep } from '@grey/contracts';
import type { CompatibilityMatrix } from '../compatibility-matrix.ts';
import { explainDeadEnd, explainEmptied, explainUnreached } from './explain-none.ts';
import { findEnds } from './find-ends.ts';
import { findReach } from './find-reach.ts';
import { findSteps, type Step } from './find-steps.ts';
import { measureDistances } from './measure-distances.ts';
import { Places } from './places.ts';
import { idAt, type UpgradeProblem } from './upgrade-problem.ts';

export interface Upgrade {
  readonly outcome: 'plan' | 'nothing' | 'impossible' | 'undecided';
  readonly steps: readonly UpgradeStep[];
  /** Why there is no plan, in words. */
  readonly reasons: readonly string[];
}

const NOTHING: Upgrade = { outcome: 'nothing', steps: [], reasons: [] };
/** States to look at for one tenant: about a fifth of a second in which nothing else is done. */
const STATE_LIMIT = 30_000;
/** And for all tenants together. Where nothing is in the way, a plan takes as many states as steps. */
const TOTAL_LIMIT = 4_000_000;

/**
 * Finds, for tenants in whatever state, the shortest order of single steps that brings services to their target versions, so
 * that after each step the service that moved fits everything else the tenant has. Services without a target may move
 * when a target needs it; those that no requirement links with a target are never touched. Pure; equal states are
 * solved once.
 */
export class UpgradeSolver {
  readonly #matrix: CompatibilityMatrix;
  readonly #places: Places;
  readonly #targets: ReadonlyMap<string, string>;
  readonly #stateLimit: number;
  #statesLeft: number;
  readonly #solved = new Map<string, Upgrade>();
  readonly #parts = new Map<string, Upgrade>();
  readonly #services: readonly string[];

  /**
   * @param labels versions that can be assigned, oldest first, of every service that is linked with a target
   * @param targets version by service
   */
  constructor(
    matrix: CompatibilityMatrix,
    labels: ReadonlyMap<string, readonly string[]>,
    targets: ReadonlyMap<string, string>,
    stateLimit = STATE_LIMIT,
    totalLimit = TOTAL_LIMIT,
  ) {
    this.#matrix = matrix;
    this.#places = new Places(matrix, labels);
    this.#targets = targets;
    this.#stateLimit = stateLimit;
    this.#statesLeft = totalLimit;
    this.#services = UpgradeSolver.servicesOf(matrix, targets.keys());
  }

  /** Services that targets may depend on, these included, by id: what the solver must know of. */
  static servicesOf(matrix: CompatibilityMatrix, targets: Iterable<string>): string[] {
    return [...linkedServices(matrix, targets)].sort();
  }

  /** @param versionsOf what the tenant may get of a service: one version, several of a split default, none */
  solve(versionsOf: (serviceId: string) => readonly string[]): Upgrade {
    const key = this.#services.map((id) => versionsOf(id).join(' ')).join('\n');
    let upgrade = this.#solved.get(key);
    if (upgrade === undefined) {
      upgrade = joined(this.#partsOf(versionsOf).map((ids) => this.#solvePart(ids, versionsOf)));
      this.#solved.set(key, upgrade);
    }
    return upgrade;
  }

  /** Targets with all that the tenant uses and a requirement links with them: parts do not touch each other. */
  #partsOf(versionsOf: (serviceId: string) => readonly string[]): string[][] {
    const seen = new Set<string>();
    const parts: string[][] = [];
    for (const target of [...this.#targets.keys()].sort()) {
      if (seen.has(target)) continue;
      const part = linkedServices(this.#matrix, [target], (id) => this.#targets.has(id) || versionsOf(id).length > 0);
      for (const id of part) seen.add(id);
      parts.push([...part].sort());
    }
    return parts;
  }

  #solvePart(ids: readonly string[], versionsOf: (serviceId: string) => readonly string[]): Upgrade {
    const key = ids.map((id) => `${id} ${versionsOf(id).join(' ')}`).join('\n');
    let upgrade = this.#parts.get(key);
    if (upgrade === undefined) {
      upgrade = this.#search(this.#problemOf(ids, versionsOf));
      this.#parts.set(key, upgrade);
    }
    return upgrade;
  }

  #problemOf(ids: readonly string[], versionsOf: (serviceId: string) => readonly string[]): UpgradeProblem {
    const indexOf = new Map(ids.map((id, index) => [id, index]));
    const services = ids.map((id) => this.#places.numberOf(id) as number);
    const neighbours = ids.map((id) => [...this.#matrix.partnersOf(id)].flatMap((other) => indexOf.get(other) ?? []));
    const start = ids.map((id, index) => this.#places.placeOf(services[index] as number, versionsOf(id)));
    const targets = ids.map((id, index) => {
      const target = this.#targets.get(id);
      return target === undefined ? -1 : this.#places.placeOf(services[index] as number, [target]);
    });
    // Last, when all places are known.
    const tables = neighbours.map((others, index) =>
      others.map((other) => this.#places.fits(services[index] as number, services[other] as number)),
    );
    return { places: this.#places, services, neighbours, tables, start, targets };
  }

  #search(problem: UpgradeProblem): Upgrade {
    const reach = findReach(problem);
    const unreached = problem.targets.findIndex(
      (place, index) => place !== -1 && reach[index]?.includes(place) !== true,
    );
    if (unreached !== -1) return impossible(explainUnreached(problem, reach, unreached));
    const narrowed = findEnds(problem, reach);
    if ('emptied' in narrowed) return impossible(explainEmptied(problem, reach, narrowed.emptied));
    const limit = Math.min(this.#stateLimit, this.#statesLeft);
    const search = findSteps(problem, measureDistances(problem, reach, narrowed.ends), limit);
    this.#statesLeft -= search.stateCount;
    if (search.kind === 'none') return impossible(explainDeadEnd(problem, search.closest, search.stateCount));
    if (search.kind === 'given up')
      return {
        outcome: 'undecided',
        steps: [],
        reasons: [
          `${search.stateCount} states were tried without an answer: ask for fewer targets or tenants at a time.`,
        ],
      };
    if (search.steps.length === 0) return NOTHING;
    return { outcome: 'plan', steps: search.steps.map((step) => this.#view(problem, step)), reasons: [] };
  }

  #view(problem: UpgradeProblem, { index, from, to }: Step): UpgradeStep {
    const service = problem.services[index] as number;
    const before = problem.places.versionsAt(service, from);
    const [toVersion = ''] = problem.places.versionsAt(service, to);
    const serviceId = idAt(problem, index);
    return {
      serviceId,
      fromVersion: before.length === 1 ? (before[0] as string) : null,
      toVersion,
      breakingChanges: this.#matrix.isBreaking(serviceId, toVersion),
      migrationRequired: this.#matrix.needsMigration(serviceId, toVersion),
    };
  }
}

/** Services that requirements connect with the given ones, these included. */
function linkedServices(
  matrix: CompatibilityMatrix,
  from: Iterable<string>,
  counts: (serviceId: string) => boolean = () => true,
): Set<string> {
  const found = new Set(from);
  // A set is read on while it grows.
  for (const id of found) for (const other of matrix.partnersOf(id)) if (counts(other)) found.add(other);
  return found;
}

function impossible(reasons: readonly string[]): Upgrade {
  return { outcome: 'impossible', steps: [], reasons };
}

/** One after the other; what is impossible in one part is impossible. */
function joined(parts: readonly Upgrade[]): Upgrade {
  for (const outcome of ['impossible', 'undecided'] as const) {
    const failed = parts.filter((part) => part.outcome === outcome);
    if (failed.length > 0) return { outcome, steps: [], reasons: failed.flatMap((part) => part.reasons) };
  }
  const steps = parts.flatMap((part) => part.steps);
  return steps.length === 0 ? NOTHING : { outcome: 'plan', steps, reasons: [] };
}
