import { hashText } from './digest.ts';
import { SnapshotLimitError } from './errors.ts';

/** Cells are 16 bits: 15 for the version's number (0 = none), the top one for "pinned". */
export const PINNED_BIT = 0x8000;
export const VERSION_MASK = 0x7fff;

/**
 * Numbers for names. Append-only and shared by all snapshots of one lineage: a name keeps its number for ever, and
 * whether it *exists* is a matter of each snapshot's own columns. So old snapshots stay as they were while new ones grow.
 */
export class TenantNames {
  readonly ordinals = new Map<string, number>();
  /** One lane of the name's hash per ordinal, for the digest of cells. */
  laneA = new Int32Array(1024);
  laneB = new Int32Array(1024);

  /** The tenant's ordinal; a new name gets the next one. */
  number(id: string): number {
    const known = this.ordinals.get(id);
    if (known !== undefined) return known;
    const ordinal = this.ordinals.size;
    if (ordinal === this.laneA.length) {
      this.laneA = grow(this.laneA);
      this.laneB = grow(this.laneB);
    }
    const hash = hashText(id);
    this.laneA[ordinal] = hash.a;
    this.laneB[ordinal] = hash.b;
    this.ordinals.set(id, ordinal);
    return ordinal;
  }
}

/** The versions that one service's records name, from 1. */
export class VersionNames {
  readonly numbers = new Map<string, number>();
  readonly names: string[] = [''];
  readonly laneA: number[] = [0];
  readonly laneB: number[] = [0];

  /** @throws SnapshotLimitError beyond 32 767 names */
  number(version: string): number {
    const known = this.numbers.get(version);
    if (known !== undefined) return known;
    const number = this.names.length;
    if (number > VERSION_MASK) throw new SnapshotLimitError(VERSION_MASK);
    const hash = hashText(version);
    this.names.push(version);
    this.laneA.push(hash.a);
    this.laneB.push(hash.b);
    this.numbers.set(version, number);
    return number;
  }
}

function grow(column: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(column.length * 2);
  larger.set(column);
  return larger;
}
