import type { BucketRange } from '../routing-records.ts';
import { BUCKET_COUNT } from './bucket-of.ts';

/** What a version or a variant owns. */
export interface OwnedRanges {
  readonly key: string;
  readonly ranges: readonly BucketRange[];
}

/** How much a version or a variant shall own, in basis points. */
export interface WantedWeight {
  readonly key: string;
  readonly weight: number;
}

const NOBODY = -1;

/**
 * The buckets that each key owns after a change of weights. Whoever's weight does not fall keeps all it had; whoever's falls
 * gives up just the difference, so that Σ|Δ|/2 buckets change hands, the least there can be: raising a share evicts nobody.
 * Keys that are no longer wanted give up everything. Same arguments, same result.
 *
 * Without previous ranges each key gets its weight in the order given: the first of weight 100·w owns [0, 100·w). The rule
 * `hash(user) % 100 < w` of other routers is that first key. Who gives up does so on the side of those that grow (the lowest
 * buckets when one of them stands before it, else the highest), so that of two keys the first stays [0, weight) for ever.
 *
 * @param previous what each key owns; of a bucket that two of them claim, the first is the owner
 * @param wanted whole basis points, together at most 10 000; buckets beyond their sum have no owner
 * @throws RangeError when a weight is no whole number from 0, a key comes twice, or the sum is greater than 10 000
 */
export function assignRanges(previous: readonly OwnedRanges[], wanted: readonly WantedWeight[]): OwnedRanges[] {
  assertWanted(wanted);
  const owners = readOwners(previous, wanted);
  const counts = wanted.map((_, index) => countOf(owners, index));
  const grows = wanted.map(({ weight }, index) => weight > counts[index]!);
  for (const [index, { weight }] of wanted.entries()) {
    const surplus = counts[index]! - weight;
    if (surplus > 0) giveUp(owners, index, surplus, grows.indexOf(true) < index && grows.includes(true));
  }
  let free = 0;
  for (const [index, { weight }] of wanted.entries()) {
    for (let missing = weight - counts[index]!; missing > 0; missing--) {
      while (owners[free] !== NOBODY) free++;
      owners[free] = index;
    }
  }
  return wanted.map(({ key }, index) => ({ key, ranges: rangesOf(owners, index) }));
}

function assertWanted(wanted: readonly WantedWeight[]): void {
  let sum = 0;
  for (const { key, weight } of wanted) {
    if (!Number.isInteger(weight) || weight < 0) throw new RangeError(`the weight of ${key} is ${weight}`);
    sum += weight;
  }
  if (sum > BUCKET_COUNT) throw new RangeError(`the weights sum to ${sum}, more than ${BUCKET_COUNT}`);
  if (new Set(wanted.map(({ key }) => key)).size < wanted.length) throw new RangeError('a key comes twice');
}

/** The index in `wanted` of each bucket's owner. */
function readOwners(previous: readonly OwnedRanges[], wanted: readonly WantedWeight[]): Int32Array {
  const owners = new Int32Array(BUCKET_COUNT).fill(NOBODY);
  const indexes = new Map(wanted.map(({ key }, index) => [key, index]));
  for (const { key, ranges } of previous) {
    const index = indexes.get(key);
    if (index === undefined) continue;
    for (const [from, to] of ranges) {
      for (let bucket = Math.max(0, from); bucket < Math.min(to, BUCKET_COUNT); bucket++) {
        if (owners[bucket] === NOBODY) owners[bucket] = index;
      }
    }
  }
  return owners;
}

function countOf(owners: Int32Array, index: number): number {
  return owners.reduce((count, owner) => (owner === index ? count + 1 : count), 0);
}

function giveUp(owners: Int32Array, index: number, count: number, fromLowest: boolean): void {
  let left = count;
  for (let i = 0; left > 0; i++) {
    const bucket = fromLowest ? i : BUCKET_COUNT - 1 - i;
    if (owners[bucket] !== index) continue;
    owners[bucket] = NOBODY;
    left--;
  }
}

function rangesOf(owners: Int32Array, index: number): BucketRange[] {
  const ranges: BucketRange[] = [];
  for (let bucket = 0; bucket < BUCKET_COUNT; bucket++) {
    if (owners[bucket] !== index) continue;
    const from = bucket;
    while (owners[bucket] === index) bucket++;
    ranges.push([from, bucket]);
  }
  return ranges;
}
