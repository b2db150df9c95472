import type { UpgradeErrorCode } from '../databases/upgrade-error.ts';

/** Where a run stands among all statements it plans to run; taking back counts anew. */
export interface Place {
  readonly migration: string;
  readonly direction: 'up' | 'down';
  /** From 1, within the migration. */
  readonly statement: number;
  readonly statementCount: number;
}

/** What a run tells while it goes on. A listener must not throw. */
export type ProgressEvent =
  | { readonly kind: 'waiting-for-lock' }
  | { readonly kind: 'locked'; readonly fencingToken: bigint }
  | { readonly kind: 'planned'; readonly migrationCount: number; readonly statementCount: number }
  | ({ readonly kind: 'statement-started' } & Place)
  | ({ readonly kind: 'statement-finished' } & Place)
  | { readonly kind: 'migration-finished'; readonly migration: string; readonly direction: 'up' | 'down' }
  | {
      readonly kind: 'retrying';
      readonly migration: string;
      readonly code: UpgradeErrorCode;
      /** Number of the attempt to come, from 2. */
      readonly attempt: number;
      readonly waitMs: number;
    }
  | { readonly kind: 'reconnecting'; readonly code: UpgradeErrorCode }
  | { readonly kind: 'taking-back'; readonly code: UpgradeErrorCode; readonly migrations: readonly string[] };
