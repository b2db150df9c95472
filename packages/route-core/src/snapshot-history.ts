import type { Position } from './records.ts';
import type { Snapshot } from './snapshot-state.ts';

const DEFAULT_CAPACITY = 64;

/**
 * The last snapshots of a router, so that a call tree that began at an earlier revision can go on choosing by it. Snapshots
 * share what did not change between them, so one more costs little.
 */
export class SnapshotHistory {
  readonly #capacity: number;
  readonly #kept = new Map<string, Snapshot>();
  #latest: Snapshot | undefined;

  /** @param capacity how many positions are kept, default 64 */
  constructor(capacity = DEFAULT_CAPACITY) {
    this.#capacity = Math.max(1, capacity);
  }

  get latest(): Snapshot | undefined {
    return this.#latest;
  }

  /** Takes the router's newest snapshot. One of a position that is kept already, with other instances, replaces it. */
  add(snapshot: Snapshot): void {
    this.#latest = snapshot;
    this.#kept.set(keyOf(snapshot.position), snapshot);
    for (const key of this.#kept.keys()) {
      if (this.#kept.size <= this.#capacity) return;
      this.#kept.delete(key);
    }
  }

  /** undefined = not kept, or not there yet. */
  at(position: Position): Snapshot | undefined {
    return this.#kept.get(keyOf(position));
  }
}

function keyOf({ epoch, revision }: Position): string {
  return `${revision}@${epoch}`;
}
