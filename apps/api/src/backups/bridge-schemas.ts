/** From the oldest to the newest that a schema serves. */
export interface Interval {
  readonly schemaVersion: number;
  readonly expandedTo: number;
}

export interface DeclaredRange {
  readonly schemaMin?: number | undefined;
  readonly schemaMax?: number | undefined;
}

/**
 * What to record of a schema that is about to go over from one interval to another, at a moment that no router sees: only
 * versions that both serve may answer meanwhile. Where none does, a number is taken that no declared range has in it. Pure.
 *
 * @param versions with what they declare; who declares nothing is never guarded
 * @returns `after` where ranges without an end leave no such number
 */
export function bridgeSchemas(before: Interval, after: Interval, versions: readonly DeclaredRange[]): Interval {
  const both = {
    schemaVersion: Math.max(before.schemaVersion, after.schemaVersion),
    expandedTo: Math.min(before.expandedTo, after.expandedTo),
  };
  if (both.schemaVersion <= both.expandedTo) return both;
  const declared = versions.filter(({ schemaMin, schemaMax }) => schemaMin !== undefined || schemaMax !== undefined);
  const ends = declared.flatMap(({ schemaMin = 1, schemaMax = 0 }) => [schemaMin - 1, schemaMax + 1]);
  const number = [0, ...ends].find(
    (one) =>
      one >= 0 && declared.every((range) => !fits(range, at(one)) || (fits(range, before) && fits(range, after))),
  );
  return number === undefined ? after : at(number);
}

const at = (schemaVersion: number): Interval => ({ schemaVersion, expandedTo: schemaVersion });

/** As the guard of the routers sees it. */
function fits({ schemaMin, schemaMax }: DeclaredRange, { schemaVersion, expandedTo }: Interval): boolean {
  return (
    (schemaMin ?? Number.NEGATIVE_INFINITY) <= expandedTo && (schemaMax ?? Number.POSITIVE_INFINITY) >= schemaVersion
  );
}
