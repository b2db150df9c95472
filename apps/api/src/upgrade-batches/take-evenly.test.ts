import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { takeEvenly } from './take-evenly.ts';

describe('the largest remainder', () => {
  const stratum = fc.record({
    weight: fc.integer({ min: 1, max: 500 }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  });

  test('shares out all there is room for, nobody beyond its room', () => {
    fc.assert(
      fc.property(fc.array(stratum, { maxLength: 12 }), fc.nat(3_000), (parts, count) => {
        const strata = parts.map(({ weight, share }, at) => ({
          key: `k${at}`,
          weight,
          room: Math.round(weight * share),
        }));
        const takes = takeEvenly(strata, count);
        const room = strata.reduce((sum, one) => sum + one.room, 0);
        expect([...takes.values()].reduce((sum, one) => sum + one, 0)).toBe(Math.min(count, room));
        for (const { key, room: most } of strata) expect(takes.get(key)).toBeLessThanOrEqual(most);
      }),
    );
  });

  test('stays within one of the exact quota while there is room', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 12 }),
        fc.nat(100),
        (weights, percent) => {
          const total = weights.reduce((sum, one) => sum + one, 0);
          const count = Math.round((percent / 100) * total);
          const takes = takeEvenly(
            weights.map((weight, at) => ({ key: `k${at}`, weight, room: weight })),
            count,
          );
          for (const [at, weight] of weights.entries())
            expect(Math.abs((takes.get(`k${at}`) ?? 0) - (count * weight) / total)).toBeLessThan(1);
        },
      ),
    );
  });
});
