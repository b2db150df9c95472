import { beginHash, continueHash, type HashPrefix } from '../murmur-hash3.ts';

/** Buckets of every split: steps of 0.01 %. */
export const BUCKET_COUNT = 10_000;

/** The beginning that all units of one split have in common: `salt:`. */
export function beginSalt(salt: string): HashPrefix {
  return beginHash(`${salt}:`);
}

/**
 * The bucket of a unit, 0 to 9 999: MurmurHash3 (32 bits, seed 0) of `salt:unit` in UTF-8, modulo 10 000.
 * @param salt what `beginSalt` gave
 */
export function bucketOf(salt: HashPrefix, unit: string): number {
  return continueHash(salt, unit) % BUCKET_COUNT;
}
