import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { murmurHash3 } from '../murmur-hash3.ts';
import type { BucketRange } from '../routing-records.ts';
import { assignRanges, type OwnedRanges, type WantedWeight } from './assign-ranges.ts';
import { BUCKET_COUNT, beginSalt, bucketOf } from './bucket-of.ts';
import { checkRanges } from './check-ranges.ts';
import { compileRanges, findOwner } from './range-table.ts';

const KEYS = ['a', 'b', 'c', 'd', 'e'];
/** Weights of some of the keys, in any order; together 10 000 or, now and then, less. */
const wanted: fc.Arbitrary<WantedWeight[]> = fc
  .tuple(fc.shuffledSubarray(KEYS, { minLength: 1 }), fc.array(fc.nat(BUCKET_COUNT), { minLength: 5, maxLength: 5 }))
  .chain(([keys, cuts]) =>
    fc.constantFrom(BUCKET_COUNT, BUCKET_COUNT, 9_000).map((total) => {
      const ends = cuts.slice(0, keys.length - 1).map((cut) => Math.min(cut, total));
      const sorted = [0, ...ends.sort((x, y) => x - y), total];
      return keys.map((key, i) => ({ key, weight: sorted[i + 1]! - sorted[i]! }));
    }),
  );

/** The owner of every bucket, '' for none. */
function ownersOf(shares: readonly OwnedRanges[]): string[] {
  const owners = new Array<string>(BUCKET_COUNT).fill('');
  for (const { key, ranges } of shares) for (const [from, to] of ranges) owners.fill(key, from, to);
  return owners;
}

const countOf = (ranges: readonly BucketRange[]): number => ranges.reduce((sum, [from, to]) => sum + to - from, 0);
const weigh = (...weights: number[]): WantedWeight[] => weights.map((weight, i) => ({ key: KEYS[i]!, weight }));

describe('assignRanges', { timeout: 60_000 }, () => {
  it('gives each key exactly its weight, without overlaps, the same each time', () => {
    fc.assert(
      fc.property(fc.array(wanted, { minLength: 1, maxLength: 5 }), (changes) => {
        let owned: OwnedRanges[] = [];
        for (const weights of changes) {
          const next = assignRanges(owned, weights);
          expect(next).toEqual(assignRanges(structuredClone(owned), structuredClone(weights)));
          expect(next.map(({ key }) => key)).toEqual(weights.map(({ key }) => key));
          expect(next.map(({ ranges }) => countOf(ranges))).toEqual(weights.map(({ weight }) => weight));
          expect(checkRanges(next.map((share, i) => ({ ...share, weight: weights[i]!.weight })))).toEqual([]);
          owned = next;
        }
      }),
      { numRuns: 200 },
    );
  });

  it('lets whoever does not shrink keep all it had, and moves no bucket more than it has to', () => {
    fc.assert(
      fc.property(wanted, wanted, (before, after) => {
        const old = assignRanges([], before);
        const next = assignRanges(old, after);
        const [was, is] = [ownersOf(old), ownersOf(next)];
        const weightIn = (weights: WantedWeight[], key: string): number =>
          weights.find((weight) => weight.key === key)?.weight ?? 0;
        let lost = 0;
        for (const key of KEYS) {
          const kept = was.filter((owner, bucket) => owner === key && is[bucket] === key).length;
          expect(kept).toBe(Math.min(weightIn(before, key), weightIn(after, key)));
          lost += weightIn(before, key) - kept;
        }
        const shrunk = KEYS.map((key) => Math.max(0, weightIn(before, key) - weightIn(after, key)));
        expect(lost).toBe(shrunk.reduce((sum, delta) => sum + delta, 0));
      }),
      { numRuns: 200 },
    );
  });

  it('moves exactly 10 % from 10/10/80 to 20/10/70', () => {
    const old = assignRanges([], weigh(1_000, 1_000, 8_000));
    const next = assignRanges(old, weigh(2_000, 1_000, 7_000));
    const [was, is] = [ownersOf(old), ownersOf(next)];
    expect(was.filter((owner, bucket) => owner !== is[bucket])).toHaveLength(1_000);
    expect(was.filter((owner, bucket) => owner === 'b' && is[bucket] !== 'b')).toEqual([]);
    expect(next[0]!.ranges).toEqual([
      [0, 1_000],
      [2_000, 3_000],
    ]);
  });

  it('leaves the first of two keys [0, weight) whatever it was before, as `hash % 100 < w` would', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(BUCKET_COUNT), { minLength: 1, maxLength: 8 }), (weights) => {
        let owned: OwnedRanges[] = [];
        for (const weight of weights) {
          owned = assignRanges(owned, weigh(weight, BUCKET_COUNT - weight));
          expect(owned[0]!.ranges).toEqual(weight === 0 ? [] : [[0, weight]]);
        }
      }),
    );
  });

  it('hands out what a dropped key had, and takes new ones in', () => {
    const old = assignRanges([], weigh(3_000, 7_000));
    expect(
      assignRanges(old, [
        { key: 'b', weight: 7_000 },
        { key: 'new', weight: 3_000 },
      ]),
    ).toEqual([
      { key: 'b', ranges: [[3_000, 10_000]] },
      { key: 'new', ranges: [[0, 3_000]] },
    ]);
  });

  it('gives a bucket that two claim to the first, and forgets what lies outside', () => {
    const old = [
      { key: 'a', ranges: [[-5, 10] as const] },
      { key: 'b', ranges: [[5, 20] as const, [9_999, 12_000] as const] },
    ];
    expect(assignRanges(old, weigh(10, 11))).toEqual([
      { key: 'a', ranges: [[0, 10]] },
      {
        key: 'b',
        ranges: [
          [10, 20],
          [9_999, 10_000],
        ],
      },
    ]);
  });

  it.each([
    ['a sum above 10 000', weigh(9_000, 1_001), 'the weights sum to 10001, more than 10000'],
    ['a part of a basis point', weigh(0.5), 'the weight of a is 0.5'],
    ['less than nothing', weigh(-1), 'the weight of a is -1'],
    ['one key twice', [...weigh(1), ...weigh(1)], 'a key comes twice'],
  ])('refuses %s', (_what, weights, message) => {
    expect(() => assignRanges([], weights)).toThrow(new RangeError(message));
  });
});

