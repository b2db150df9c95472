import { setTimeout as sleep } from 'node:timers/promises';
import type { StatementLimits, Step, TenantSession } from '../databases/tenant-database.ts';
import { UpgradeError } from '../databases/upgrade-error.ts';
import type { Place, ProgressEvent } from './progress.ts';
import type { RunLimits } from './run-limits.ts';
import type { RunRequest } from './run-request.ts';

const LONGEST_WAIT_MS = 5_000;

/** Time, cancelling, retries and progress of one run. Durations are measured, never read off a clock that may jump. */
export class RunWatch {
  readonly limits: RunLimits;
  readonly #request: RunRequest;
  #deadline: number;
  #isTakingBack = false;

  constructor(request: RunRequest, limits: RunLimits) {
    this.#request = request;
    this.limits = limits;
    this.#deadline = performance.now() + limits.timeoutMs;
  }

  /** From now on the way leads back: it can be stopped by nobody, and has its own time. */
  beginTakingBack(): void {
    if (this.#isTakingBack) return;
    this.#isTakingBack = true;
    this.#deadline = performance.now() + this.limits.timeoutMs;
  }

  emit(event: ProgressEvent): void {
    this.#request.onProgress?.(event);
  }

  emitStatement(kind: 'statement-started' | 'statement-finished', step: Step, statement: number): void {
    const place: Place = {
      migration: step.migration.name,
      direction: step.direction,
      statement,
      statementCount: step.statements.length,
    };
    this.emit({ kind, ...place });
  }

  /** The signal, as long as it counts. */
  get signal(): AbortSignal | undefined {
    return this.#isTakingBack ? undefined : this.#request.signal;
  }

  get remainingMs(): number {
    return Math.max(0, this.#deadline - performance.now());
  }

  /** @throws UpgradeError CANCELLED or TIMED_OUT */
  check(): void {
    if (this.signal?.aborted) throw new UpgradeError('CANCELLED', 'The upgrade was cancelled');
    if (this.remainingMs === 0)
      throw new UpgradeError('TIMED_OUT', `The upgrade took longer than ${this.limits.timeoutMs} ms`);
  }

  /** For the next statement: never beyond the end of the run. */
  statementLimits(): StatementLimits {
    return {
      statementTimeoutMs: Math.min(this.limits.statementTimeoutMs, this.remainingMs),
      lockTimeoutMs: this.limits.lockTimeoutMs,
    };
  }

  /** What really stopped a statement: a server only says that it was cancelled. */
  explain(error: unknown): UpgradeError {
    if (!(error instanceof UpgradeError)) throw error;
    if (error.isConnectionLost || !error.isPassing) return error;
    try {
      this.check();
    } catch (reason) {
      return reason as UpgradeError;
    }
    return error;
  }

  /**
   * True, after a wait, when it makes sense to try again.
   *
   * @param attempt number of the attempt that has failed, from 1
   */
  async mayRetry(reason: UpgradeError, attempt: number, step: Step): Promise<boolean> {
    if (!reason.isPassing || attempt >= this.limits.attempts) return false;
    const waitMs = Math.min(LONGEST_WAIT_MS, this.limits.retryWaitMs * 2 ** (attempt - 1)) * (0.5 + Math.random() / 2);
    this.emit({ kind: 'retrying', migration: step.migration.name, code: reason.code, attempt: attempt + 1, waitMs });
    await this.sleep(waitMs);
    return true;
  }

  /** Ends early when the run is cancelled. */
  async sleep(ms: number): Promise<void> {
    const { signal } = this;
    await sleep(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
  }

  /** Lets the signal reach into the statement that runs. @returns a function that ends it */
  cancelWith(session: TenantSession): () => void {
    const { signal } = this;
    const cancel = () => void session.cancelStatement();
    signal?.addEventListener('abort', cancel, { once: true });
    return () => signal?.removeEventListener('abort', cancel);
  }
}
