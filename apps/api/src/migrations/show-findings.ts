import type { MigrationFinding } from '@grey/contracts';
import { judgeReport, type LintPolicy, type SetFinding, type SetReport } from '@grey/schema-upgrades';

/** Findings in a problem; what speaks against a set comes first. */
const PROBLEM_FINDINGS = 200;

/** What was found in files and by the linter, in the words of the API, with what the policy makes of it. */
export function showFindings(
  files: readonly SetFinding[],
  report: SetReport | null,
  policy: LintPolicy,
): MigrationFinding[] {
  return [...files.map(showFileFinding), ...(report === null ? [] : showLint(report, policy))];
}

/** Something about the files, or about the set as a whole. */
export function showFileFinding({ code, severity, file, line, message }: SetFinding): MigrationFinding {
  const ruling = severity === 'error' ? 'refuse' : 'warn';
  return { ...of('files', code, file, message), severity, ruling, line };
}

/** Something worth telling that nobody has to mend. */
export function tell(code: string, message: string): MigrationFinding {
  return of('files', code, '', message);
}

/** Something about the set as a whole that speaks against it. */
export function refuse(code: string, message: string): MigrationFinding {
  return { ...of('files', code, '', message), severity: 'error', ruling: 'refuse' };
}

/** As a problem shows them: not all of thousands, and what is refused before the rest. */
export function shorten(findings: readonly MigrationFinding[]): MigrationFinding[] {
  const refused = findings.filter(({ ruling }) => ruling === 'refuse');
  const others = findings.filter(({ ruling }) => ruling !== 'refuse');
  return [...refused, ...others].slice(0, PROBLEM_FINDINGS);
}

function showLint(report: SetReport, policy: LintPolicy): MigrationFinding[] {
  const { refusals, warnings } = judgeReport(report, policy);
  const refused = new Set(refusals);
  const warned = new Set(warnings);
  return report.findings.map((finding) => ({
    ...finding,
    source: 'lint',
    ruling: refused.has(finding) ? 'refuse' : warned.has(finding) ? 'warn' : 'allow',
  }));
}

function of(source: MigrationFinding['source'], code: string, file: string, message: string): MigrationFinding {
  return {
    source,
    code,
    severity: 'info',
    ruling: 'allow',
    migration: null,
    side: null,
    file,
    line: null,
    statement: '',
    message,
    mend: '',
    accepted: null,
  };
}
