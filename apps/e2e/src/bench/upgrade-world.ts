import type { VersionCompatibility } from '@grey/contracts';
import { CompatibilityMatrix } from '../../../api/src/compatibility/compatibility-matrix.ts';
import { UpgradeSolver } from '../../../api/src/compatibility/solver/upgrade-solver.ts';

export interface UpgradeWorld {
  readonly tenants: readonly ReadonlyMap<string, readonly string[]>[];
  /** A solver that remembers nothing yet. */
  makeSolver(): UpgradeSolver;
}

const TENANTS = 10_000;
const SERVICES = 50;
const VERSIONS = 6;
const STATES = 40;

const serviceIds = Array.from({ length: SERVICES }, (_, at) => `service-${String(at).padStart(2, '0')}`);
const labels = Array.from({ length: VERSIONS }, (_, at) => `${at + 1}.0.0`);

/**
 * Fifty services, all linked: each version goes to its neighbours only, and from the third on needs two other services to be
 * at most one version behind.
 */
export function makeUpgradeWorld(kind: 'alike' | 'all different'): UpgradeWorld {
  const matrix = () =>
    new CompatibilityMatrix(
      serviceIds.map((serviceId, at) => ({ serviceId, versions: labels.map((_, version) => entryOf(at, version)) })),
    );
  const targets = new Map(serviceIds.slice(-3).map((id) => [id, labels.at(-1) as string]));
  return {
    tenants: Array.from({ length: TENANTS }, (_, tenant) => stateOf(kind === 'alike' ? tenant % STATES : tenant)),
    makeSolver: () => new UpgradeSolver(matrix(), new Map(serviceIds.map((id) => [id, labels])), targets),
  };
}

function entryOf(service: number, version: number): VersionCompatibility {
  const needed = [...new Set([Math.floor(service / 2), service - 1])].filter((one) => one >= 0 && one !== service);
  return {
    version: labels[version] as string,
    compatibleWith: [version - 1, version, version + 1].flatMap((one) => labels[one] ?? []),
    breakingChanges: false,
    migrationRequired: version === VERSIONS - 1,
    requires:
      version < 2
        ? []
        : needed.map((one) => ({ serviceId: serviceIds[one] as string, range: `>=${labels[version - 1]}` })),
  };
}

/** A tenant whose services stand at the first, second or third version, those with lower numbers further on. */
function stateOf(seed: number): Map<string, readonly string[]> {
  // MINSTD: the same tenants in every run.
  let random = (seed + 1) * 7_919;
  const draw = (below: number) => {
    random = (random * 48_271) % 2_147_483_647;
    return random % below;
  };
  const bends = [draw(SERVICES), draw(SERVICES)];
  return new Map(
    serviceIds.map((id, at) => {
      const bend = bends.filter((one) => at <= one).length;
      const version = bend === 0 ? draw(2) : bend;
      return [id, [labels[version] as string]];
    }),
  );
}
