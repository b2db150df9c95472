import type { Actor, UpgradeBatch, UpgradeOptions } from '@grey/contracts';
import type { Confirmation, UpgradeKind } from '../upgrades/upgrade-row.ts';
import type { WaveOrder } from './select-waves.ts';

export type BatchState = UpgradeBatch['state'];
export type WaveState = UpgradeBatch['waves'][number]['state'];

/** What is taken back, and who wanted it. */
export interface BatchRollback {
  readonly by: Actor;
  /** ISO 8601. */
  readonly at: string;
  readonly reason: string;
  /** Numbers of the waves. */
  readonly waves: readonly number[];
}

/** One batch as the database has it. */
export interface BatchRow {
  readonly id: string;
  readonly seq: number;
  readonly name: string;
  readonly kind: UpgradeKind;
  readonly serviceId: string;
  readonly fromVersion: string | null;
  readonly toVersion: string;
  readonly state: BatchState;
  readonly wave: number | null;
  readonly concurrency: number;
  readonly order: WaveOrder;
  readonly options: UpgradeOptions;
  readonly overrideReason: string | null;
  readonly requestedBy: Actor;
  readonly reason: string | null;
  readonly confirmation: Confirmation | null;
  readonly rollback: BatchRollback | null;
  /** Also why it was paused, where nobody did. */
  readonly stoppedBecause: string | null;
  /** Its tenants were listed, not selected: they are meant, pinned or not. */
  readonly isNamed: boolean;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
  readonly stamp: bigint;
}

export interface WaveRow {
  readonly number: number;
  readonly name: string;
  readonly state: WaveState;
  readonly tenantCount: number;
  readonly begunCount: number;
  readonly failureBudget: number;
  readonly soakSeconds: number;
  readonly soakUntil: Date | null;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

/** Tenants of a wave by where their upgrade stands. */
export interface MemberCounts {
  readonly queued: number;
  /** Also those on their way back. */
  readonly running: number;
  readonly waiting: number;
  readonly done: number;
  readonly failed: number;
  readonly aborted: number;
  readonly skipped: number;
  readonly needsOperator: number;
  /** Of those who wait: for a confirmation. */
  readonly confirmationCount: number;
  /** Of those who wait: for an operator. */
  readonly operatorCount: number;
  /** Of those on their way back: because they failed. */
  readonly failingCount: number;
  /** Of those who failed: a freeze or a hold did not let them begin, which is no fault of the version. */
  readonly forbiddenCount: number;
  /** Of those who have not ended: past the point of no return. */
  readonly pastReturnCount: number;
  /** Ended within the last five minutes. */
  readonly recentCount: number;
}

/** A batch with what its tenants have come to. */
export interface WholeBatch {
  readonly batch: BatchRow;
  readonly waves: readonly WaveRow[];
  readonly counts: ReadonlyMap<number, MemberCounts>;
  /** Of waves that go back or have: tenants that stay. */
  readonly keptCount: number;
}

export const NOBODY: MemberCounts = {
  queued: 0,
  running: 0,
  waiting: 0,
  done: 0,
  failed: 0,
  aborted: 0,
  skipped: 0,
  needsOperator: 0,
  confirmationCount: 0,
  operatorCount: 0,
  failingCount: 0,
  forbiddenCount: 0,
  pastReturnCount: 0,
  recentCount: 0,
};

export function sumOf(all: readonly MemberCounts[]): MemberCounts {
  return all.reduce(
    (sum, one) =>
      Object.fromEntries(
        Object.entries(sum).map(([key, value]) => [key, value + one[key as keyof MemberCounts]]),
      ) as unknown as MemberCounts,
    NOBODY,
  );
}

/** Tenants that something is still being done for, or is about to; waiting for a confirmation is a rest. */
export function underWay({ queued, running, waiting, confirmationCount }: MemberCounts): number {
  return queued + running + waiting - confirmationCount;
}
