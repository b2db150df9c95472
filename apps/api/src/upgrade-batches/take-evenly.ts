/** A part of a whole: how much of the whole it is, and how many can still be taken of it. */
export interface Stratum {
  readonly key: string;
  readonly weight: number;
  readonly room: number;
}

/**
 * Shares `count` out among strata in proportion to their weights by the method of the largest remainder (Hamilton): each gets the whole
 * part of its quota, what is left over goes one by one to those that lost most by rounding. What a stratum has no room for
 * is shared out anew among the others.
 *
 * @returns how many to take of each; together `count`, or all that there is room for
 */
export function takeEvenly(strata: readonly Stratum[], count: number): Map<string, number> {
  const takes = new Map(strata.map(({ key }) => [key, 0]));
  let left = Math.min(
    count,
    strata.reduce((sum, { room }) => sum + room, 0),
  );
  while (left > 0) {
    const open = strata.filter(({ key, room }) => (takes.get(key) ?? 0) < room);
    const shares = shareOut(open, left);
    for (const { key, room } of open) {
      const before = takes.get(key) ?? 0;
      const after = Math.min(room, before + (shares.get(key) ?? 0));
      takes.set(key, after);
      left -= after - before;
    }
  }
  return takes;
}

function shareOut(strata: readonly Stratum[], count: number): Map<string, number> {
  const total = strata.reduce((sum, { weight }) => sum + weight, 0);
  const quotas = strata.map(({ key, weight }) => ({ key, quota: (count * weight) / total }));
  const shares = new Map(quotas.map(({ key, quota }) => [key, Math.floor(quota)]));
  let over = count - [...shares.values()].reduce((sum, share) => sum + share, 0);
  const remainderOf = (quota: number) => quota - Math.floor(quota);
  const byRemainder = quotas.toSorted(
    (x, y) => remainderOf(y.quota) - remainderOf(x.quota) || (x.key < y.key ? -1 : 1),
  );
  for (const { key } of byRemainder) {
    if (over <= 0) break;
    shares.set(key, (shares.get(key) ?? 0) + 1);
    over -= 1;
  }
  return shares;
}
