import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDecisionEnv, peekRandom } from '../decision-env.ts';
import { pickInstance } from '../pick-instance.ts';
import type { BalancerName } from '../records.ts';
import { countOf, makeTable, pickIds, seededRandom } from '../testing/instance-tables.ts';
import { reportEnd, reportStart } from './instance-loads.ts';

const BALANCERS: readonly BalancerName[] = [
  'round_robin',
  'weighted_round_robin',
  'random',
  'weighted_random',
  'least_connections',
  'consistent_hash',
  'health_aware',
  'peak_ewma',
];

describe.each(BALANCERS)('%s', (balancer) => {
  const fleet = { a: { weight: 3 }, b: { startedAt: 400, weight: 2 }, c: { health: 'degraded' as const }, d: {} };

  it('shows beforehand what the next request gets, and moves nothing by showing it', () => {
    const table = makeTable(balancer, fleet, { slowStartMs: 1000 });
    const env = createDecisionEnv({ random: seededRandom(3), now: () => 900 });
    const plain = createDecisionEnv({ random: seededRandom(3), now: () => 900 });
    for (let i = 0; i < 50; i++) {
      const shown = peekRandom(env, () => pickInstance(table, env, true));
      expect(peekRandom(env, () => pickInstance(table, env, true))).toBe(shown);
      expect(pickInstance(table, env, false)).toBe(shown);
      expect(pickInstance(table, plain, false)).toBe(shown);
    }
  });

  it('answers with an instance that may answer, whatever the draws, weights and states', () => {
    const instance = fc.record({
      weight: fc.constantFrom(0, 1, 50, Number.NaN, -3),
      health: fc.constantFrom('healthy' as const, 'unknown' as const, 'degraded' as const, 'unhealthy' as const),
      isEnabled: fc.boolean(),
      startedAt: fc.constantFrom(0, 500, 5000),
      inFlight: fc.nat(5),
      latencyMs: fc.nat(50),
    });
    const draw = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), instance), draw, (given, drawn) => {
        const table = makeTable(balancer, given, { slowStartMs: 1000 });
        fc.pre(table.instances.length > 0);
        const env = createDecisionEnv({ random: () => drawn, now: () => 900 });
        const hasHealthy = Object.values(given).some(
          (i) => i.isEnabled && /healthy|unknown/.test(i.health) && i.health !== 'unhealthy',
        );
        for (let i = 0; i < 8; i++) {
          const picked = pickInstance(table, env, false);
          expect(picked.isEnabled).toBe(true);
          expect(picked.health).not.toBe('unhealthy');
          if (balancer !== 'health_aware') expect(picked.health === 'degraded').toBe(!hasHealthy);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('weights', () => {
  it('that make no sense are 0, and all of them 0 is all of them 1', () => {
    const weightsOf = (...weights: number[]) =>
      makeTable('random', Object.fromEntries(weights.map((weight, i) => [`i${i}`, { weight }]))).weights;
    expect(weightsOf(-3, 2, Number.NaN, Number.POSITIVE_INFINITY, 0.5)).toEqual([0, 2, 0, 0, 0.5]);
    expect(weightsOf(-3, Number.NaN)).toEqual([1, 1]);
  });

  it('of the degraded count a tenth beside healthy ones, and whole without', () => {
    const sick = { health: 'degraded' as const };
    const table = makeTable('health_aware', {
      a: { weight: 3 },
      b: { ...sick, weight: 3 },
      c: { ...sick, weight: -1 },
    });
    expect(table.aware.weights).toEqual([30, 3, 0]);
    expect(table.instances.map(({ instanceId }) => instanceId)).toEqual(['a']);
    const alone = makeTable('health_aware', { b: { ...sick, weight: 3 }, c: { ...sick, weight: 0 } });
    expect([alone.aware.weights, alone.isDegraded]).toEqual([[3, 0], true]);
    expect(makeTable('health_aware', { a: { health: 'unhealthy' } })).toMatchObject({
      instances: [],
      isDegraded: false,
    });
  });
});

describe('least connections', () => {
  it('spreads what is sent between two reports, so that no herd runs to the least loaded', () => {
    const table = makeTable('least_connections', { a: { inFlight: 5 }, b: {}, c: { inFlight: 2 } });
    const picks = pickIds(20, table);
    expect([countOf(picks, 'a'), countOf(picks, 'b'), countOf(picks, 'c')]).toEqual([4, 9, 7]);
  });

  it('counts anew when new reports have come', () => {
    const env = createDecisionEnv();
    pickIds(30, makeTable('least_connections', { a: {}, b: { inFlight: 30 } }), env);
    expect(pickIds(4, makeTable('least_connections', { a: { inFlight: 4 }, b: {} }), env).join('')).toBe('bbbb');
  });

  it('goes by what began and ended here where that is reported', () => {
    const table = makeTable('least_connections', { a: {}, b: {}, c: {} });
    const env = createDecisionEnv();
    const begin = (): string => {
      const picked = pickInstance(table, env, false);
      reportStart(env, picked);
      return picked.instanceId;
    };
    const first = [begin(), begin(), begin()];
    expect(first.toSorted()).toEqual(['a', 'b', 'c']);
    reportEnd(env, table.instances[1]!, { latencyMs: 1, isFailure: false });
    expect(begin()).toBe('b');
  });

  it('shares among idle instances by their weights', () => {
    const table = makeTable('least_connections', { a: { weight: 300 }, b: { weight: 100 } });
    const env = createDecisionEnv();
    const picks = Array.from({ length: 40 }, () => {
      const picked = pickInstance(table, env, false);
      reportStart(env, picked);
      reportEnd(env, picked, { latencyMs: 1, isFailure: false });
      return picked.instanceId;
    });
    expect(countOf(picks, 'a')).toBe(30);
  });

  it('keeps the turn of those that stay when one leaves', () => {
    const env = createDecisionEnv();
    for (const id of ['a', 'b', 'c']) env.loads.set(id, { inFlight: 0, latencyMs: Number.NaN, at: 0 });
    expect(pickIds(2, makeTable('least_connections', { a: {}, b: {}, c: {} }), env)).toEqual(['a', 'b']);
    expect(pickIds(3, makeTable('least_connections', { a: {}, c: {} }), env)).toEqual(['c', 'c', 'a']);
  });
});

describe('weighted random', () => {
  it('gives everyone its share', () => {
    const table = makeTable('weighted_random', { a: { weight: 10 }, b: { weight: 30 }, c: { weight: 60 } });
    const picks = pickIds(40_000, table, createDecisionEnv({ random: seededRandom(11) }));
    const off = Object.entries({ a: 4000, b: 12_000, c: 24_000 }).map(
      ([id, wanted]) => (countOf(picks, id) - wanted) ** 2 / wanted,
    );
    // χ² with 2 degrees of freedom stays under 13.8 in 999 of 1000 fair draws.
    expect(off.reduce((sum, x) => sum + x, 0)).toBeLessThan(13.8);
  });
});

describe('health-aware', () => {
  it('keeps its place when an instance changes its health', () => {
    const env = createDecisionEnv();
    const ten = pickIds(10, makeTable('health_aware', { a: {}, b: { health: 'degraded' } }), env);
    expect(countOf(ten, 'b')).toBe(1);
    const sick = makeTable('health_aware', { a: {}, b: { health: 'degraded' }, c: { health: 'degraded' } });
    const dozen = pickIds(12, sick, env);
    expect([countOf(dozen, 'a'), countOf(dozen, 'b'), countOf(dozen, 'c')]).toEqual([10, 1, 1]);
  });
});

describe('peak EWMA', () => {
  it('draws every pair, and sends most to the fastest', () => {
    const table = makeTable('peak_ewma', { a: { latencyMs: 10 }, b: { latencyMs: 20 }, c: { latencyMs: 30 } });
    const picks = pickIds(9000, table, createDecisionEnv({ random: seededRandom(5) }));
    // Each of the three pairs is drawn in a third of the cases; a wins two of them, b one, c none.
    expect(countOf(picks, 'c')).toBe(0);
    expect(countOf(picks, 'a') / 9000).toBeCloseTo(2 / 3, 1);
  });

  it('moves away from an instance that became slow, and tries it again later', () => {
    const clock = { now: 0 };
    const env = createDecisionEnv({ random: seededRandom(9), now: () => clock.now });
    const table = makeTable('peak_ewma', { a: {}, b: {} });
    const slow = new Set(['a']);
    const call = (): string => {
      const picked = pickInstance(table, env, false);
      reportStart(env, picked);
      clock.now += 10;
      reportEnd(env, picked, { latencyMs: slow.has(picked.instanceId) ? 500 : 10, isFailure: false });
      return picked.instanceId;
    };
    const whileSlow = Array.from({ length: 1000 }, call);
    expect(countOf(whileSlow, 'a')).toBeLessThan(20);
    slow.clear();
    Array.from({ length: 8000 }, call);
    expect(countOf(Array.from({ length: 1000 }, call), 'a')).toBeGreaterThan(200);
  });
});

describe('slow start', () => {
  it.each(['weighted_round_robin', 'weighted_random', 'least_connections', 'health_aware'] as const)(
    'lets the share of a fresh instance grow under %s',
    (balancer) => {
      const table = makeTable(balancer, { a: {}, b: { startedAt: 0 } }, { slowStartMs: 60_000 });
      const shareAt = (now: number): number => {
        const env = createDecisionEnv({ random: seededRandom(1), now: () => now });
        return countOf(pickIds(4400, table, env), 'b') / 4400;
      };
      expect(shareAt(0)).toBeCloseTo(0.1 / 1.1, 1);
      expect(shareAt(30_000)).toBeCloseTo(0.55 / 1.55, 1);
      expect(shareAt(60_000)).toBeCloseTo(0.5, 1);
    },
  );

  it('does not ask for the time once all are warm by record', () => {
    const table = makeTable('weighted_round_robin', { a: {}, b: {} }, { slowStartMs: 60_000 });
    const env = createDecisionEnv({
      now: () => {
        throw new Error('asked');
      },
    });
    expect(pickIds(2, table, env)).toEqual(['a', 'b']);
  });
});
