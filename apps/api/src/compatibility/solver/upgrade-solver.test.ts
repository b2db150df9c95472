import type { UpgradeStep, VersionCompatibility } from '@grey/contracts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CompatibilityMatrix } from '../compatibility-matrix.ts';
import { judgeRequirements } from '../judge-requirements.ts';
import { judgeTransitions } from '../judge-transitions.ts';
import { findShortest } from './testing/find-shortest.ts';
import { UpgradeSolver } from './upgrade-solver.ts';

type Said = Partial<VersionCompatibility> & { version: string };
const said = (one: Said): VersionCompatibility => ({
  compatibleWith: null,
  breakingChanges: false,
  migrationRequired: false,
  requires: [],
  ...one,
});
const needs = (serviceId: string, range: string | string[]) => ({ requires: [{ serviceId, range }] });

function solverOf(
  matrix: Record<string, Said[]>,
  labels: Record<string, string[]>,
  targets: Record<string, string>,
  ...limits: number[]
) {
  const compiled = new CompatibilityMatrix(
    Object.entries(matrix).map(([serviceId, versions]) => ({ serviceId, versions: versions.map(said) })),
  );
  const solver = new UpgradeSolver(
    compiled,
    new Map(Object.entries(labels)),
    new Map(Object.entries(targets)),
    ...limits,
  );
  return (start: Record<string, string | string[]>) => {
    const { outcome, steps, reasons } = solver.solve((id) => [start[id] ?? []].flat());
    return { outcome, reasons, steps: steps.map((one) => `${one.serviceId} ${one.fromVersion} ${one.toVersion}`) };
  };
}
const two = { shop: ['1.0', '2.0'], pay: ['1.0', '2.0'] };

describe('a plan', () => {
  test('goes by way of the versions that are compatible, and says what they need', () => {
    const matrix = new CompatibilityMatrix([
      {
        serviceId: 'user',
        versions: [
          said({ version: 'v1.0', compatibleWith: ['v1.0', 'v1.1'] }),
          said({ version: 'v1.1', compatibleWith: ['v1.0', 'v1.1', 'v2.0'] }),
          said({ version: 'v2.0', compatibleWith: ['v2.0'], breakingChanges: true, migrationRequired: true }),
        ],
      },
    ]);
    const labels = new Map([['user', ['v1.0', 'v1.1', 'v2.0']]]);
    const solver = new UpgradeSolver(matrix, labels, new Map([['user', 'v2.0']]));
    const step = (fromVersion: string, toVersion: string, isBig: boolean) => ({
      ...{ serviceId: 'user', fromVersion, toVersion },
      ...{ breakingChanges: isBig, migrationRequired: isBig },
    });
    expect(solver.solve(() => ['v1.0'])).toEqual({
      outcome: 'plan',
      steps: [step('v1.0', 'v1.1', false), step('v1.1', 'v2.0', true)],
      reasons: [],
    });
  });

  test('moves what a target needs first, though nobody asked for it', () => {
    const solve = solverOf({ shop: [{ version: '2.0', ...needs('pay', '>=2') }] }, two, { shop: '2.0' });
    expect(solve({ shop: '1.0', pay: '1.0' }).steps).toEqual(['pay 1.0 2.0', 'shop 1.0 2.0']);
    expect(solve({ shop: '1.0', pay: '2.0' }).steps).toEqual(['shop 1.0 2.0']);
    expect(solve({ shop: '1.0' }).steps).toEqual(['shop 1.0 2.0']);
    expect(solve({ shop: '2.0', pay: '2.0' })).toEqual({ outcome: 'nothing', steps: [], reasons: [] });
  });

  test('mends a state that did not fit from the beginning', () => {
    const solve = solverOf({ shop: [{ version: '2.0', ...needs('pay', '>=2') }] }, two, { shop: '2.0' });
    expect(solve({ shop: '2.0', pay: '1.0' }).steps).toEqual(['pay 1.0 2.0']);
  });

  test('takes a detour where two versions depend on each other', () => {
    const matrix = {
      shop: [
        { version: '1.0', ...needs('pay', '<2') },
        { version: '2.0', ...needs('pay', '>=2') },
      ],
    };
    const labels = { shop: ['1.0', '1.5', '2.0'], pay: ['1.0', '2.0'] };
    expect(solverOf(matrix, labels, { shop: '2.0' })({ shop: '1.0', pay: '1.0' }).steps).toEqual([
      'shop 1.0 1.5',
      'pay 1.0 2.0',
      'shop 1.5 2.0',
    ]);
  });

  test('starts from no version, and from a default of several', () => {
    const solve = solverOf({ shop: [{ version: '1.0', compatibleWith: ['2.0'] }] }, two, { shop: '2.0' });
    expect(solve({}).steps).toEqual(['shop null 2.0']);
    expect(solve({ shop: ['1.0', '2.0'] }).steps).toEqual(['shop null 2.0']);
    const strict = solverOf({ shop: [{ version: '1.0', compatibleWith: [] }] }, two, { shop: '2.0' });
    expect(strict({ shop: ['1.0', '2.0'] }).outcome).toBe('impossible');
  });
});

