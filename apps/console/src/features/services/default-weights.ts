import type { DefaultVersionsItem } from '../../api/generated/model/index.ts';

/** Shares of a split as the operator types them, in percent by version. */
export type Shares = Readonly<Record<string, number>>;

/** Percent to basis points (10 000 = everybody); versions without a share are left out. */
export function toDefaultVersions(shares: Shares): DefaultVersionsItem[] {
  return Object.entries(shares)
    .map(([version, percent]) => ({ version, weight: Math.round(percent * 100) }))
    .filter(({ weight }) => weight > 0);
}

export function toShares(set: readonly DefaultVersionsItem[]): Shares {
  return Object.fromEntries(set.map(({ version, weight }) => [version, weight / 100]));
}

/** Basis points that are missing (positive) or too many (negative); 0 also for "no default at all". */
export function missingWeight(shares: Shares): number {
  const set = toDefaultVersions(shares);
  return set.length === 0 ? 0 : 10_000 - set.reduce((sum, { weight }) => sum + weight, 0);
}
