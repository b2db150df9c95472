import { endOfQuoted, endOfRun, makeToken, type Token } from './token.ts';

const SPACE = /\s+/y;
const WORD = /[A-Za-z0-9_$\u0080-\uffff]+/y;
const LINE_COMMENT = /(?:#|--(?=\s|$))[^\n]*/y;
const DELIMITER_LINE = /delimiter[ \t]+(\S+)[^\n]*/iy;
const EXECUTABLE_OPEN = /\/\*M?!/y;

/**
 * Cuts MySQL's and MariaDB's SQL into tokens: backslashes escape in strings (`NO_BACKSLASH_ESCAPES` off, the default),
 * `--` is a comment only before white space, block comments do not nest, and `DELIMITER x` on a line where a statement
 * could begin changes what ends a statement, as in the `mysql` client. Whatever the text, the tokens join to it again.
 */
export function scanMysql(sql: string): Token[] {
  const tokens: Token[] = [];
  let delimiter = ';';
  let isBetweenStatements = true;
  let isLineStart = true;
  for (let at = 0; at < sql.length; ) {
    DELIMITER_LINE.lastIndex = at;
    const command: RegExpExecArray | null = isBetweenStatements && isLineStart ? DELIMITER_LINE.exec(sql) : null;
    let token: Token;
    if (command !== null) {
      delimiter = command[1]!;
      token = makeToken('command', at, at + command[0].length);
    } else if (sql.startsWith(delimiter, at)) {
      token = makeToken('delimiter', at, at + delimiter.length);
      isBetweenStatements = true;
    } else {
      token = tokenAt(sql, at, delimiter);
      if (token.kind !== 'space' && token.kind !== 'comment') isBetweenStatements = false;
    }
    isLineStart = token.kind === 'space' && (isLineStart || sql.slice(at, token.end).includes('\n'));
    tokens.push(token);
    at = token.end;
  }
  return tokens;
}

function tokenAt(sql: string, at: number, delimiter: string): Token {
  const char = sql[at]!;
  if (char === "'" || char === '"') return quotedAt(sql, at, 'string', char, true);
  if (char === '`') return quotedAt(sql, at, 'quoted', char, false);
  const lineEnd = endOfRun(sql, at, LINE_COMMENT);
  if (lineEnd > at) return makeToken('comment', at, lineEnd);
  if (char === '/' && sql[at + 1] === '*') return blockCommentAt(sql, at);
  const spaceEnd = endOfRun(sql, at, SPACE);
  if (spaceEnd > at) return makeToken('space', at, spaceEnd);
  const wordEnd = endOfRun(sql, at, WORD);
  if (wordEnd === at) return makeToken('mark', at, at + 1);
  // `END$$`: the dollar is a letter to the server, but the client has cut the text before the server sees it.
  const cut = sql.slice(at, wordEnd + delimiter.length - 1).indexOf(delimiter);
  return makeToken('word', at, cut > 0 ? Math.min(at + cut, wordEnd) : wordEnd);
}

function quotedAt(sql: string, at: number, kind: 'string' | 'quoted', quote: string, hasBackslashes: boolean): Token {
  const end = endOfQuoted(sql, at + 1, quote, hasBackslashes);
  return end === -1 ? makeToken(kind, at, sql.length, true) : makeToken(kind, at, end);
}

function blockCommentAt(sql: string, at: number): Token {
  const kind = endOfRun(sql, at, EXECUTABLE_OPEN) > at ? 'executable' : 'comment';
  const close = sql.indexOf('*/', at + 2);
  return close === -1 ? makeToken(kind, at, sql.length, true) : makeToken(kind, at, close + 2);
}
