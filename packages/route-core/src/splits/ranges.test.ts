import { describe, expect, it } from 'vitest';
import { Facts } from '../conditions/index.ts';
import { createDecisionEnv } from '../decision-env.ts';
import type { BucketRange } from '../routing-records.ts';
import { checkRanges } from './check-ranges.ts';
import { compileSplit } from './compile-split.ts';
import { drawBucket } from './draw-bucket.ts';
import { compileRanges, findOwner } from './range-table.ts';

describe('ranges that cannot be', () => {
  const share = (weight: number, ...ranges: readonly BucketRange[]) => ({ weight, ranges });

  it.each<[BucketRange]>([[[-1, 5]], [[5, 5]], [[6, 5]], [[0.5, 5]], [[0, 1.5]], [[9_999, 10_001]], [[Number.NaN, 5]]])(
    'are named with their place and what is wrong: %j',
    ([from, to]) => {
      expect(checkRanges([share(0), share(3, [0, 3], [from, to])])).toEqual([
        { path: '1.ranges.1', message: `[${from}, ${to}) is no range within 0 to 10000` },
      ]);
    },
  );

  it('are those that overlap, by one bucket, and those that are not as many as the weight', () => {
    expect(checkRanges([share(5, [0, 5]), share(5, [4, 9])])).toEqual([
      { path: '1.ranges.0', message: '[4, 9) overlaps another' },
    ]);
    expect(checkRanges([share(5, [0, 5]), share(6, [5, 10])])).toEqual([
      { path: '1.ranges', message: '5 buckets for a weight of 6' },
    ]);
    expect(checkRanges([share(5, [0, 5]), share(9_995, [5, 10_000])])).toEqual([]);
  });
});

describe('a draw for who has no unit', () => {
  const split = compileSplit({ unit: { by: 'user' }, whenMissing: 'random', salt: 's', shares: [] }, {
    number: () => 1,
  } as never);
  const drawn = (random: number): number =>
    drawBucket(split, new Facts('acme', {}, createDecisionEnv({ random: () => random })));

  it.each([
    [0, 0],
    [0.00009, 0],
    [0.0001, 1],
    [0.5, 5_000],
    [0.99999, 9_999],
    [1, 0],
    [-0.1, 0],
    [2, 0],
    [Number.NaN, 0],
  ])('of %d is bucket %i', (random, bucket) => {
    expect(drawn(random)).toBe(bucket);
  });
});

describe('a table of ranges', () => {
  it('knows the owner of the first and the last bucket of each, and that nobody has the rest', () => {
    const table = compileRanges([
      {
        ranges: [
          [0, 10],
          [20, 30],
        ],
      },
      {
        ranges: [
          [10, 20],
          [9_990, 10_000],
        ],
      },
    ]);
    const owners = [0, 9, 10, 19, 20, 29, 30, 9_989, 9_990, 9_999].map((bucket) => findOwner(table, bucket));
    expect(owners).toEqual([0, 0, 1, 1, 0, 0, -1, -1, 1, 1]);
    expect(findOwner(compileRanges([]), 5)).toBe(-1);
    expect(findOwner(compileRanges([{ ranges: [[0, 10_000]] }]), 9_999)).toBe(0);
  });
});
