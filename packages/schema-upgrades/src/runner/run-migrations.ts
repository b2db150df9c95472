import type { LedgerRow, Step, TenantSession } from '../databases/tenant-database.ts';
import { UpgradeError } from '../databases/upgrade-error.ts';
import { describeResult } from './describe-result.ts';
import { type MigrationPlan, planMigrations } from './plan-migrations.ts';
import type { Place } from './progress.ts';
import { DEFAULT_RUN_LIMITS } from './run-limits.ts';
import type { RunFailure, RunOutcome, RunRequest, RunResult } from './run-request.ts';
import { finishStep, runStep, settleStatement } from './run-step.ts';
import { RunWatch } from './run-watch.ts';
import { describeFailure, StepFailure } from './step-failure.ts';
import { type HalfStep, takeBack } from './take-back.ts';

/**
 * Takes one tenant's schema from where it is to where it is asked to be, or back to where it was.
 *
 * May be killed at any moment: called again with the same request it finds out from ledger and catalogue how far it came.
 * Two calls at once exclude each other by the session lock. Never throws for what a database does; whatever happens is in
 * the result.
 */
export async function runMigrations(request: RunRequest): Promise<RunResult> {
  return new MigrationRun(request).toResult();
}

/** A statement that brings the server's process down would do so again and again, and every other session with it. */
const MOST_LOSSES = 3;

type Ending = { readonly outcome: RunOutcome; readonly failure: RunFailure | null };

class MigrationRun {
  readonly #request: RunRequest;
  readonly #watch: RunWatch;
  readonly #finished: { name: string; direction: 'up' | 'down' }[] = [];
  #fencingToken: bigint | null = null;
  /** The statement that was begun last, the one at which the session was lost last, and how often it was lost there. */
  #place: Place | null = null;
  #lostPlace = '';
  #lossCount = 0;
  /** Why the way leads back; kept over a reconnect. */
  #failure: { readonly reason: UpgradeError; readonly told: RunFailure } | null = null;

