import type { Actor, UpgradeFailure, UpgradeOptions, UpgradeState, UpgradeStepName } from '@grey/contracts';

export type UpgradeKind = 'schema' | 'service';
/** How an upgrade ends that leads back. */
export type EndsAs = 'aborted' | 'failed' | 'skipped';
export type Awaits = 'confirmation' | 'time' | 'operator' | 'retry';

export type StepState =
  | 'pending'
  | 'running'
  | 'waiting'
  | 'done'
  | 'skipped'
  | 'failed'
  | 'compensating'
  | 'compensated';

/** One step of an upgrade as its row keeps it. */
export interface StepRecord {
  readonly name: UpgradeStepName;
  readonly state: StepState;
  /** How often it was begun. */
  readonly attempt: number;
  readonly detail: string | null;
  /** ISO 8601. */
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
}

/** Where a run of migrations stands; statements that are done are counted over the whole step. */
export interface UpgradePlace {
  readonly migration: string;
  readonly direction: 'up' | 'down';
  readonly statement: number;
  readonly statementCount: number;
  readonly doneCount: number;
  readonly totalCount: number;
}

/** Who let contract begin. */
export interface Confirmation {
  readonly by: Actor;
  /** ISO 8601. */
  readonly at: string;
  readonly reason: string;
  /** Routers that the fence does not wait for. */
  readonly forgetRouters: readonly string[];
}

/** Who wanted it to end before its end. */
export interface AbortRequest {
  readonly by: Actor;
  /** ISO 8601. */
  readonly at: string;
  readonly reason: string | null;
}

/** What was asked for. */
export interface NewUpgrade {
  readonly kind: UpgradeKind;
  readonly tenantId: string;
  readonly serviceId: string;
  readonly fromVersion: string | null;
  readonly toVersion: string;
  readonly schemaFrom: number | null;
  /** null: the version brings no migrations, or the tenant had no data source when it began. */
  readonly schemaTo: number | null;
  readonly options: UpgradeOptions;
  readonly requestedBy: Actor;
  readonly reason: string | null;
  /** With the reason of the override, when guards were set aside; preflight sets them aside again. */
  readonly overrideReason?: string | null;
  readonly batchId?: string | null;
  /** From 1. */
  readonly wave?: number | null;
  /** Of its batch: how many may be worked on at a time. */
  readonly batchConcurrency?: number | null;
}

/** One upgrade as the database has it. */
export interface UpgradeRow extends Required<NewUpgrade> {
  readonly id: string;
  readonly state: UpgradeState;
  readonly steps: readonly StepRecord[];
  readonly place: UpgradePlace | null;
  readonly awaits: Awaits | null;
  /** When a worker looks at it again; null: when somebody says so. */
  readonly dueAt: Date | null;
  readonly failure: UpgradeFailure | null;
  /** What steps remember, by names of their own. */
  readonly notes: Readonly<Record<string, unknown>>;
  readonly endsAs: EndsAs | null;
  readonly abort: AbortRequest | null;
  readonly confirmation: Confirmation | null;
  readonly isPastReturn: boolean;
  /** A queued upgrade of a paused batch is left alone. */
  readonly isHeld: boolean;
  readonly backupIds: readonly string[];
  /** Keys of the changes that it made, in order. */
  readonly changeKeys: readonly string[];
  /** Of the claim that was last taken: every write of a worker names it. */
  readonly claimNumber: bigint;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  readonly stamp: bigint;
}
