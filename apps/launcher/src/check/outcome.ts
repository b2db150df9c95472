/** What one check, or one suite of tests, came to. */
export interface Outcome {
  readonly passedCount: number;
  /** One entry per failed test or check: a name and, when known, what went wrong. */
  readonly failures: readonly string[];
  /** One entry per skipped test: its name and the reason. */
  readonly skips: readonly string[];
}

/** Adds outcomes up. */
export function sumOf(outcomes: readonly Outcome[]): Outcome {
  return {
    passedCount: outcomes.reduce((sum, one) => sum + one.passedCount, 0),
    failures: outcomes.flatMap((one) => one.failures),
    skips: outcomes.flatMap((one) => one.skips),
  };
}

/** The last line of `npm test`. */
export function closingLine(outcome: Outcome): string {
  return `${outcome.passedCount} passed, ${outcome.failures.length} failed, ${outcome.skips.length} skipped`;
}
