import { compareObjects, isSame, type ObjectDigests } from '../databases/catalogue.ts';
import type { LedgerRow, Step, TenantSession } from '../databases/tenant-database.ts';
import { UpgradeError } from '../databases/upgrade-error.ts';
import type { Migration } from '../migration.ts';
import { makeStep } from './plan-migrations.ts';
import type { RunRequest } from './run-request.ts';
import { runRestOfStep, runStep } from './run-step.ts';
import type { RunWatch } from './run-watch.ts';
import { StepFailure } from './step-failure.ts';

/** A step of which some statements stand. */
export interface HalfStep {
  readonly step: Step;
  readonly standingCount: number;
  /** What the schema consisted of before it; null when that is not known any more. */
  readonly objectsAtStart: ObjectDigests | null;
}

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
  half: HalfStep | null,
  watch: RunWatch,
): Promise<void> {
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
  if (half !== null) for (const step of halfWayBack) await takeHalfBack(session, step, half, watch);
  for (const step of whole) await runStep(session, step, watch);
}

/** Migrations of the phases asked for that this upgrade has brought where it wanted them, newest first. */
function listDone(request: RunRequest, ledger: readonly LedgerRow[]): Migration[] {
  const state = request.direction === 'up' ? 'applied' : 'reverted';
  const mine = new Set(
    ledger.filter((row) => row.state === state && row.runId === request.runId).map((row) => row.name),
  );
  const inOrderOfWork = request.direction === 'up' ? request.migrations : request.migrations.toReversed();
  // A phase that was not asked for stays: once traffic has moved, a contract that fails must not take the expansion along.
  const isAsked = (migration: Migration) => request.phases?.includes(migration.phase) ?? true;
  return inOrderOfWork.filter((migration) => mine.has(migration.name) && isAsked(migration)).toReversed();
}

function oppositeOf(request: RunRequest, migration: Migration, direction = request.direction): Step {
  const { engine } = request.database;
  return makeStep({ engine, runId: request.runId, by: request.by }, migration, direction === 'up' ? 'down' : 'up');
}

/** A step that left no trace in the schema should leave none in the ledger that says it is under way. */
async function forget(session: TenantSession, step: Step): Promise<void> {
  await session.writeState(step, step.direction === 'up' ? 'reverted' : 'applied', 0, null);
}

/**
 * Undoes the statements that stand. Where the way back has as many statements as the way forth they are taken for mirrored,
 * as authors write them; that it came out right is judged by the catalogue, and if not, only a human can say what is what.
 */
async function takeHalfBack(session: TenantSession, step: Step, half: HalfStep, watch: RunWatch): Promise<void> {
  const isMirrored = step.statements.length === half.step.statements.length;
  try {
    await runRestOfStep(session, step, isMirrored ? step.statements.length - half.standingCount : 0, watch);
  } catch (error) {
    if (!(error instanceof StepFailure)) throw error;
    const why = `its way back fails at statement ${error.statement}: ${error.message}`;
    throw await callOperator(session, step, error.statement, why, error);
  }
  if (half.objectsAtStart === null) return;
  const difference = compareObjects(half.objectsAtStart, (await session.dumpCatalogue()).objects);
  if (isSame(difference)) return;
  const differing = [...difference.added, ...difference.removed, ...difference.changed].slice(0, 10).join(', ');
  const why = `after its way back these are not as they were: ${differing}`;
  throw await callOperator(session, step, step.statements.length, why, undefined);
}

async function callOperator(
  session: TenantSession,
  step: Step,
  statement: number,
  why: string,
  cause: unknown,
): Promise<UpgradeError> {
  const message = `${step.migration.name} was done in part, and ${why}`;
  await session.writeState(step, 'needs_operator', statement, message);
  return new UpgradeError('NEEDS_OPERATOR', message, { cause });
}
