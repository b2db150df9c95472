import type { Engine } from '../../migration.ts';
import { markPostgresEnds } from './mark-postgres-ends.ts';
import { scanMysql } from './scan-mysql.ts';
import { scanPostgres } from './scan-postgres.ts';
import type { Token } from './token.ts';

/** One statement of a migration, as the server is to receive it. */
export interface Statement {
  /** From its first word to its last, without the delimiter, leading and trailing comments; never empty. */
  readonly text: string;
  /** Offset of its first UTF-16 unit in the text that was split; `sql.slice(start, end) === text`. */
  readonly start: number;
  readonly end: number;
  /** Line of its first word, from 1. */
  readonly line: number;
}

/** A quote, dollar quote or comment that is not closed before the text ends. */
export interface SplitFault {
  readonly line: number;
  readonly message: string;
}

export interface SplitResult {
  readonly statements: readonly Statement[];
  /** At most one: what is not closed swallows the rest. */
  readonly faults: readonly SplitFault[];
}

/** The text as tokens, with the ends of statements marked; the tokens join to the text again. */
export function scanStatements(sql: string, engine: Engine): Token[] {
  return engine === 'postgres' ? markPostgresEnds(sql, scanPostgres(sql)) : scanMysql(sql);
}

/**
 * Splits the text of a migration into its statements. Between two statements lie only white space, comments, delimiters
 * and MySQL's `DELIMITER` lines; nothing else is lost. What is only comment is no statement. Never throws.
 *
 * Commands of psql (`\d`) are not known: the backslash goes to the server, which refuses it.
 */
export function splitStatements(sql: string, engine: Engine): SplitResult {
  const statements: Statement[] = [];
  const faults: SplitFault[] = [];
  const lineAt = lineCounter(sql);
  let first: Token | undefined;
  let last: Token | undefined;
  let firstLine = 1;
  const finish = () => {
    if (first === undefined || last === undefined) return;
    statements.push({ text: sql.slice(first.start, last.end), start: first.start, end: last.end, line: firstLine });
    first = last = undefined;
  };
  for (const token of scanStatements(sql, engine)) {
    if (token.kind === 'delimiter' || token.kind === 'command') finish();
    else if (token.kind !== 'space' && token.kind !== 'comment') {
      if (first === undefined) firstLine = lineAt(token.start);
      first ??= token;
      last = token;
    }
    if (token.isUnterminated) faults.push({ line: lineAt(token.start), message: `${NAMES[token.kind]} is not closed` });
  }
  finish();
  return { statements, faults };
}

const NAMES: Readonly<Partial<Record<Token['kind'], string>>> = {
  comment: 'a comment',
  executable: 'a comment that is run',
  string: 'a string',
  dollar: 'a dollar quote',
  quoted: 'a quoted name',
};

/** Line numbers of rising offsets, counted in one pass. */
function lineCounter(text: string): (offset: number) => number {
  let line = 1;
  let next = text.indexOf('\n');
  return (offset) => {
    while (next !== -1 && next < offset) {
      line++;
      next = text.indexOf('\n', next + 1);
    }
    return line;
  };
}