describe('no plan, in words', () => {
  test('no chain of versions', () => {
    const solve = solverOf({ shop: [{ version: '2.0', compatibleWith: ['2.0'] }] }, two, { shop: '1.0' });
    expect(solve({ shop: '2.0' })).toEqual({
      outcome: 'impossible',
      steps: [],
      reasons: ['No way leads from shop 2.0 to 1.0: no chain of compatible_with connects them.'],
    });
  });

  test('two that wait for each other', () => {
    const matrix = {
      shop: [{ version: '2.0', ...needs('pay', '>=2') }],
      pay: [{ version: '2.0', ...needs('shop', '>=2') }],
    };
    expect(solverOf(matrix, two, { shop: '2.0' })({ shop: '1.0', pay: '1.0' }).reasons).toEqual([
      'shop 2.0 cannot be entered: shop 2.0 needs pay >=2, not 1.0.',
      'pay 2.0 cannot be entered: pay 2.0 needs shop >=2, not 1.0.',
    ]);
  });

  test('targets that contradict each other', () => {
    const solve = solverOf({ shop: [{ version: '2.0', ...needs('pay', '<2') }] }, two, { shop: '2.0', pay: '2.0' });
    expect(solve({ shop: '1.0', pay: '1.0' }).reasons).toEqual([
      'The targets do not fit each other: shop 2.0 needs pay <2, not 2.0.',
    ]);
  });

  test('a service between two targets that no version suits', () => {
    const matrix = {
      shop: [{ version: '2.0', ...needs('pay', ['1.0']) }],
      stock: [{ version: '2.0', ...needs('pay', ['2.0']) }],
    };
    const solve = solverOf(matrix, { ...two, stock: ['1.0', '2.0'] }, { shop: '2.0', stock: '2.0' });
    expect(solve({ shop: '1.0', pay: '1.0', stock: '1.0' }).reasons).toEqual([
      'No version of pay in reach (pay 1.0, pay 2.0) fits shop 2.0 and stock 2.0 and what goes with them.',
    ]);
  });

  test('too many states are given up, and said to be', () => {
    const solve = solverOf({ shop: [{ version: '2.0', ...needs('pay', '>=2') }] }, two, { shop: '2.0' }, 1);
    expect(solve({ shop: '1.0', pay: '1.0' }).outcome).toBe('undecided');
    const together = solverOf({ shop: [{ version: '2.0', ...needs('pay', '>=2') }] }, two, { shop: '2.0' }, 100, 3);
    expect(together({ shop: '1.0', pay: '1.0' }).outcome).toBe('plan');
    expect(together({ shop: '1.0' }).outcome).toBe('undecided');
    expect(together({ shop: '1.0', pay: '1.0' }).outcome).toBe('plan');
  });
});

