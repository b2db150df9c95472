import type { Share } from './rule-types.ts';

/** Everybody, in basis points. */
export const everybody = 10_000;

/** Basis points that are missing (positive) or too many (negative). */
export function missingShare(shares: readonly Share[]): number {
  return everybody - shares.reduce((sum, { weight }) => sum + weight, 0);
}

/**
 * Gives what is missing to the shares that have nothing yet, or to all when each has something: evenly, in whole basis
 * points, the first ones getting what does not divide. What is too much is left for the operator to take away.
 */
export function spreadRest(shares: readonly Share[]): Share[] {
  const rest = missingShare(shares);
  const empty = shares.filter(({ weight }) => weight === 0).length;
  const takers = empty || shares.length;
  if (rest <= 0 || takers === 0) return [...shares];
  const part = Math.floor(rest / takers);
  let left = rest - part * takers;
  return shares.map((share) => {
    if (empty > 0 && share.weight !== 0) return share;
    const extra = left > 0 ? 1 : 0;
    left -= extra;
    return { ...share, weight: share.weight + part + extra };
  });
}

/** Percent as typed (two decimals count) to basis points, between nobody and everybody. */
export function toBasisPoints(percent: number | string): number {
  const value = Number(percent);
  return Number.isFinite(value) ? Math.min(everybody, Math.max(0, Math.round(value * 100))) : 0;
}
