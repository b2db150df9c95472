import type { Change, ChangeItem } from '@grey/contracts';
import type { SnapshotDelta } from '@grey/route-core';
import { Injectable, Logger } from '@nestjs/common';

/** A change that is in the log, with what the engine needs of it. `items` are all of them; `change.items` the first ten. */
export interface CommittedChange {
  readonly change: Change;
  readonly delta: SnapshotDelta;
  readonly items: readonly ChangeItem[];
}

/** Hands committed changes over in memory, to whoever keeps a snapshot or a stream in this process. */
@Injectable()
export class ChangeFeed {
  readonly #listeners = new Set<(change: CommittedChange) => void>();
  readonly #resetListeners = new Set<() => void>();
  readonly #logger = new Logger('changes');

  /** Called strictly in the order of revisions, after commit. A listener that throws does not keep the others from hearing. */
  publish(change: CommittedChange): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(change);
      } catch (error) {
        this.#logger.error({ err: error, msg: 'a listener failed on a committed change', changeId: change.change.id });
      }
    }
  }

  /** @returns ends the subscription */
  subscribe(listener: (change: CommittedChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The log cannot be followed from where it was left: it went back, or is too far ahead. Everything must be read anew. */
  reset(): void {
    for (const listener of [...this.#resetListeners]) listener();
  }

  /** @returns ends the subscription */
  onReset(listener: () => void): () => void {
    this.#resetListeners.add(listener);
    return () => this.#resetListeners.delete(listener);
  }
}