describe('checkRanges', () => {
  it.each<[string, BucketRange[][], string[]]>([
    ['a range upside down', [[[5, 5]], [[7, 6]]], ['0.ranges.0', '0.ranges', '1.ranges.0', '1.ranges']],
    ['one outside', [[[-1, 3]], [[9_998, 10_001]]], ['0.ranges.0', '0.ranges', '1.ranges.0', '1.ranges']],
    ['parts of buckets', [[[0, 2.5]]], ['0.ranges.0', '0.ranges']],
    ['an overlap', [[[0, 3]], [[2, 5]]], ['1.ranges.0']],
    [
      'an overlap with itself',
      [
        [
          [0, 2],
          [1, 2],
        ],
      ],
      ['0.ranges.1'],
    ],
    ['more than the weight', [[[0, 4]]], ['0.ranges']],
    [
      'nothing wrong',
      [
        [[0, 3]],
        [
          [3, 4],
          [9_998, 10_000],
        ],
      ],
      [],
    ],
  ])('tells where there is %s', (_what, ranges, paths) => {
    expect(checkRanges(ranges.map((own) => ({ weight: 3, ranges: own }))).map(({ path }) => path)).toEqual(paths);
  });
});

describe('a table of ranges', { timeout: 60_000 }, () => {
  it('finds the owner that a search through all ranges finds', () => {
    const range = fc.tuple(fc.nat(10_000), fc.nat(10_000)).map(([x, y]) => [Math.min(x, y), Math.max(x, y)] as const);
    const shares = fc.array(fc.record({ ranges: fc.array(range, { maxLength: 4 }) }), { maxLength: 5 });
    fc.assert(
      fc.property(shares, fc.array(fc.nat(9_999)), (list, picked) => {
        const table = compileRanges(list);
        const edges = list.flatMap(({ ranges }) => ranges.flat()).flatMap((edge) => [edge - 1, edge]);
        for (const bucket of [0, 9_999, ...edges, ...picked].filter((b) => b >= 0 && b < 10_000)) {
          const owner = list.findIndex(({ ranges }) => ranges.some(([from, to]) => from <= bucket && bucket < to));
          expect(findOwner(table, bucket)).toBe(owner);
        }
      }),
    );
  });
});

describe('bucketOf', { timeout: 60_000 }, () => {
  it('is the hash of salt, colon and unit, modulo 10 000', () => {
    expect(bucketOf(beginSalt('s'), 'user-1')).toBe(murmurHash3('s:user-1') % 10_000);
    expect(bucketOf(beginSalt('灰度'), '用户')).toBe(murmurHash3('灰度:用户') % 10_000);
  });

  const UNIT_COUNT = 1_000_000;
  /** Deviations from the expected count, in standard deviations of a binomial distribution. */
  const sigmas = (count: number, share: number): number =>
    Math.abs(count - UNIT_COUNT * share) / Math.sqrt(UNIT_COUNT * share * (1 - share));

  it.each(['checkout', 'r1', ''])('puts a million units within 3σ of every share, under the salt "%s"', (salt) => {
    const prefix = beginSalt(salt);
    const counts = new Uint32Array(100);
    for (let i = 0; i < UNIT_COUNT; i++) counts[Math.floor(bucketOf(prefix, `user-${i}`) / 100)]!++;
    for (const percent of [1, 5, 10, 25, 50, 75, 99]) {
      const inside = counts.slice(0, percent).reduce((sum, count) => sum + count, 0);
      expect(sigmas(inside, percent / 100), `${percent} %`).toBeLessThan(3);
    }
  });

  it('is independent under different salts: the joint table of two splits has no structure (χ²)', () => {
    const CELLS = 20;
    const joint = new Uint32Array(CELLS * CELLS);
    const [first, second] = [beginSalt('experiment-1'), beginSalt('experiment-2')];
    for (let i = 0; i < UNIT_COUNT; i++) {
      const unit = `user-${i}`;
      const row = Math.floor((bucketOf(first, unit) * CELLS) / BUCKET_COUNT);
      const column = Math.floor((bucketOf(second, unit) * CELLS) / BUCKET_COUNT);
      joint[row * CELLS + column]!++;
    }
    const expected = UNIT_COUNT / joint.length;
    const chiSquare = joint.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    // 399 degrees of freedom: 3σ above the mean of the distribution is 399 + 3·√798.
    expect(chiSquare).toBeLessThan(399 + 3 * Math.sqrt(2 * 399));
  });
});
