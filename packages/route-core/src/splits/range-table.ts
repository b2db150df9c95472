import type { BucketRange } from '../routing-records.ts';
import { BUCKET_COUNT } from './bucket-of.ts';

/**
 * Who owns which bucket: an upper end (exclusive) and its owner, again and again, in rising order of the ends. In one list, as
 * what lies apart is what costs time.
 */
export type RangeTable = readonly number[];

/** What `findOwner` says of a bucket that nobody owns. */
export const NOBODY = -1;

/** @param shares the owner is the place in this list, or what `owners` has there; of two that claim a bucket the first has it */
export function compileRanges(
  shares: readonly { readonly ranges: readonly BucketRange[] }[],
  owners: readonly number[] = shares.map((_, place) => place),
): RangeTable {
  const ownerOf = new Int32Array(BUCKET_COUNT).fill(NOBODY);
  for (let place = shares.length - 1; place >= 0; place--) {
    for (const [from, to] of shares[place]!.ranges) ownerOf.fill(owners[place]!, Math.max(0, from), Math.max(0, to));
  }
  const table: number[] = [];
  for (let bucket = 1; bucket <= BUCKET_COUNT; bucket++) {
    if (bucket < BUCKET_COUNT && ownerOf[bucket] === ownerOf[bucket - 1]) continue;
    table.push(bucket, ownerOf[bucket - 1]!);
  }
  return table;
}

/** The owner of a bucket. */
export function findOwner(table: RangeTable, bucket: number): number {
  let low = 0;
  let high = table.length >>> 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (bucket < table[middle * 2]!) high = middle;
    else low = middle + 1;
  }
  return low * 2 < table.length ? table[low * 2 + 1]! : NOBODY;
}
