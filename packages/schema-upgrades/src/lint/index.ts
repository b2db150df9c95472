export { LINT_CODES, type LintCode } from './lint-codes.ts';
export type {
  Certainty,
  LintFinding,
  LintSeverity,
  MigrationReport,
  Rewrite,
  SetReport,
  Side,
  StatementEffects,
  StatementReport,
} from './lint-report.ts';
export { lintSet } from './lint-set.ts';
export { type Blocking, blockingOf, type LockMode, type ObjectLock } from './lock-mode.ts';
export { tablesNamed } from './mysql/tables-named.ts';
export { DEFAULT_POLICY, judgeReport, judgeSet, type LintPolicy, type Ruling, type SetJudgement } from './policy.ts';
