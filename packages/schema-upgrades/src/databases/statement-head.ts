/**
 * The words a statement begins with, in upper case, single-spaced, without comments wherever they stand: enough to tell its kind.
 * What MySQL runs from a comment (`/*! … *\/`) is part of it.
 *
 * @param length at most so many characters, default 200
 */
export function headOf(statement: string, length = 200): string {
  let head = '';
  for (let at = 0; at < statement.length && head.length < length * 2; ) {
    const rest = endOfComment(statement, at);
    if (rest > at) head += ' ';
    const end = rest > at ? rest : endOfPiece(statement, at);
    if (rest === at) head += statement.slice(at, end);
    at = end;
  }
  return head.replace(/\s+/g, ' ').trim().slice(0, length).toUpperCase();
}

/** @returns `at` where no comment begins */
function endOfComment(text: string, at: number): number {
  const [one, two] = [text[at], text.slice(at, at + 2)];
  // PostgreSQL has operators that begin with a hash.
  if (two === '--' || (one === '#' && !/[#>-]/.test(text[at + 1] ?? ''))) {
    const end = text.indexOf('\n', at);
    return end < 0 ? text.length : end;
  }
  if (two === '*/') return at + 2;
  if (two !== '/*') return at;
  const run = /\/\*M?!\d*/y;
  run.lastIndex = at;
  return run.test(text) ? run.lastIndex : endOfBlockComment(text, at);
}

/** A quoted text or name as a whole, else what can be neither quote nor comment. */
function endOfPiece(text: string, at: number): number {
  const plain = /[^'"`#*/-]+/y;
  plain.lastIndex = at;
  if (plain.test(text)) return plain.lastIndex;
  const quote = text[at] ?? '';
  const end = /['"`]/.test(quote) ? text.indexOf(quote, at + 1) : at;
  return end < 0 ? text.length : end + 1;
}

/** PostgreSQL's block comments nest; MySQL's do not, and a nested opening in one is rare enough. */
function endOfBlockComment(text: string, from: number): number {
  const marks = /\/\*|\*\//g;
  marks.lastIndex = from;
  let depth = 0;
  for (let mark = marks.exec(text); mark !== null; mark = marks.exec(text)) {
    depth += mark[0] === '/*' ? 1 : -1;
    if (depth === 0) return marks.lastIndex;
  }
  return text.length;
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
    !/^(SET (LOCAL|CONSTRAINTS|TRANSACTION|GLOBAL|PERSIST|PASSWORD|STATEMENT)|PREPARE TRANSACTION)\b/.test(head)
  );
}

/** The settings that a step has made before one of its statements, counted from 1. */
export function settingsBefore(statements: readonly string[], statement: number): readonly string[] {
  return statements.slice(0, statement - 1).filter(isSessionSetting);
}
