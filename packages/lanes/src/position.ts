/** A place in the router's log of changes: `revision` counts within an `epoch`. */
export interface LanePosition {
  readonly epoch: string;
  readonly revision: number;
}

const STAMP = /^([A-Za-z0-9][A-Za-z0-9._-]{0,39})-(0|[1-9][0-9]{0,15})$/;

/** `epoch-revision`, as it travels. */
export function formatPosition({ epoch, revision }: LanePosition): string {
  return `${epoch}-${revision}`;
}

/** undefined: this is no stamp. */
export function parsePosition(stamp: string): LanePosition | undefined {
  const match = STAMP.exec(stamp);
  if (match === null) return undefined;
  const revision = Number(match[2]);
  return Number.isSafeInteger(revision) ? { epoch: match[1]!, revision } : undefined;
}
