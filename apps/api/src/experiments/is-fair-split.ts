import type { ExperimentRecord } from '@grey/route-core';

/** χ² that chance exceeds once in a thousand, by degrees of freedom from 1. */
const CRITICAL = [
  10.828, 13.816, 16.266, 18.467, 20.515, 22.458, 24.322, 26.124, 27.877, 29.588, 31.264, 32.909, 34.528, 36.123,
  37.697, 39.252, 40.79, 42.312, 43.82,
] as const;
/** Below this, χ² says nothing. */
const LEAST_EXPECTED = 5;

/**
 * Whether decisions are spread as the weights say (Pearson's χ² test, p < 0.001). Decisions of one unit are not
 * independent: a few units that ask very often look unfair too, and that is worth a look as well.
 *
 * @param counts decisions by the name of the variant
 * @returns null when there are too few to tell
 */
export function isFairSplit(
  { variants, hashing }: Pick<ExperimentRecord, 'variants' | 'hashing'>,
  counts: ReadonlyMap<string, number>,
): boolean | null {
  // The md5 formula splits by parity, whatever the weights say.
  const shares = variants.map(({ name, weight }) => ({ name, share: hashing === 'md5_java' ? 0.5 : weight / 10_000 }));
  const total = shares.reduce((sum, { name }) => sum + (counts.get(name) ?? 0), 0);
  const wanted = shares.filter(({ share }) => share > 0);
  if (wanted.length < 2 || wanted.some(({ share }) => share * total < LEAST_EXPECTED)) return null;
  if (shares.some(({ name, share }) => share === 0 && (counts.get(name) ?? 0) > 0)) return false;
  const chiSquare = wanted.reduce((sum, { name, share }) => {
    const expected = share * total;
    return sum + ((counts.get(name) ?? 0) - expected) ** 2 / expected;
  }, 0);
  return chiSquare <= (CRITICAL[wanted.length - 2] as number);
}
