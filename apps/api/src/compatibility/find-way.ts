/**
 * The shortest chain of allowed moves from one version to another, breadth first; of equally short ones that by the
 * earlier labels.
 *
 * @returns the versions after `from`, `to` being the last; undefined: there is none
 */
export function findWay(
  from: string,
  to: string,
  labels: readonly string[],
  mayMove: (from: string, to: string) => boolean,
): readonly string[] | undefined {
  const cameFrom = new Map<string, string | undefined>([[from, undefined]]);
  for (const here of cameFrom.keys()) {
    if (here === to) return wayTo(to, cameFrom);
    // A map is read on while it grows: what is found is looked at in its turn.
    for (const next of labels) if (!cameFrom.has(next) && mayMove(here, next)) cameFrom.set(next, here);
  }
  return undefined;
}

function wayTo(end: string, cameFrom: ReadonlyMap<string, string | undefined>): string[] {
  const way: string[] = [];
  for (let at = end; cameFrom.get(at) !== undefined; at = cameFrom.get(at) as string) way.unshift(at);
  return way;
}
