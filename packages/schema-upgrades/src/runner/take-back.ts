import type { LedgerRow, Step, TenantSession } from '../databases/tenant-database.ts';
import { UpgradeError } from '../databases/upgrade-error.ts';
import type { Migration } from '../migration.ts';
import { makeStep } from './plan-migrations.ts';
import type { RunRequest } from './run-request.ts';
import { runStep } from './run-step.ts';
import type { RunWatch } from './run-watch.ts';
import { StepFailure } from './step-failure.ts';

/**
 * Takes back everything this upgrade has done so far, newest first, also what earlier processes did under the same run id.
 * Where one of the migrations has no way back, nothing is touched: half way back would be neither old nor new.
 *
 * @throws UpgradeError IRREVERSIBLE; StepFailure; or what ends the session
 */
export async function takeBack(
  session: TenantSession,
  request: RunRequest,
  failure: UpgradeError,
  half: { readonly step: Step; readonly standingCount: number } | null,
  watch: RunWatch,
): Promise<void> {
  watch.beginTakingBack();
  const whole = listDone(request, await session.listLedger(request.serviceId)).map((migration) =>
    oppositeOf(request, migration),
  );
  const halfWayBack =
    half === null || half.standingCount === 0 ? [] : [oppositeOf(request, half.step.migration, half.step.direction)];
  const steps = [...halfWayBack, ...whole];
  const blocked = steps.find((step) => step.direction === 'down' && step.migration.down === null);
  if (blocked !== undefined) {
    const message = `${blocked.migration.name} was declared irreversible, so that nothing was taken back`;
    throw new UpgradeError('IRREVERSIBLE', message);
  }
  if (steps.length > 0) {
    watch.emit({ kind: 'taking-back', code: failure.code, migrations: steps.map((step) => step.migration.name) });
  }
  if (half !== null && half.standingCount === 0) await forget(session, half.step);
  for (const step of halfWayBack) await takeHalfBack(session, step, watch);
  for (const step of whole) await runStep(session, step, watch);
}

/** Migrations that this upgrade has brought where it wanted them, newest first. */
function listDone(request: RunRequest, ledger: readonly LedgerRow[]): Migration[] {
  const state = request.direction === 'up' ? 'applied' : 'reverted';
  const mine = new Set(
    ledger.filter((row) => row.state === state && row.runId === request.runId).map((row) => row.name),
  );
  const inOrderOfWork = request.direction === 'up' ? request.migrations : request.migrations.toReversed();
  return inOrderOfWork.filter((migration) => mine.has(migration.name)).toReversed();
}

function oppositeOf(request: RunRequest, migration: Migration, direction = request.direction): Step {
  const { engine } = request.database;
  return makeStep({ engine, runId: request.runId, by: request.by }, migration, direction === 'up' ? 'down' : 'up');
}

/** A step that left no trace in the schema should leave none in the ledger that says it is under way. */
async function forget(session: TenantSession, step: Step): Promise<void> {
  await session.writeState(step, step.direction === 'up' ? 'reverted' : 'applied', 0, null);
}

/** Some statements of the step never ran, so that undoing them may fail: then only a human can say what is what. */
async function takeHalfBack(session: TenantSession, step: Step, watch: RunWatch): Promise<void> {
  try {
    await runStep(session, step, watch);
  } catch (error) {
    if (!(error instanceof StepFailure)) throw error;
    const message = `${step.migration.name} was done in part, and its way back fails at statement ${error.statement}: ${error.message}`;
    await session.writeState(step, 'needs_operator', error.statement, message);
    throw new UpgradeError('NEEDS_OPERATOR', message, { cause: error });
  }
}
