import { expect, test } from 'vitest';
import { isFairSplit } from './is-fair-split.ts';

const experiment = (...weights: number[]) => ({
  hashing: 'murmur3' as const,
  variants: weights.map((weight, index) => ({ name: `v${index}`, version: 'x', weight, ranges: [] })),
});
const counts = (...values: number[]) => new Map(values.map((value, index) => [`v${index}`, value]));

test.each([
  ['the very numbers expected', [5_000, 5_000], [500, 500], true],
  ['χ² just below 10.828 for two variants', [5_000, 5_000], [552, 448], true],
  ['χ² just above', [5_000, 5_000], [553, 447], false],
  ['three variants by weight', [8_000, 1_000, 1_000], [800, 90, 110], true],
  ['a variant that got nothing', [8_000, 1_000, 1_000], [900, 100, 0], false],
  ['too few to tell', [9_990, 10], [4_000, 0], null],
  ['nothing at all', [5_000, 5_000], [0, 0], null],
  ['decisions for a variant without weight', [5_000, 5_000, 0], [500, 500, 1], false],
] as const)('%s', (_, weights, values, expected) => {
  expect(isFairSplit(experiment(...weights), counts(...values))).toBe(expected);
});

test('the md5 formula is held to halves, whatever the weights say', () => {
  const md5 = { ...experiment(9_000, 1_000), hashing: 'md5_java' as const };
  expect(isFairSplit(md5, counts(500, 500))).toBe(true);
  expect(isFairSplit(md5, counts(900, 100))).toBe(false);
});
