import { expect, test } from 'vitest';
import { assignDefaults } from './assign-defaults.ts';

const weights = (...pairs: [string, number][]) => pairs.map(([version, weight]) => ({ version, weight }));

test('a default of one version, or none, says nothing of buckets', () => {
  expect(assignDefaults([], weights(['v1', 10_000]))).toEqual(weights(['v1', 10_000]));
  expect(assignDefaults(weights(['v1', 10_000]), [])).toEqual([]);
});

test('raising a share takes buckets only from the version that gives them up', () => {
  const first = assignDefaults(weights(['v1', 10_000]), weights(['v1', 9_000], ['v2', 1_000]));
  const second = assignDefaults(first, weights(['v1', 8_000], ['v2', 2_000]));
  expect(second.map((one) => countOf(one.ranges))).toEqual([8_000, 2_000]);
  expect(first[1]?.ranges?.every((range) => isWithin(range, second[1]?.ranges))).toBe(true);
});

test('a split that was stored without buckets keeps those that the engine gave it: its weights in order', () => {
  const before = weights(['v1', 9_000], ['v2', 1_000]);
  const after = assignDefaults(before, weights(['v2', 1_000], ['v1', 8_000], ['v3', 1_000]));
  expect(after[0]).toEqual({ version: 'v2', weight: 1_000, ranges: [[9_000, 10_000]] });
});

function countOf(ranges: readonly (readonly [number, number])[] = []): number {
  return ranges.reduce((sum, [from, to]) => sum + to - from, 0);
}

function isWithin([from, to]: readonly [number, number], ranges: readonly (readonly [number, number])[] = []): boolean {
  return ranges.some(([start, end]) => start <= from && to <= end);
}
