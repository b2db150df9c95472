export {
  type MigrationPlan,
  makeStep,
  type PlanProblem,
  type PlanRequest,
  planMigrations,
  type UnfinishedStep,
} from './plan-migrations.ts';
export type { Place, ProgressEvent } from './progress.ts';
export { DEFAULT_RUN_LIMITS, type RunLimits } from './run-limits.ts';
export { runMigrations } from './run-migrations.ts';
export type { RunFailure, RunOutcome, RunRequest, RunResult } from './run-request.ts';
export { type SettleRequest, settleMigration } from './settle-migration.ts';
