import type { UpgradeFailure } from '@grey/contracts';
import type { ClaimedPatch } from './claims.store.ts';
import type { UpgradeEvent } from './upgrade-machine.ts';
import type { UpgradeRow } from './upgrade-row.ts';
import type { StepOutcome } from './upgrade-step.ts';

/** How often in a row a step may ask for another try; with growing pauses that is some minutes. */
export const MOST_RETRIES = 10;

export interface Settled {
  readonly event: UpgradeEvent;
  readonly patch: ClaimedPatch;
}

/** What the outcome of a step means to the machine, and what is to be written with it. Pure. @param at ISO 8601 */
export function eventOfOutcome(row: UpgradeRow, outcome: StepOutcome, isWayBack: boolean, at: string): Settled {
  return isWayBack ? wayBack(row, outcome, at) : wayThere(row, outcome, at);
}

/** Tries in a row that ended in `retry`. */
export function retriesOf(row: Pick<UpgradeRow, 'notes'>): number {
  return typeof row.notes.retries === 'number' ? row.notes.retries : 0;
}

function wayThere(row: UpgradeRow, outcome: StepOutcome, at: string): Settled {
  const noRetries = retriesOf(row) === 0 ? {} : { notes: { retries: 0 } };
  switch (outcome.kind) {
    case 'done':
    case 'skipped': {
      const { detail = null } = outcome;
      const event = { kind: 'step done', at, detail, isSkipped: outcome.kind === 'skipped' } as const;
      return { event, patch: { ...noRetries, ...failureOn(row, null) } };
    }
    case 'wait': {
      const { awaits, until, detail, failure = null } = outcome;
      return {
        event: { kind: 'step waits', at, detail, awaits },
        patch: { ...noRetries, due: dueOn(row, until), ...failureOn(row, failure) },
      };
    }
    case 'retry': {
      const count = retriesOf(row) + 1;
      if (count > MOST_RETRIES) return wayThere(row, { kind: 'failed', failure: outcome.failure }, at);
      return {
        event: { kind: 'step retries', at, detail: outcome.failure.message },
        patch: { notes: { retries: count }, due: dueOn(row, outcome.afterMs), ...failureOn(row, outcome.failure) },
      };
    }
    case 'contract-taken-back':
      return {
        event: { kind: 'contract taken back', at, detail: outcome.failure.message },
        patch: { ...noRetries, due: null, ...failureOn(row, outcome.failure) },
      };
    default: {
      const kind = outcome.kind === 'failed' ? 'step failed' : 'step stuck';
      return {
        event: { kind, at, detail: outcome.failure.message },
        patch: { ...noRetries, ...failureOn(row, outcome.failure) },
      };
    }
  }
}

/** What came of a step that was aborted is not worth telling: that it was aborted is. */
function failureOn(row: UpgradeRow, failure: UpgradeFailure | null): ClaimedPatch {
  return row.state === 'aborting' ? {} : { failure };
}

/** Whoever aborted it meanwhile wants it looked at now. */
function dueOn(row: UpgradeRow, due: number | Date | null): number | Date | null {
  return row.state === 'aborting' ? 0 : due;
}

function wayBack(row: UpgradeRow, outcome: StepOutcome, at: string): Settled {
  if (isOver(outcome)) {
    const notes = retriesOf(row) === 0 ? {} : { notes: { retries: 0 } };
    return {
      event: { kind: 'compensated', at, detail: outcome.detail ?? null },
      patch: { ...notes, ...firstFailure(row) },
    };
  }
  if (outcome.kind === 'wait') {
    const { detail, until } = outcome;
    return { event: { kind: 'compensation retries', at, detail }, patch: { due: until ?? 5_000 } };
  }
  const { failure } = outcome;
  const event = { at, detail: failure.message };
  const first = 'wentBackFor' in row.notes ? {} : { wentBackFor: row.failure };
  const shown = { failure: onTheWayBack(row, failure) };
  const retries = retriesOf(row) + 1;
  if (outcome.kind !== 'retry' || retries > MOST_RETRIES)
    return { event: { ...event, kind: 'compensation stuck' }, patch: { notes: { ...first, retries: 0 }, ...shown } };
  return {
    event: { ...event, kind: 'compensation retries' },
    patch: { notes: { ...first, retries }, due: outcome.afterMs, ...shown },
  };
}

function isOver(outcome: StepOutcome): outcome is Extract<StepOutcome, { readonly kind: 'done' | 'skipped' }> {
  return outcome.kind === 'done' || outcome.kind === 'skipped';
}

/** Once the way back is clear again, what is told is why it was taken. */
function firstFailure(row: UpgradeRow): ClaimedPatch {
  return 'wentBackFor' in row.notes ? { failure: row.notes.wentBackFor as UpgradeFailure | null } : {};
}

function onTheWayBack(row: UpgradeRow, failure: UpgradeFailure): UpgradeFailure {
  const first = 'wentBackFor' in row.notes ? (row.notes.wentBackFor as UpgradeFailure | null) : row.failure;
  const why = first === null ? 'it was aborted' : `${first.code}: ${first.message}`;
  return { ...failure, message: `On the way back: ${failure.message} (It went back because ${why})` };
}
