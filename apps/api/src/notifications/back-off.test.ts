import { expect, test } from 'vitest';
import { backOff } from './back-off.ts';

test('pauses double from the first one up to ten minutes, half of each drawn', () => {
  expect([1, 2, 3].map((count) => backOff(1_000, count, 0))).toEqual([500, 1_000, 2_000]);
  expect([1, 2, 3].map((count) => backOff(1_000, count, 0.5))).toEqual([750, 1_500, 3_000]);
  expect(backOff(1_000, 100, 0.999_999)).toBe(600_000);
});
