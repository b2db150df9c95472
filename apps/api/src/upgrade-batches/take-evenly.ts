/** A part of a whole: how much of the whole it is, and how many can still be taken of it. */
export interface Stratum {
  readonly key: string;
  /** Wider parts that it belongs to, such as its tier and its region. */
  readonly groups?: readonly string[];
  readonly weight: number;
  readonly room: number;
}

/** Floating-point dust is no remainder. */
const DUST = 1e-9;

/**
 * Shares `count` out among strata in proportion to their weights: each gets the whole part of its quota, what is left over goes one
 * by one to those that lost most by rounding, as in the method of the largest remainder (Hamilton), counting also what
 * their groups have lost so far: else of many strata smaller than a share one tier or region could get nothing. Who lost as
 * much is told apart by a draw. What a stratum has no room for is shared out anew among the others.
 *
 * @param drawOf a text for each key, by which ties are broken
 * @returns how many to take of each; together `count`, or all that there is room for
 */
export function takeEvenly(
  strata: readonly Stratum[],
  count: number,
  drawOf: (key: string) => string = (key) => key,
): Map<string, number> {
  const takes = new Map(strata.map(({ key }) => [key, 0]));
  let left = Math.min(
    count,
    strata.reduce((sum, { room }) => sum + room, 0),
  );
  while (left > 0) {
    const open = strata.filter(({ key, room }) => (takes.get(key) ?? 0) < room);
    const shares = shareOut(open, left, drawOf);
    for (const { key, room } of open) {
      const before = takes.get(key) ?? 0;
      const after = Math.min(room, before + (shares.get(key) ?? 0));
      takes.set(key, after);
      left -= after - before;
    }
  }
  return takes;
}

/** Each gets its quota rounded down or up. */
function shareOut(strata: readonly Stratum[], count: number, drawOf: (key: string) => string): Map<string, number> {
  const total = strata.reduce((sum, { weight }) => sum + weight, 0);
  const shares = new Map<string, number>();
  const lost = new Map<string, number>();
  const open: { readonly key: string; readonly groups: readonly string[]; readonly own: number; draw: string }[] = [];
  for (const { key, groups = [], weight } of strata) {
    const quota = (count * weight) / total;
    const whole = Math.floor(quota + DUST);
    shares.set(key, whole);
    for (const group of groups) lost.set(group, (lost.get(group) ?? 0) + quota - whole);
    if (quota - whole > DUST) open.push({ key, groups, own: quota - whole, draw: drawOf(key) });
  }
  const lossOf = ({ groups, own }: (typeof open)[number]) =>
    groups.reduce((sum, group) => sum + (lost.get(group) ?? 0), own);
  for (let over = count - [...shares.values()].reduce((sum, share) => sum + share, 0); over > 0; over -= 1) {
    let best = -1;
    for (const [at, one] of open.entries()) {
      const ahead = best < 0 ? 1 : lossOf(one) - lossOf(open[best] as (typeof open)[number]);
      if (ahead > DUST || (ahead > -DUST && one.draw < (open[best]?.draw ?? ''))) best = at;
    }
    const [taken] = best < 0 ? [] : open.splice(best, 1);
    if (taken === undefined) break;
    shares.set(taken.key, (shares.get(taken.key) ?? 0) + 1);
    for (const group of taken.groups) lost.set(group, (lost.get(group) ?? 0) - 1);
  }
  return shares;
}
