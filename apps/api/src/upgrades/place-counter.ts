import type { ProgressEvent } from '@grey/schema-upgrades';
import type { UpgradePlace } from './upgrade-row.ts';

/** Turns what a run tells into places, counted over the whole run. */
export class PlaceCounter {
  readonly #show: (place: UpgradePlace) => void;
  #doneCount = 0;
  #totalCount = 0;

  constructor(show: (place: UpgradePlace) => void) {
    this.#show = show;
  }

  note(event: ProgressEvent): void {
    // Taking back counts anew: how much there is to take back is only known by migration.
    if (event.kind === 'planned' || event.kind === 'taking-back') {
      this.#doneCount = 0;
      this.#totalCount = event.kind === 'planned' ? event.statementCount : 0;
    }
    if (event.kind !== 'statement-started' && event.kind !== 'statement-finished') return;
    if (event.kind === 'statement-finished') this.#doneCount += 1;
    const { migration, direction, statement, statementCount } = event;
    const totalCount = Math.max(this.#totalCount, this.#doneCount);
    this.#show({ migration, direction, statement, statementCount, doneCount: this.#doneCount, totalCount });
  }
}
