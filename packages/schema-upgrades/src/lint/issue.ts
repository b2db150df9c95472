import type { LintCode } from './lint-codes.ts';
import type { LintSeverity, Side, StatementReport } from './lint-report.ts';

/** What a rule has to say; place and statement are added by whoever asked. */
export interface Issue {
  readonly code: LintCode;
  readonly severity: LintSeverity;
  readonly message: string;
  readonly mend: string;
}

/** An issue with its place in the text of a side; no line when the migration as a whole is meant. */
export interface PlacedIssue extends Issue {
  readonly line: number | null;
  readonly statement: string;
}

/** What the linter of an engine makes of one migration. */
export interface LintedMigration {
  readonly up: readonly StatementReport[];
  readonly down: readonly StatementReport[] | null;
  readonly issues: Readonly<Record<Side, readonly PlacedIssue[]>>;
}

/** The issue of one code and severity. */
export function issue(code: LintCode, severity: LintSeverity, message: string, mend: string): Issue {
  return { code, severity, message, mend };
}

/** An issue of the migration as a whole. */
export function atMigration(found: Issue): PlacedIssue {
  return { ...found, line: null, statement: '' };
}
