import type { Facts } from '../conditions/index.ts';
import { drawRandom } from '../decision-env.ts';
import { BUCKET_COUNT, bucketOf } from './bucket-of.ts';
import type { CompiledSplit } from './compile-split.ts';

/** The bucket of a request in a split; -1 where the unit is missing and the split shall not count it then. */
export function drawBucket(split: CompiledSplit, facts: Facts): number {
  const unit = split.unit(facts);
  if (unit !== '') return bucketOf(split.salt, unit);
  if (split.whenMissing === 'tenant') return bucketOf(split.salt, facts.tenantId);
  if (split.whenMissing === 'skip') return -1;
  const bucket = Math.floor(drawRandom(facts.env) * BUCKET_COUNT);
  return bucket >= 0 && bucket < BUCKET_COUNT ? bucket : 0;
}
