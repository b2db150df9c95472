import type { BucketRange } from '../routing-records.ts';
import { BUCKET_COUNT } from './bucket-of.ts';

/** What is wrong with a set of ranges; `path` leads to it from the list of shares, such as `1.ranges.0`. */
export interface RangeProblem {
  readonly path: string;
  readonly message: string;
}

/** Checks that ranges lie within 0 to 10 000, do not overlap, and are as many as their weights say. Empty = all is well. */
export function checkRanges(
  shares: readonly { readonly weight: number; readonly ranges: readonly BucketRange[] }[],
): RangeProblem[] {
  const problems: RangeProblem[] = [];
  const taken = new Uint8Array(BUCKET_COUNT);
  for (const [index, { weight, ranges }] of shares.entries()) {
    let count = 0;
    for (const [at, [from, to]] of ranges.entries()) {
      const path = `${index}.ranges.${at}`;
      if (!Number.isInteger(from) || !Number.isInteger(to) || from < 0 || to > BUCKET_COUNT || from >= to) {
        problems.push({ path, message: `[${from}, ${to}) is no range within 0 to ${BUCKET_COUNT}` });
        continue;
      }
      if (taken.subarray(from, to).includes(1)) problems.push({ path, message: `[${from}, ${to}) overlaps another` });
      taken.fill(1, from, to);
      count += to - from;
    }
    if (count !== weight) {
      problems.push({ path: `${index}.ranges`, message: `${count} buckets for a weight of ${weight}` });
    }
  }
  return problems;
}