test('finds a shortest plan, or that there is none, as trying everything does', () => {
  const ids = ['a', 'b', 'c', 'd'];
  const versions = ['1', '2', '3', '4'];
  const range = fc.uniqueArray(fc.constantFrom(...versions), { minLength: 1, maxLength: 3 });
  const entry = (id: string, version: string) =>
    fc.record({
      version: fc.constant(version),
      compatibleWith: fc.option(fc.subarray(versions, { minLength: 1 }), { freq: 3 }),
      breakingChanges: fc.boolean(),
      migrationRequired: fc.constant(false),
      requires: fc
        .subarray(
          ids.filter((one) => one !== id),
          { maxLength: 2 },
        )
        .chain((others) =>
          fc.tuple(...others.map((serviceId) => range.map((labels) => ({ serviceId, range: labels })))),
        ),
    });
  const world = fc.record({
    services: fc.tuple(
      ...ids.map((serviceId) =>
        fc.record({
          serviceId: fc.constant(serviceId),
          versions: fc.tuple(...versions.map((version) => entry(serviceId, version))),
        }),
      ),
    ),
    start: fc.tuple(...ids.map(() => fc.uniqueArray(fc.constantFrom(...versions), { maxLength: 2 }))),
    targets: fc.tuple(...ids.map(() => fc.option(fc.constantFrom(...versions), { freq: 2 }))),
  });
  const lengths: number[] = [];
  const outcomes = { plan: 0, nothing: 0, impossible: 0, undecided: 0 };
  fc.assert(
    fc.property(world, ({ services, start, targets }) => {
      const matrix = new CompatibilityMatrix(services);
      const labels = new Map(ids.map((id) => [id, versions]));
      const wanted = new Map(ids.flatMap((id, at) => (targets[at] == null ? [] : [[id, targets[at]] as const])));
      const versionsOf = (id: string) => start[ids.indexOf(id)] ?? [];
      const { outcome, steps, reasons } = new UpgradeSolver(matrix, labels, wanted).solve(versionsOf);
      outcomes[outcome] += 1;
      const shortest = findShortest({ matrix, labels, targets: wanted, versionsOf });
      if (shortest === undefined) {
        expect(outcome).toBe('impossible');
        expect(reasons.length).toBeGreaterThan(0);
        return;
      }
      expect(steps).toHaveLength(shortest.stepCount);
      expect(shortest.isPlan(steps)).toBe(true);
      lengths[steps.length] = (lengths[steps.length] ?? 0) + 1;
      expect(objectionsTo(steps, versionsOf, matrix, labels)).toEqual([]);
    }),
    { numRuns: 1_500 },
  );
  // Both sides of the question were asked often enough to mean something.
  expect(Math.min(outcomes.plan, outcomes.impossible)).toBeGreaterThan(200);
  expect(lengths.slice(4).reduce((sum, one) => sum + one, 0)).toBeGreaterThan(20);
});

/** What the guard has to say of the steps, taken one by one by a tenant that begins with its defaults. */
function objectionsTo(
  steps: readonly UpgradeStep[],
  versionsOf: (id: string) => readonly string[],
  matrix: CompatibilityMatrix,
  labels: ReadonlyMap<string, readonly string[]>,
) {
  const cells = new Map<string, string>();
  const defaults = new Map([...labels.keys()].map((id) => [id, versionsOf(id)]));
  return steps.flatMap(({ serviceId, toVersion }) => {
    const state = { matrix, labels, defaults, assigned: new Map(), tenants: new Map([['acme', cells]]), everybody: [] };
    const move = { tenantId: 'acme', serviceId, fromVersion: cells.get(serviceId) ?? null, toVersion };
    const objections = [...judgeTransitions([move], state), ...judgeRequirements([move], state)];
    cells.set(serviceId, toVersion);
    return objections;
  });
}
