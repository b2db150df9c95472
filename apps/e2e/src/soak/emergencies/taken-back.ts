/** A rollback as its caller knows it. Times are milliseconds since 1970. */
export interface TakenBack {
  readonly id: string;
  readonly fromVersion: string;
  readonly tenantIds: readonly string[];
  /** Number of the replica that acknowledged it. */
  readonly by: number;
  readonly acknowledgedAt: number;
  /** When everybody had it. */
  everywhereAt: number;
  /** When somebody asked for it to be undone, whatever came of that. */
  undoneAt: number;
}

/** What was decided, for whom, by whom, and when it was asked for. */
export interface Decided {
  readonly version: string;
  readonly tenantId: string;
  /** Number of the replica; null: a router that only follows. */
  readonly by: number | null;
  readonly askedAt: number;
}

/** The rollback that a decision goes against, if any: whoever acknowledged it keeps it from then on, the others from when they had it. */
export function findBroken(all: readonly TakenBack[], decided: Decided): TakenBack | undefined {
  return all.find((one) => {
    const since = decided.by === one.by ? one.acknowledgedAt : one.everywhereAt;
    const counts = decided.askedAt >= since && Date.now() < one.undoneAt;
    return counts && decided.version === one.fromVersion && one.tenantIds.includes(decided.tenantId);
  });
}
