import type { UpgradePlan } from '@grey/contracts';

export type CheckRow = UpgradePlan['checks'][number];
export type CheckName = CheckRow['check'];

export function pass(check: CheckName, detail: string): CheckRow {
  return { check, verdict: 'pass', detail, mend: null, isOverridable: false };
}

export function warn(check: CheckName, detail: string, mend: string | null = null): CheckRow {
  return { check, verdict: 'warn', detail, mend, isOverridable: false };
}

export function refuse(check: CheckName, detail: string, mend: string | null, isOverridable = false): CheckRow {
  return { check, verdict: 'refuse', detail, mend, isOverridable };
}

/** Nothing refuses. */
export function isAllowed(checks: readonly Pick<CheckRow, 'verdict'>[]): boolean {
  return checks.every(({ verdict }) => verdict !== 'refuse');
}
