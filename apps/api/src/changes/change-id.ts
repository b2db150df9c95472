import type { Position } from '@grey/contracts';

/** The id of a change: `epoch-revision`. */
export function changeIdOf(position: Position): string {
  return `${position.epoch}-${position.revision}`;
}

/** The position in an id of the form `epoch-revision`; the contract has checked the form. */
export function positionOf(changeId: string): Position {
  const [epoch, revision] = changeId.split('-') as [string, string];
  return { epoch, revision: Number(revision) };
}
