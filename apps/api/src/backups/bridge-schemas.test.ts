import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bridgeSchemas, type DeclaredRange, type Interval } from './bridge-schemas.ts';

const at = (schemaVersion: number, expandedTo = schemaVersion) => ({ schemaVersion, expandedTo });
const v1 = { schemaMin: 1, schemaMax: 1 };
const v2 = { schemaMin: 2 };

test.each<[string, Interval, Interval, DeclaredRange[], Interval]>([
  ['what both serve, to an expanded one', at(2), at(1, 2), [v1, v2], at(2)],
  ['what both serve, from an expanded one', at(1, 2), at(1), [v1, v2], at(1)],
  ['what nobody takes, where they share nothing', at(2), at(1), [v1, v2], at(0)],
  ['what nobody takes, in between', at(5), at(1), [{ schemaMax: 1 }, { schemaMin: 5 }], at(2)],
  ['what is to come, where every number is taken', at(2), at(1), [{ schemaMax: 1 }, v2], at(1)],
])('the bridge is %s', (_, before, after, versions, bridge) => {
  expect(bridgeSchemas(before, after, versions)).toEqual(bridge);
});

test('over a bridge go only versions that serve both sides', () => {
  const number = fc.integer({ min: 0, max: 6 });
  const interval = fc.tuple(number, number).map(([one, other]) => at(Math.min(one, other), Math.max(one, other)));
  const range = fc.record({
    schemaMin: fc.option(number, { nil: undefined }),
    schemaMax: fc.option(number, { nil: undefined }),
  });
  const fits = ({ schemaMin = 0, schemaMax = 9 }: DeclaredRange, { schemaVersion, expandedTo }: Interval) =>
    schemaMin <= expandedTo && schemaMax >= schemaVersion && schemaMin <= schemaMax;
  let bridged = 0;
  fc.assert(
    fc.property(interval, interval, fc.array(range, { maxLength: 4 }), (before, after, all) => {
      const versions = all.filter(({ schemaMin = 0, schemaMax = 9 }) => schemaMin <= schemaMax);
      const guarded = versions.filter(({ schemaMin, schemaMax }) => schemaMin !== undefined || schemaMax !== undefined);
      const bridge = bridgeSchemas(before, after, versions);
      expect(bridge.schemaVersion).toBeLessThanOrEqual(bridge.expandedTo);
      if (JSON.stringify(bridge) === JSON.stringify(after)) return;
      bridged += 1;
      for (const one of guarded.filter((version) => fits(version, bridge)))
        expect(fits(one, before) && fits(one, after), JSON.stringify(one)).toBe(true);
    }),
  );
  expect(bridged).toBeGreaterThan(10);
});
