import type { ObjectDigests } from '../databases/catalogue.ts';
import type { Step } from '../databases/tenant-database.ts';
import type { UpgradeError } from '../databases/upgrade-error.ts';
import type { RunFailure } from './run-request.ts';

/** A step that could not be finished, and how much of it stands. */
export class StepFailure extends Error {
  override readonly name = 'StepFailure';
  readonly reason: UpgradeError;
  readonly step: Step;
  /** From 1; 0 when it failed between statements. */
  readonly statement: number;
  /** Statements that stand: 0 when the step left no trace. */
  readonly standingCount: number;
  /** Objects of the schema before the step's first statement; null when this process did not see that. */
  objectsAtStart: ObjectDigests | null = null;

  constructor(reason: UpgradeError, step: Step, statement: number, standingCount: number) {
    super(reason.message, { cause: reason });
    this.reason = reason;
    this.step = step;
    this.statement = statement;
    this.standingCount = standingCount;
  }
}

export function describeFailure(reason: UpgradeError, step: Step | null = null, statement = 0): RunFailure {
  return {
    code: reason.code,
    serverCode: reason.serverCode,
    message: reason.message,
    migration: step?.migration.name ?? null,
    statement: statement > 0 ? statement : null,
    statementText: step?.statements[statement - 1]?.slice(0, 300) ?? null,
  };
}
