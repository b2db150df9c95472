/**
 * A piece of SQL text as far as splitting needs to know it: where strings, quoted names and comments are, in which a
 * semicolon means nothing.
 */
export interface Token {
  readonly kind: TokenKind;
  /** Offset of its first UTF-16 unit in the text. */
  readonly start: number;
  /** Offset behind its last. The next token starts here: tokens leave nothing out. */
  readonly end: number;
  /** The text ended before the closing quote or comment mark. */
  readonly isUnterminated: boolean;
}

export type TokenKind =
  | 'space'
  | 'comment'
  /** `'…'`, `E'…'` and MySQL's `"…"`. */
  | 'string'
  /** PostgreSQL's `$tag$…$tag$`. */
  | 'dollar'
  /** A quoted name: `"…"`, MySQL's backticks. */
  | 'quoted'
  /** MySQL's comments whose content the server runs: `/*! … *\/`. */
  | 'executable'
  | 'word'
  /** A single character: operator, bracket, comma. */
  | 'mark'
  /** The end of a statement. */
  | 'delimiter'
  /** A line for the client, not for the server: MySQL's `DELIMITER //`. */
  | 'command';

/** Makes a token; the usual one is closed. */
export function makeToken(kind: TokenKind, start: number, end: number, isUnterminated = false): Token {
  return { kind, start, end, isUnterminated };
}

/** End of a run of characters that match a sticky pattern; `from` when none does. */
export function endOfRun(sql: string, from: number, sticky: RegExp): number {
  sticky.lastIndex = from;
  return sticky.test(sql) ? sticky.lastIndex : from;
}

/**
 * Offset behind the quote that closes a string or a name, or -1 when none does. A doubled quote is part of the content.
 *
 * @param from offset behind the opening quote
 */
export function endOfQuoted(sql: string, from: number, quote: string, hasBackslashes: boolean): number {
  for (let at = from; at < sql.length; at++) {
    const char = sql[at];
    if (hasBackslashes && char === '\\') at++;
    else if (char === quote) {
      if (sql[at + 1] !== quote) return at + 1;
      at++;
    }
  }
  return -1;
}
