import type { ObjectDigests } from '../databases/catalogue.ts';
import type { LedgerRow, Step, TenantSession } from '../databases/tenant-database.ts';
import { UpgradeError } from '../databases/upgrade-error.ts';
import type { RunWatch } from './run-watch.ts';
import { StepFailure } from './step-failure.ts';

/**
 * Runs one step to its end and has it in the ledger: in one transaction where server and migration allow, else statement by
 * statement.
 *
 * @throws StepFailure when it cannot be finished; UpgradeError when the session is lost or another runner has taken over
 */
export async function runStep(session: TenantSession, step: Step, watch: RunWatch): Promise<void> {
  if (session.isDdlTransactional && step.migration.isTransactional) await runAtOnce(session, step, watch);
  else await runStatements(session, step, 0, watch, null);
  emitFinished(step, watch);
}

/**
 * Runs a step but for its first statements, which there is nothing to do for.
 * @param atStart what there was before those; null where that is not known
 */
export async function runRestOfStep(
  session: TenantSession,
  step: Step,
  from: number,
  watch: RunWatch,
  atStart: ObjectDigests | null = null,
): Promise<void> {
  await runStatements(session, step, from, watch, atStart);
  emitFinished(step, watch);
}

/** Brings a step to its end that another run, or this one before its connection broke, has begun. */
export async function finishStep(session: TenantSession, step: Step, row: LedgerRow, watch: RunWatch): Promise<void> {
  const standingCount = await settleStatement(session, step, row, watch);
  await runRestOfStep(session, step, standingCount, watch, row.objectsAtStart);
}

/**
 * Finds out how many statements of a begun step stand, and clears away what is half.
 *
 * @throws UpgradeError NEEDS_OPERATOR when that cannot be proven
 */
export async function settleStatement(
  session: TenantSession,
  step: Step,
  row: LedgerRow,
  watch: RunWatch,
): Promise<number> {
  if (row.objectsBefore === null) return row.statement;
  const why = 'the run that began it was cut off';
  const isDone = await judge(session, step, row.statement, row.objectsBefore, watch, why);
  return isDone ? row.statement : row.statement - 1;
}

async function runAtOnce(session: TenantSession, step: Step, watch: RunWatch): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    let current = 0;
    try {
      watch.check();
      await session.runAtOnce(step, watch.statementLimits(), {
        before(statement) {
          current = statement;
          watch.check();
          watch.emitStatement('statement-started', step, statement);
        },
        after: (statement) => watch.emitStatement('statement-finished', step, statement),
      });
      return;
    } catch (error) {
      const reason = watch.explain(error);
      if (isOutOfOurHands(reason)) throw reason;
      if (!(await watch.mayRetry(reason, attempt, step))) throw new StepFailure(reason, step, current, 0);
    }
  }
}

/** @param from number of statements that stand already */
async function runStatements(
  session: TenantSession,
  step: Step,
  from: number,
  watch: RunWatch,
  atStart: ObjectDigests | null,
): Promise<void> {
  const isFirstJoinable = from === 0 && session.isJoinable(step.statements[0] ?? '');
  let objectsAtStart = isFirstJoinable ? (await session.dumpCatalogue()).objects : atStart;
  for (let statement = from + 1; statement <= step.statements.length; statement++) {
    try {
      const before = await runStatement(session, step, statement, watch, objectsAtStart);
      if (statement === 1) objectsAtStart ??= before;
    } catch (error) {
      if (error instanceof StepFailure) error.objectsAtStart = objectsAtStart;
      throw error;
    }
    watch.emitStatement('statement-finished', step, statement);
  }
  await session.writeState(step, step.direction === 'up' ? 'applied' : 'reverted', step.statements.length, null);
}

/** @returns objects before it, where they had to be looked at */
async function runStatement(
  session: TenantSession,
  step: Step,
  statement: number,
  watch: RunWatch,
  atStart: ObjectDigests | null,
): Promise<ObjectDigests | null> {
  const text = step.statements[statement - 1] ?? '';
  for (let attempt = 1; ; attempt++) {
    try {
      watch.check();
      watch.emitStatement('statement-started', step, statement);
      if (!session.isJoinable(text)) return await runAlone(session, step, statement, watch);
      await session.runJoined(step, statement, watch.statementLimits(), statement === 1 ? atStart : null);
      return null;
    } catch (error) {
      const reason = watch.explain(error);
      if (isOutOfOurHands(reason)) throw reason;
      if (!(await watch.mayRetry(reason, attempt, step))) throw new StepFailure(reason, step, statement, statement - 1);
    }
  }
}

/** The intent is on disk before the statement begins; when it fails, the catalogue has the last word. */
async function runAlone(
  session: TenantSession,
  step: Step,
  statement: number,
  watch: RunWatch,
): Promise<ObjectDigests> {
  const before = await session.writeIntent(step, statement);
  try {
    await session.runAlone(step, statement, watch.statementLimits());
  } catch (error) {
    const reason = watch.explain(error);
    if (isOutOfOurHands(reason)) throw reason;
    if (!(await judge(session, step, statement, before, watch, reason.message))) throw reason;
  }
  return before;
}

/** True when the statement stands, false when there is nothing of it. */
async function judge(
  session: TenantSession,
  step: Step,
  statement: number,
  before: ObjectDigests,
  watch: RunWatch,
  why: string,
): Promise<boolean> {
  const text = step.statements[statement - 1] ?? '';
  const verdict = await session.probe(text, before);
  if (verdict.kind === 'unknown') {
    const message = `Statement ${statement} of ${step.migration.name} (${step.direction}) may or may not have taken effect: ${why}; ${verdict.known}`;
    await session.writeState(step, 'needs_operator', statement, message);
    throw new UpgradeError('NEEDS_OPERATOR', message);
  }
  if (verdict.kind === 'half') await clear(session, verdict.clearing, watch);
  return verdict.kind === 'done';
}

/** @throws UpgradeError NOT_CLEARED: the intent stays in the ledger, and the next run tries again */
async function clear(session: TenantSession, clearing: readonly string[], watch: RunWatch): Promise<void> {
  try {
    await session.clear(clearing, watch.limits);
  } catch (error) {
    if (!(error instanceof UpgradeError) || error.isConnectionLost) throw error;
    const message = `What a statement left half done could not be cleared away (${clearing.join('; ')}): ${error.message}`;
    throw new UpgradeError('NOT_CLEARED', message, { serverCode: error.serverCode, cause: error });
  }
}

/** Nothing more to be done in this session: it is gone, taken over, or a human's. */
function isOutOfOurHands(reason: UpgradeError): boolean {
  return reason.isConnectionLost || ['FENCED', 'NEEDS_OPERATOR', 'NOT_CLEARED'].includes(reason.code);
}

function emitFinished(step: Step, watch: RunWatch): void {
  watch.emit({ kind: 'migration-finished', migration: step.migration.name, direction: step.direction });
}
