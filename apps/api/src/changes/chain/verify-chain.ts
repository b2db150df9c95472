import type { ChainFault, Position } from '@grey/contracts';
import { chainHashOf, GENESIS } from './chain-hash.ts';

/** A head with its hashes as they stand in the log, and as they come out of what stands beside them. Hashes in hex. */
export interface ChainRow {
  readonly epoch: string;
  readonly revision: number;
  readonly atMs: number;
  /** null: written before the chain began */
  readonly chainHash: string | null;
  readonly payloadHash: string | null;
  readonly isPayloadSame: boolean | null;
  readonly isActorSame: boolean | null;
  readonly isReasonSame: boolean | null;
  readonly areServicesSame: boolean | null;
  readonly areItemsSame: boolean | null;
  /** The first item that is not what its own hash says; null: all are. */
  readonly alteredIndex: number | null;
  readonly isErased: boolean;
  readonly isTrimmed: boolean;
}

/** Where the walk stands: `hash` null until the chain has begun. */
export interface ChainCursor {
  readonly hash: string | null;
  readonly position: Position | null;
}

/**
 * Follows the chain by one change.
 * @returns what is wrong with it, or undefined when it follows and is what it was
 */
export function findFault(row: ChainRow, before: ChainCursor): ChainFault | undefined {
  const position = { epoch: row.epoch, revision: row.revision };
  const fault = (part: ChainFault['part'], detail: string, itemIndex: number | null = null): ChainFault => ({
    position,
    changeId: `${row.epoch}-${row.revision}`,
    part,
    itemIndex,
    detail,
  });
  if (row.chainHash === null || row.payloadHash === null)
    return before.hash === null ? undefined : fault('link', 'The change has no hash, though the one before it has.');
  if (row.alteredIndex !== null)
    return fault('item', `Item ${row.alteredIndex} is not what was written.`, row.alteredIndex);
  if (row.areItemsSame === false) return fault('items', 'An item was added, removed or put in another place.');
  if (row.isActorSame === false) return fault('actor', 'The actor is not the one that was written.');
  if (row.isReasonSame === false) return fault('reason', 'The reason is not the one that was written.');
  if (row.areServicesSame === false) return fault('services', 'The services are not those that were written.');
  if (row.isPayloadSame !== true) return fault('head', 'Kind, key, count or a hash of a part is not what was written.');
  const expected = chainHashOf(before.hash ?? GENESIS, { ...row, payloadHash: row.payloadHash });
  if (expected !== row.chainHash)
    return fault(
      'link',
      'The change does not follow the one before it: its time, its place or its hash was altered, or a change was removed or slipped in.',
    );
  return undefined;
}
