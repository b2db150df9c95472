import type { TenantDatabase } from '../databases/tenant-database.ts';
import type { UpgradeErrorCode } from '../databases/upgrade-error.ts';
import type { Migration, Phase } from '../migration.ts';
import type { ProgressEvent } from './progress.ts';
import type { RunLimits } from './run-limits.ts';

export interface RunRequest {
  readonly database: TenantDatabase;
  readonly tenantId: string;
  readonly serviceId: string;
  /** In the order they go up: those of one set, or of several sets one after the other. */
  readonly migrations: readonly Migration[];
  readonly direction: 'up' | 'down';
  /** Only those phases; default all. */
  readonly phases?: readonly Phase[];
  /**
   * The upgrade this run is part of. A run that was killed is gone on with under the same id: what it has applied is what
   * is taken back should it fail.
   */
  readonly runId: string;
  /** Who wants it, for the ledger. */
  readonly by: string;
  readonly limits?: Partial<RunLimits>;
  /** Stops the run, also within a statement; what it did is taken back. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (event: ProgressEvent) => void;
}

/**
 * - `done`: all that was asked for is in place.
 * - `taken-back`: it failed, and the schema is as it was before this upgrade.
 * - `refused`: nothing was touched.
 * - `interrupted`: the database was lost midway; the same run again goes on where the ledger says.
 * - `needs-operator`: neither at the old nor at the new, and no way to get there that can be proven right.
 */
export type RunOutcome = 'done' | 'taken-back' | 'refused' | 'interrupted' | 'needs-operator';

export interface RunFailure {
  readonly code: UpgradeErrorCode;
  /** The server's own code where there is one. */
  readonly serverCode: string | null;
  readonly message: string;
  readonly migration: string | null;
  /** From 1; null when it was none in particular. */
  readonly statement: number | null;
  /** Its first 300 characters. */
  readonly statementText: string | null;
}

export interface RunResult {
  readonly outcome: RunOutcome;
  /** Names that went up in this call and stayed, in that order. */
  readonly applied: readonly string[];
  /** Names that went down in this call and stayed, in that order. */
  readonly reverted: readonly string[];
  readonly failure: RunFailure | null;
  /** The token this call wrote with; null when it never had the lock. */
  readonly fencingToken: bigint | null;
  /** All of this for a reader, in a sentence or two. */
  readonly sentence: string;
}
