import type { BucketRange } from '../routing-records.ts';
import { BUCKET_COUNT } from './bucket-of.ts';

/** Who owns which bucket, as upper ends (exclusive) in rising order with their owners; -1 where nobody does. */
export interface RangeTable {
  readonly ends: readonly number[];
  readonly owners: readonly number[];
}

/** @param shares the owner is the place in this list; of two that claim a bucket the first has it */
export function compileRanges(shares: readonly { readonly ranges: readonly BucketRange[] }[]): RangeTable {
  const ownerOf = new Int32Array(BUCKET_COUNT).fill(-1);
  for (let owner = shares.length - 1; owner >= 0; owner--) {
    for (const [from, to] of shares[owner]!.ranges) ownerOf.fill(owner, Math.max(0, from), Math.max(0, to));
  }
  const ends: number[] = [];
  const owners: number[] = [];
  for (let bucket = 1; bucket <= BUCKET_COUNT; bucket++) {
    if (bucket < BUCKET_COUNT && ownerOf[bucket] === ownerOf[bucket - 1]) continue;
    ends.push(bucket);
    owners.push(ownerOf[bucket - 1]!);
  }
  return { ends, owners };
}

/** The owner of a bucket, -1 for none. */
export function findOwner({ ends, owners }: RangeTable, bucket: number): number {
  let low = 0;
  let high = ends.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (bucket < ends[middle]!) high = middle;
    else low = middle + 1;
  }
  return low < owners.length ? owners[low]! : -1;
}
