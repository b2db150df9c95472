/** What is wrong with the files of a set, before anyone looks at the SQL. */
export const SET_FINDING_CODES = [
  'FILE_UNKNOWN',
  'FILE_TOO_LARGE',
  'FILE_NOT_TEXT',
  'FILE_UNREADABLE',
  'FILE_DUPLICATE',
  'FILES_TOO_MANY',
  'SET_TOO_LARGE',
  'SET_EMPTY',
  'VERSION_FOLDER_MISMATCH',
  'NUMBER_DUPLICATE',
  'NUMBER_GAP',
  'NAME_TOO_LONG',
  'NAME_REUSED',
  'MIGRATION_CHANGED',
  'UP_MISSING',
  'UP_EMPTY',
  'PHASE_CONFLICT',
  'PHASE_ORDER',
  'DIRECTIVE_UNKNOWN',
  'DIRECTIVE_INCOMPLETE',
  'DIRECTIVE_MISPLACED',
  'IRREVERSIBLE_WITH_DOWN',
  'NAMING_MIXED',
  'SQL_UNTERMINATED',
  'STATEMENT_TOO_LARGE',
  'STATEMENTS_TOO_MANY',
  'FLYWAY_REPEATABLE',
  'FLYWAY_BASELINE',
  'FLYWAY_CALLBACK',
  'FLYWAY_PLACEHOLDER',
] as const;

export type SetFindingCode = (typeof SET_FINDING_CODES)[number];

/** A place in the files of a set that its author must (`error`) or may want to (`warning`) mend. */
export interface SetFinding {
  readonly code: SetFindingCode;
  /** With an error there is no set: it could not be run, or not be run as meant. */
  readonly severity: 'error' | 'warning';
  /** Path as it was given; empty when the set as a whole is meant. */
  readonly file: string;
  /** From 1; null when the file as a whole is meant. */
  readonly line: number | null;
  readonly message: string;
}

/** A finding that ends the set. */
export function errorAt(code: SetFindingCode, file: string, line: number | null, message: string): SetFinding {
  return { code, severity: 'error', file, line, message };
}

/** A finding that lets the set live. */
export function warningAt(code: SetFindingCode, file: string, line: number | null, message: string): SetFinding {
  return { code, severity: 'warning', file, line, message };
}
