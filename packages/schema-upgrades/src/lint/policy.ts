import type { MigrationSet } from '../migration.ts';
import type { MigrationPaths } from '../sets/read-migration-set.ts';
import type { LintCode } from './lint-codes.ts';
import type { LintFinding, LintSeverity, SetReport } from './lint-report.ts';
import { lintSet } from './lint-set.ts';

/** What becomes of a finding. */
export type Ruling = 'refuse' | 'warn' | 'allow';

/** How strictly a set is judged. */
export interface LintPolicy {
  /** Ruling by severity, where `codes` says nothing. */
  readonly severities: Readonly<Record<LintSeverity, Ruling>>;
  /** Ruling by code: stricter or milder than the severity's. */
  readonly codes: Readonly<Partial<Record<LintCode, Ruling>>>;
  /** Whether `-- grey: accept CODE REASON` in a file turns a refusal into a warning. */
  readonly honoursAccepts: boolean;
}

/** Refuses errors unless their author accepts them, warns of warnings, says nothing of the rest. */
export const DEFAULT_POLICY: LintPolicy = {
  severities: { error: 'refuse', warning: 'warn', info: 'allow' },
  codes: {},
  honoursAccepts: true,
};

/** Cannot work, or would take the run out of the runner's hands: no policy and nobody's acceptance lets it pass. */
const NEVER: ReadonlySet<LintCode> = new Set([
  'STATEMENT_UNPARSABLE',
  'TRANSACTION_CONTROL',
  'CONCURRENTLY_IN_TRANSACTION',
  'REFUSED_IN_TRANSACTION',
  'RUNNER_LOCK_TOUCHED',
  'CLIENT_DATA',
  'DOWN_EMPTY',
]);

export interface SetJudgement {
  readonly isAllowed: boolean;
  /** Why not; empty when it is allowed. */
  readonly refusals: readonly LintFinding[];
  /** What whoever runs it should have read, accepted refusals among it. */
  readonly warnings: readonly LintFinding[];
}

/** Rules on what the linter found. Pure. */
export function judgeReport(report: SetReport, policy: LintPolicy = DEFAULT_POLICY): SetJudgement {
  const refusals: LintFinding[] = [];
  const warnings: LintFinding[] = [];
  for (const finding of report.findings) {
    const ruling = rulingOn(finding, policy);
    if (ruling === 'refuse') refusals.push(finding);
    else if (ruling === 'warn') warnings.push(finding);
  }
  return { isAllowed: refusals.length === 0, refusals, warnings };
}

function rulingOn(finding: LintFinding, policy: LintPolicy): Ruling {
  if (finding.severity === 'error' && NEVER.has(finding.code)) return 'refuse';
  const ruling = policy.codes[finding.code] ?? policy.severities[finding.severity];
  return ruling === 'refuse' && policy.honoursAccepts && finding.accepted !== null ? 'warn' : ruling;
}

/**
 * Lints a set and rules on it.
 *
 * @param paths as for {@link lintSet}
 */
export async function judgeSet(
  set: MigrationSet,
  policy: LintPolicy = DEFAULT_POLICY,
  paths?: ReadonlyMap<string, MigrationPaths>,
): Promise<SetJudgement & { readonly report: SetReport }> {
  const report = await lintSet(set, paths);
  return { ...judgeReport(report, policy), report };
}
