import type { UpgradeFailure } from '@grey/contracts';
import { type RunResult, UpgradeError } from '@grey/schema-upgrades';
import { retriesOf } from './event-of-outcome.ts';
import { type StepContext, type StepOutcome, upgradeFailure } from './upgrade-step.ts';

/** Longest pause before another try, in milliseconds. */
const LONGEST_MS = 30_000;

/** Codes of what may pass by itself while nothing was begun: the database or the way to it. */
const PASSING: ReadonlySet<string> = new Set([
  'DATABASE_GONE',
  'FENCED',
  'LOCK_HELD',
  'NOT_CLEARED',
  'TOO_MANY_CONNECTIONS',
  'UNREACHABLE',
]);

/** What somebody can do about it, by code. */
const MENDS: Readonly<Record<string, string>> = {
  CHECKSUM_CHANGED: 'Bring back the text that was applied, and put what is new into a migration of its own.',
  CREDENTIALS_WRONG: 'Correct user and password of the data source, then retry.',
  DATABASE_GONE: 'See that the server of the database is up, then retry: it goes on from its ledger.',
  DATABASE_MISSING: 'Correct the name of the database in the data source, or create it, then retry.',
  DISK_FULL: 'Make room on the disk of the server, then retry.',
  HOST_UNKNOWN: 'Correct the host of the data source, then retry.',
  IRREVERSIBLE:
    'Bring the schema where it should be by hand, settle the migration, or skip the upgrade and leave it as it is.',
  LOCK_HELD: 'Somebody else works on this schema: wait for them, or end their session, then retry.',
  LOCK_TIMED_OUT: 'Something holds a table for long: find its session, or retry at a quieter time.',
  NEEDS_OPERATOR: 'Look at the schema, bring the migration to its beginning or its end, and settle it.',
  NOT_CLEARED: 'Clear away what the message names by hand, then retry.',
  PERMISSION_DENIED: 'Grant the user of the data source what is missing; the test of the connection lists it.',
  SCHEMA_MISSING: 'Create the schema, or correct its name in the data source, then retry.',
  STATEMENT_FAILED: 'Correct the migration in its set, then retry.',
  STATEMENT_TIMED_OUT: 'Split the statement, or give it more time by GREY_UPGRADE_STATEMENT_TIMEOUT_MS, then retry.',
  TIMED_OUT: 'Split the set, or give it more time by GREY_UPGRADE_TIMEOUT_MS, then retry.',
  TLS_FAILED: 'Correct how the data source uses TLS, then retry.',
  TOO_MANY_CONNECTIONS: 'Give the server more connections, or allow fewer upgrades on it at a time.',
  UNREACHABLE: 'See that the server can be reached from here, then retry.',
  BACKUP_FAILED: 'See what the message names, then retry; or start it without a backup.',
};

/** The failure of a run in the words of the API. */
export function failureOfRun({ failure, sentence }: RunResult): UpgradeFailure {
  if (failure === null) return upgradeFailure('INTERNAL', sentence);
  return { ...failure, mend: MENDS[failure.code] ?? null };
}

export function failureOfError(error: UpgradeError): UpgradeFailure {
  return upgradeFailure(error.code, error.message, { mend: MENDS[error.code] ?? null, serverCode: error.serverCode });
}

/** Before the next try: longer each time. */
export function pauseOf({ upgrade }: Pick<StepContext, 'upgrade'>): number {
  return Math.min(LONGEST_MS, 1_000 * 2 ** retriesOf(upgrade));
}

/**
 * What became of work at a tenant's database that threw: barred ways are tried again where that makes sense.
 * @throws what is no UpgradeError
 */
export function outcomeOfError(context: Pick<StepContext, 'upgrade'>, error: unknown): StepOutcome {
  if (!(error instanceof UpgradeError)) throw error;
  const failure = failureOfError(error);
  return PASSING.has(error.code) ? { kind: 'retry', failure, afterMs: pauseOf(context) } : { kind: 'failed', failure };
}

/** What a run that did not come to its end means for its step. */
export function outcomeOfRun(context: Pick<StepContext, 'upgrade'>, result: RunResult): StepOutcome {
  const failure = failureOfRun(result);
  const again: StepOutcome = { kind: 'retry', failure, afterMs: pauseOf(context) };
  switch (result.outcome) {
    case 'done':
      return { kind: 'done' };
    case 'interrupted':
      return again;
    case 'refused':
      return PASSING.has(failure.code) ? again : { kind: 'failed', failure };
    case 'taken-back':
      return { kind: 'failed', failure };
    case 'needs-operator':
      return { kind: 'needs-operator', failure };
  }
}
