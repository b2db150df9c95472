import { type Figure, median } from './figure.ts';
import { printFigures } from './print-figures.ts';
import { makeUpgradeWorld, type UpgradeWorld } from './upgrade-world.ts';

/**
 * Upgrade plans for 10 000 tenants × 50 services of six versions each, three target services, on one core. `alike`: tenants
 * lie in 40 states, as waves leave them. `all different`: every tenant stands somewhere else, so nothing is solved twice.
 */
function measure(world: UpgradeWorld): { ms: number; planned: number; stepCount: number } {
  const solver = world.makeSolver();
  const start = performance.now();
  let planned = 0;
  let stepCount = 0;
  for (const versions of world.tenants) {
    const upgrade = solver.solve((id) => versions.get(id) ?? []);
    if (upgrade.outcome === 'undecided') throw new Error('a tenant was given up');
    if (upgrade.outcome === 'plan') planned += 1;
    stepCount += upgrade.steps.length;
  }
  return { ms: performance.now() - start, planned, stepCount };
}

const budget = { of: 'value', bound: 'at most', limit: 5_000 } as const;
const figures = (['alike', 'all different'] as const).map((kind): Figure => {
  const world = makeUpgradeWorld(kind);
  const rounds = Array.from({ length: 3 }, () => measure(world));
  const [first] = rounds;
  if (first === undefined || first.planned < 5_000) throw new Error(`only ${first?.planned} tenants have a plan`);
  const name = `plans for 10 000 × 50, ${kind} (${Math.round(first.stepCount / first.planned)} steps each)`;
  return { name, value: median(rounds.map(({ ms }) => ms)), unit: 'ms', ratio: null, budget };
});
printFigures(figures);
