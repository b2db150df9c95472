import { seededRandom } from '@grey/testkit';
import { expect, test } from 'vitest';
import { Reservoir } from './reservoir.ts';

function sampleOf(count: number, capacity: number, seed: number): Reservoir<number> {
  const reservoir = new Reservoir<number>(capacity, seededRandom(seed));
  for (let item = 0; item < count; item++) if (reservoir.wants()) reservoir.keep(item);
  return reservoir;
}

test('keeps everything until it is full', () => {
  expect(sampleOf(7, 10, 1).items).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect(sampleOf(10, 10, 1).items).toHaveLength(10);
});

test('keeps each item with the same probability, however late it came', () => {
  const [count, capacity, rounds, parts] = [5_000, 50, 400, 10];
  const kept = new Array<number>(parts).fill(0);
  for (let round = 0; round < rounds; round++)
    for (const item of sampleOf(count, capacity, round + 1).items)
      kept[Math.floor((item / count) * parts)] = (kept[Math.floor((item / count) * parts)] ?? 0) + 1;
  const expected = (capacity * rounds) / parts;
  const chiSquare = kept.reduce((sum, observed) => sum + (observed - expected) ** 2 / expected, 0);
  // 9 degrees of freedom: chance exceeds this once in a thousand seeds, and the seeds are fixed.
  expect(chiSquare).toBeLessThan(27.88);
  expect(kept.reduce((sum, one) => sum + one, 0)).toBe(capacity * rounds);
});

test('counts all, and asks for few once it is full', () => {
  const reservoir = new Reservoir<number>(100, seededRandom(3));
  let asked = 0;
  for (let item = 0; item < 100_000; item++) {
    if (!reservoir.wants()) continue;
    asked++;
    reservoir.keep(item);
  }
  expect([reservoir.seenCount, reservoir.items.length]).toEqual([100_000, 100]);
  // k(1 + ln(n/k)) ≈ 791 on average
  expect(asked).toBeLessThan(1_200);
});
