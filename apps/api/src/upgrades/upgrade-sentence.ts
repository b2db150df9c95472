import { currentStep } from './current-step.ts';
import { asSentence, failureShown, tellUndone } from './undone.ts';
import { stepsToCompensate } from './upgrade-machine.ts';
import type { UpgradeRow } from './upgrade-row.ts';

/** Where an upgrade stands, what it did and what is to be done, for whoever is called at night. Pure. */
export function sentenceOf(row: UpgradeRow): string {
  return [SENTENCES[row.state](row), failureOf(row)].filter((part) => part !== '').join(' ');
}

/** The same in so many characters: what the server said is cut before what was done about it. */
export function sentenceWithin(row: UpgradeRow, length: number): string {
  const whole = sentenceOf(row);
  if (whole.length <= length || row.failure === null) return whole.slice(0, length);
  const { message } = row.failure;
  const kept = Math.max(0, message.length - (whole.length - length) - 1);
  return sentenceOf({ ...row, failure: { ...row.failure, message: `${message.slice(0, kept)}…` } }).slice(0, length);
}

const SENTENCES: Readonly<Record<UpgradeRow['state'], (row: UpgradeRow) => string>> = {
  queued: (row) => (row.isHeld ? 'Waits until its batch goes on.' : 'Waits for its turn.'),
  running: (row) => `At work on ${stepOf(row)}.${placeOf(row)}`,
  waiting: (row) => `${waitOf(row)} ${currentStep(row)?.detail ?? ''}`.trim(),
  aborting: (row) => `On the way back, at ${stepOf(row)}.${placeOf(row)} ${abortOf(row)}`.trim(),
  done: (row) => `${row.tenantId} is on ${row.serviceId} ${row.toVersion}.${schemaOf(row)}`,
  aborted: (row) => `${abortOf(row)} ${row.tenantId} is at the version and schema it had before.`.trim(),
  failed: (row) => `It failed, and ${row.tenantId} is at the version and schema it had before.`,
  skipped: skippedOf,
  needs_operator: (row) =>
    `Somebody has to look at ${stepOf(row)}: neither the old nor the new could be proven, and nothing more is done until it is settled, retried or skipped.`,
};

/** What an operator gave up stands where it stood; what had ended, or went back first, left nothing. */
function skippedOf({ steps, isPastReturn, schemaTo }: UpgradeRow): string {
  if (stepsToCompensate(steps).length === 0) return 'It was skipped: the tenant was left where it is.';
  if (isPastReturn)
    return `It was skipped after contract had begun: the schema serves ${schemaTo} alone, and what only the old version used may be there in part. Finish what the ledger shows by hand, or restore a backup.`;
  return 'It was skipped where it stood: what it had added stays, and the versions that were served before are served. See by a check of the schema what is there.';
}

function stepOf(row: UpgradeRow): string {
  return currentStep(row)?.name ?? 'its first step';
}

function placeOf({ place }: UpgradeRow): string {
  if (place === null) return '';
  const way = place.direction === 'up' ? '' : ' (taking back)';
  return ` ${place.migration}${way}, statement ${place.statement} of ${place.statementCount}; ${place.doneCount} of ${place.totalCount} in all.`;
}

function waitOf({ awaits }: UpgradeRow): string {
  if (awaits === 'confirmation') return 'Waits for a confirmation.';
  if (awaits === 'operator') return 'Waits for somebody to decide: retry it, or cancel it.';
  return awaits === 'retry' ? 'Will be tried again.' : 'Waits for its time.';
}

function abortOf({ abort, endsAs }: UpgradeRow): string {
  if (abort === null) return endsAs === 'failed' ? 'A step failed.' : '';
  return `Aborted by ${abort.by.name}${abort.reason === null ? '' : `: ${abort.reason}`}.`;
}

function schemaOf({ options, schemaTo, isPastReturn }: UpgradeRow): string {
  if (schemaTo === null) return '';
  if (isPastReturn) return ` Its schema is ${schemaTo}; what only the old version used is gone.`;
  const isLeft = options.contract === 'leave' ? ' and stays expanded' : '';
  return ` Its schema serves ${schemaTo}${isLeft}.`;
}

function failureOf(row: UpgradeRow): string {
  const failure = failureShown(row);
  if (row.state === 'done') return '';
  if (failure === null) return tellUndone(row);
  const at = failure.statement === null ? '' : `, statement ${failure.statement}`;
  const place = failure.migration === null ? '' : ` in ${failure.migration}${at}`;
  return `${failure.code}${place}: ${failure.mend === null ? failure.message : `${asSentence(failure.message)} ${failure.mend}`}`;
}
