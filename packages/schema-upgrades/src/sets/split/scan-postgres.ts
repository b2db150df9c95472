import { endOfQuoted, endOfRun, makeToken, type Token } from './token.ts';

const SPACE = /\s+/y;
const WORD = /[A-Za-z_\u0080-\uffff][A-Za-z0-9_$\u0080-\uffff]*/y;
const NUMBER = /[0-9][0-9A-Za-z_.]*/y;
const LINE_COMMENT = /--[^\n]*/y;
const DOLLAR_OPEN = /\$(?:[A-Za-z_\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*)?\$/y;
/**
 * What may stand between two parts of one string constant: at least one line break, and comments after it. Blanks are
 * matched one by one: a repetition within the repetition would try all ways to part them.
 */
const CONTINUATION = /[ \t\f\r\v]*\n(?:\s|--[^\n]*\n)*'/y;

/**
 * Cuts PostgreSQL's SQL into tokens by the rules of its lexer with `standard_conforming_strings` on, the default since
 * 9.1 (manual, "Lexical Structure"): block comments nest, `E'…'` knows backslashes also where the constant goes on in the
 * next line, a dollar directly behind a word belongs to the word. Whatever the text, the tokens join to it again.
 */
export function scanPostgres(sql: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < sql.length; ) {
    const token = tokenAt(sql, at);
    tokens.push(token);
    at = token.end;
  }
  return tokens;
}

function tokenAt(sql: string, at: number): Token {
  const char = sql[at]!;
  if (char === "'") return stringAt(sql, at, at, false);
  if (char === '"') return quotedAt(sql, at);
  if (char === '-' && sql[at + 1] === '-') return makeToken('comment', at, endOfRun(sql, at, LINE_COMMENT));
  if (char === '/' && sql[at + 1] === '*') return blockCommentAt(sql, at);
  if (char === '$') return dollarAt(sql, at);
  if ((char === 'e' || char === 'E') && sql[at + 1] === "'") return stringAt(sql, at, at + 1, true);
  const spaceEnd = endOfRun(sql, at, SPACE);
  if (spaceEnd > at) return makeToken('space', at, spaceEnd);
  const wordEnd = endOfRun(sql, at, WORD);
  if (wordEnd > at) return makeToken('word', at, wordEnd);
  const numberEnd = endOfRun(sql, at, NUMBER);
  return makeToken('mark', at, numberEnd > at ? numberEnd : at + 1);
}

function stringAt(sql: string, start: number, quoteAt: number, hasBackslashes: boolean): Token {
  let end = endOfQuoted(sql, quoteAt + 1, "'", hasBackslashes);
  while (end !== -1) {
    const next = endOfRun(sql, end, CONTINUATION);
    if (next === end) return makeToken('string', start, end);
    end = endOfQuoted(sql, next, "'", hasBackslashes);
  }
  return makeToken('string', start, sql.length, true);
}

function quotedAt(sql: string, at: number): Token {
  const end = endOfQuoted(sql, at + 1, '"', false);
  return end === -1 ? makeToken('quoted', at, sql.length, true) : makeToken('quoted', at, end);
}

function blockCommentAt(sql: string, start: number): Token {
  const marks = /\/\*|\*\//g;
  marks.lastIndex = start;
  let depth = 0;
  for (let mark = marks.exec(sql); mark !== null; mark = marks.exec(sql)) {
    depth += mark[0] === '/*' ? 1 : -1;
    if (depth === 0) return makeToken('comment', start, marks.lastIndex);
  }
  return makeToken('comment', start, sql.length, true);
}

function dollarAt(sql: string, start: number): Token {
  const open = endOfRun(sql, start, DOLLAR_OPEN);
  if (open === start) return makeToken('mark', start, start + 1);
  const tag = sql.slice(start, open);
  const close = sql.indexOf(tag, open);
  return close === -1 ? makeToken('dollar', start, sql.length, true) : makeToken('dollar', start, close + tag.length);
}
