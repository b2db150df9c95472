import type { Migration, MigrationFinding, MigrationStatement } from '../../api/generated/model/index.ts';

export interface AnnotatedLine {
  /** From 1. */
  readonly number: number;
  readonly text: string;
  readonly isComment: boolean;
  /** What begins on this line. */
  readonly statements: readonly MigrationStatement[];
  readonly findings: readonly MigrationFinding[];
}

/**
 * The lines of one side of a migration with what is said of them. What names no line of the text is said at its first,
 * so that nothing is lost.
 */
export function annotateSql(
  text: string,
  statements: readonly MigrationStatement[],
  findings: readonly MigrationFinding[],
): AnnotatedLine[] {
  const lines = text.replace(/\n$/, '').split('\n');
  const placeOf = (line: number | null) => (line === null || line < 1 || line > lines.length ? 1 : line);
  const statementsAt = Map.groupBy(statements, ({ line }) => placeOf(line));
  const findingsAt = Map.groupBy(findings, ({ line }) => placeOf(line));
  return lines.map((line, index) => ({
    number: index + 1,
    text: line,
    isComment: /^\s*(--|#)/.test(line),
    statements: statementsAt.get(index + 1) ?? [],
    findings: findingsAt.get(index + 1) ?? [],
  }));
}

/** What was found in one side of one migration. */
export function findingsOf(findings: readonly MigrationFinding[], { name }: Migration, side: 'up' | 'down') {
  return findings.filter((one) => one.migration === name && (one.side ?? 'up') === side);
}

/** What is said of the up because there is no down: it belongs where the down would stand. */
export function isAboutDown({ code }: Pick<MigrationFinding, 'code'>): boolean {
  return code === 'DOWN_MISSING' || code === 'IRREVERSIBLE';
}

/** What was found and has no migration to stand beside: files left out, or all of them when they are no set. */
export function findingsElsewhere(findings: readonly MigrationFinding[], migrations: readonly Migration[]) {
  const names = new Set(migrations.map(({ name }) => name));
  return findings.filter(({ migration }) => migration === null || !names.has(migration));
}

const weights = { refuse: 0, warn: 1, allow: 2 } as const;

/** What is refused first, then what is warned of, each in the order of the files. */
export function worstFirst(findings: readonly MigrationFinding[]): MigrationFinding[] {
  return findings.toSorted((a, b) => weights[a.ruling] - weights[b.ruling]);
}

export function countRulings(findings: readonly MigrationFinding[]) {
  return {
    refusalCount: findings.filter(({ ruling }) => ruling === 'refuse').length,
    warningCount: findings.filter(({ ruling }) => ruling === 'warn').length,
  };
}