  constructor(request: RunRequest) {
    this.#request = {
      ...request,
      onProgress: (event) => {
        if (event.kind === 'statement-started') this.#place = event;
        if (event.kind === 'migration-finished') {
          this.#finished.push({ name: event.migration, direction: event.direction });
        }
        request.onProgress?.(event);
      },
    };
    this.#watch = new RunWatch(this.#request, { ...DEFAULT_RUN_LIMITS, ...request.limits });
  }

  async toResult(): Promise<RunResult> {
    const ending = await this.#run();
    const last = new Map(this.#finished.map((one) => [one.name, one.direction]));
    const stayed = (direction: 'up' | 'down') => [...last].filter(([, way]) => way === direction).map(([name]) => name);
    const isBack = ending.outcome === 'taken-back';
    const result = {
      ...ending,
      applied: isBack ? [] : stayed('up'),
      reverted: isBack ? [] : stayed('down'),
      fencingToken: this.#fencingToken,
    };
    return { ...result, sentence: describeResult(result, this.#request.database.label) };
  }

  /** One session after the other, until one comes to an end or the database stays away. */
  async #run(): Promise<Ending> {
    let lostAt: number | null = null;
    for (;;) {
      let session: TenantSession | undefined;
      try {
        session = await this.#open();
        lostAt = null;
        return await this.#work(session);
      } catch (error) {
        if (!(error instanceof UpgradeError)) throw error;
        const hasBegun = this.#fencingToken !== null;
        const giveUp = (): Ending =>
          hasBegun ? this.#interrupt(error) : { outcome: 'refused', failure: describeFailure(error) };
        // Who is not let in is told at once; a session that the server ended is only opened anew.
        if (!hasBegun && error.code !== 'DATABASE_GONE') return giveUp();
        lostAt ??= performance.now();
        const isLate = performance.now() - lostAt > this.#watch.limits.reconnectWithinMs;
        if (!error.isConnectionLost || isLate || this.#watch.signal?.aborted) return giveUp();
        if (session !== undefined && this.#countLoss() >= MOST_LOSSES) return giveUp();
        this.#watch.emit({ kind: 'reconnecting', code: error.code });
        await this.#watch.sleep(Math.min(500, this.#watch.limits.reconnectWithinMs / 10));
      } finally {
        await session?.close();
      }
    }
  }

  /** @returns how often a session was lost at the present place */
  #countLoss(): number {
    const { migration, direction, statement } = this.#place ?? {};
    const place = `${migration} ${direction} ${statement}`;
    this.#lossCount = place === this.#lostPlace ? this.#lossCount + 1 : 1;
    this.#lostPlace = place;
    return this.#lossCount;
  }

  #interrupt(error: UpgradeError): Ending {
    const outcome = error.code === 'NEEDS_OPERATOR' ? 'needs-operator' : 'interrupted';
    const failure = describeFailure(error);
    if (this.#lossCount < MOST_LOSSES || this.#place === null) return { outcome, failure };
    const { migration, statement } = this.#place;
    const message = `${error.message}; ${MOST_LOSSES} times at this statement, which may be what ends it`;
    return { outcome, failure: { ...failure, message, migration, statement } };
  }

  async #open(): Promise<TenantSession> {
    const { database, tenantId, serviceId, by } = this.#request;
    const session = await database.openSession();
    try {
      this.#watch.emit({ kind: 'waiting-for-lock' });
      const name = `${tenantId}/${serviceId}`;
      const waitMs = this.#watch.limits.lockWaitMs;
      this.#fencingToken = await session.lock({ name, serviceId, waitMs, by, signal: this.#watch.signal });
      this.#watch.emit({ kind: 'locked', fencingToken: this.#fencingToken });
      return session;
    } catch (error) {
      await session.close();
      throw error;
    }
  }

  async #work(session: TenantSession): Promise<Ending> {
    const ledger = await session.listLedger(this.#request.serviceId);
    this.#noteUnheard(ledger);
    const plan = planMigrations({ ...this.#request, engine: this.#request.database.engine }, ledger);
    const [problem] = plan.problems;
    if (problem !== undefined && this.#failure === null) {
      const failure = {
        ...describeFailure(new UpgradeError(problem.code, problem.message)),
        migration: problem.migration,
      };
      const isForOperator = problem.code === 'NEEDS_OPERATOR' || this.#finished.length > 0;
      return { outcome: isForOperator ? 'needs-operator' : 'refused', failure };
    }
    const stopListening = this.#watch.cancelWith(session);
    try {
      if (this.#failure !== null) return await this.#takeBack(session, () => this.#findHalf(session, plan));
      return await this.#goForward(session, plan);
    } finally {
      stopListening();
    }
  }

  /** The session may have been lost between the commit of a step and its answer. */
  #noteUnheard(ledger: readonly LedgerRow[]): void {
    if (this.#place === null) return;
    const { migration, direction } = this.#place;
    const row = ledger.find(({ name }) => name === migration);
    const hasEnded = row?.state === (direction === 'up' ? 'applied' : 'reverted') && row.runId === this.#request.runId;
    const isKnown = this.#finished.some((one) => one.name === migration && one.direction === direction);
    if (hasEnded && !isKnown) this.#watch.emit({ kind: 'migration-finished', migration, direction });
  }

  async #goForward(session: TenantSession, plan: MigrationPlan): Promise<Ending> {
    const steps = [...plan.unfinished.map((one) => one.step), ...plan.steps];
    const statementCount = steps.reduce((sum, step) => sum + step.statements.length, 0);
    this.#watch.emit({ kind: 'planned', migrationCount: steps.length, statementCount });
    try {
      for (const { row, step } of plan.unfinished) await finishStep(session, step, row, this.#watch);
      for (const step of plan.steps) await runStep(session, step, this.#watch);
      return { outcome: 'done', failure: null };
    } catch (error) {
      const half = error instanceof StepFailure ? error : null;
      const reason = half?.reason ?? error;
      if (!(reason instanceof UpgradeError)) throw error;
      if (half === null && reason.code === 'NEEDS_OPERATOR') {
        return { outcome: 'needs-operator', failure: describeFailure(reason) };
      }
      if (half === null) throw reason;
      this.#failure = { reason, told: describeFailure(reason, half.step, half.statement) };
      return this.#takeBack(session, async () => (leavesIntent(session, half.step) ? half : null));
    }
  }

  /** The connection broke on the way back: what had been begun is brought to its end, or taken back in turn. */
  async #findHalf(session: TenantSession, plan: MigrationPlan): Promise<HalfStep | null> {
    let half: HalfStep | null = null;
    for (const { row, step } of plan.unfinished) {
      const isOnTheWayBack = step.direction !== this.#request.direction;
      if (isOnTheWayBack) await finishStep(session, step, row, this.#watch);
      else {
        const standingCount = await settleStatement(session, step, row, this.#watch);
        half = { step, standingCount, objectsAtStart: row.objectsAtStart };
      }
    }
    return half;
  }

  async #takeBack(session: TenantSession, findHalf: () => Promise<HalfStep | null>): Promise<Ending> {
    const failure = this.#failure;
    if (failure === null) throw new TypeError('There is nothing to take back without a failure');
    this.#watch.beginTakingBack();
    try {
      await takeBack(session, this.#request, failure.reason, await findHalf(), this.#watch);
      return { outcome: 'taken-back', failure: failure.told };
    } catch (error) {
      const reason = error instanceof StepFailure ? error.reason : error;
      if (!(reason instanceof UpgradeError)) throw error;
      if (reason.isConnectionLost || reason.code === 'FENCED' || reason.code === 'NOT_CLEARED') throw reason;
      const place = error instanceof StepFailure ? ` (${error.step.migration.name}, statement ${error.statement})` : '';
      const message = `${failure.told.message}; and taking back failed too${place}: ${reason.message}`;
      return { outcome: 'needs-operator', failure: { ...failure.told, message } };
    }
  }
}

/** A step that ran in one transaction has left nothing, also no row that says it is under way. */
function leavesIntent(session: TenantSession, step: Step): boolean {
  return !(session.isDdlTransactional && step.migration.isTransactional);
}
