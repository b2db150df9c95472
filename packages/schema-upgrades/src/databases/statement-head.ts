/**
 * The words a statement begins with, in upper case, single-spaced, without comments: enough to tell its kind.
 *
 * @param length at most so many characters, default 200
 */
export function headOf(statement: string, length = 200): string {
  let rest = statement;
  for (;;) {
    const trimmed = rest.trimStart();
    if (trimmed.startsWith('--') || trimmed.startsWith('#')) {
      const end = trimmed.indexOf('\n');
      rest = end < 0 ? '' : trimmed.slice(end + 1);
    } else if (trimmed.startsWith('/*') && !trimmed.startsWith('/*!')) {
      rest = afterBlockComment(trimmed);
    } else {
      return trimmed
        .slice(0, length * 2)
        .replace(/\s+/g, ' ')
        .slice(0, length)
        .toUpperCase();
    }
  }
}

/** PostgreSQL's block comments nest; MySQL's do not, and a nested opening in one is rare enough. */
function afterBlockComment(text: string): string {
  let depth = 0;
  for (let at = 0; at < text.length - 1; at++) {
    const two = text.slice(at, at + 2);
    if (two === '/*') {
      depth += 1;
      at += 1;
    } else if (two === '*/') {
      depth -= 1;
      at += 1;
      if (depth === 0) return text.slice(at + 1);
    }
  }
  return '';
}

/** True for statements that begin or end a transaction: the runner's own business. Savepoints are the author's. */
export function isTransactionControl(statement: string): boolean {
  const head = headOf(statement, 60);
  if (/^ROLLBACK( WORK| TRANSACTION)? TO\b/.test(head)) return false;
  return /^(BEGIN|START TRANSACTION|COMMIT|END|ROLLBACK|ABORT|PREPARE TRANSACTION|XA)\b/.test(head);
}

/** Statements that only set up the session for those after them; a session that takes over needs them again. */
export function isSessionSetting(statement: string): boolean {
  const head = headOf(statement, 60);
  return (
    /^(SET|PREPARE)\b/.test(head) &&
    !/^(SET (LOCAL|CONSTRAINTS|TRANSACTION|GLOBAL|PERSIST|PASSWORD)|PREPARE TRANSACTION)\b/.test(head)
  );
}

/** The settings that a step has made before one of its statements, counted from 1. */
export function settingsBefore(statements: readonly string[], statement: number): readonly string[] {
  return statements.slice(0, statement - 1).filter(isSessionSetting);
}
