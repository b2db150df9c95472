import { type HoldRecord, readHolds, type Snapshot, withHolds } from '@grey/route-core';

/**
 * Holds that are in force before the log has them: laid over every snapshot until a snapshot brings them itself. From then on
 * the log alone says whether they are in force, also when they are lifted.
 */
export class OverrideLayer {
  readonly #logged = new Set<string>();
  #holds: readonly HoldRecord[] = [];

  set(holds: readonly HoldRecord[]): void {
    this.#holds = holds;
    const ids = new Set(holds.map(({ id }) => id));
    for (const id of this.#logged) if (!ids.has(id)) this.#logged.delete(id);
  }

  over(base: Snapshot): Snapshot {
    if (this.#holds.length === 0) return base;
    const inLog = new Set(readHolds(base).map(({ id }) => id));
    for (const { id } of this.#holds) if (inLog.has(id)) this.#logged.add(id);
    const missing = this.#holds.filter(({ id }) => !this.#logged.has(id));
    return missing.length === 0 ? base : withHolds(base, { upsert: missing });
  }
}
