import { expect, test } from 'vitest';
import { missingShare, spreadRest, toBasisPoints } from './split-weights.ts';

const shares = (...weights: number[]) => weights.map((weight, index) => ({ version: `${index}.0.0`, weight }));
const weights = (set: readonly { weight: number }[]) => set.map(({ weight }) => weight);

test('what is missing or too much is told in basis points', () => {
  expect(missingShare(shares(9_000, 1_000))).toBe(0);
  expect(missingShare(shares(9_000, 999))).toBe(1);
  expect(missingShare(shares(9_000, 1_001))).toBe(-1);
});

test('the rest goes to the versions that have nothing yet, to the last basis point', () => {
  expect(weights(spreadRest(shares(1_000, 0, 0, 0)))).toEqual([1_000, 3_000, 3_000, 3_000]);
  expect(weights(spreadRest(shares(0, 0, 0)))).toEqual([3_334, 3_333, 3_333]);
});

test('where each version has something, all get the same part of the rest', () => {
  expect(weights(spreadRest(shares(1_000, 2_000, 3_001)))).toEqual([2_333, 3_333, 4_334]);
});

test('too much is left alone, and so is a split without versions', () => {
  expect(weights(spreadRest(shares(9_000, 2_000)))).toEqual([9_000, 2_000]);
  expect(spreadRest([])).toEqual([]);
});

test('percent becomes whole basis points within nobody and everybody', () => {
  expect([0.01, '33.33', 100, 250, -3, '', 'x'].map(toBasisPoints)).toEqual([1, 3_333, 10_000, 10_000, 0, 0, 0]);
});
