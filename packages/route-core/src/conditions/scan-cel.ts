export const LONGEST_CEL = 4096;
export const DEEPEST_CEL = 32;

/** What is wrong with an expression, and where: the offset counts UTF-16 units from 0. */
export interface CelFault {
  readonly message: string;
  readonly offset: number;
}

const OPENING = '([{';
const CLOSING = ')]}';
const TOKEN = /\s+|\/\/[^\n]*|(?:[bB][rR]?|[rR][bB]?)?(?:"""|'''|"|')|[A-Za-z_]\w*|\d[\w.]*|&&|\|\||[=!<>]=|[^\s\w]/y;
const STRING_START = /^([bBrR]*)("""|'''|"|')$/;

/**
 * Looks an expression through, token by token, before the parser does: the parser recurses, so nesting is bounded here, and
 * where the parser only says that it expected the end, this finds the string or bracket that was never closed.
 */
export function scanCel(text: string): CelFault | null {
  if (text.length > LONGEST_CEL) return { message: `is longer than ${LONGEST_CEL} characters`, offset: LONGEST_CEL };
  const open: number[] = [];
  /** Tokens that the parser nests without brackets: `? :` and the signs before a value. */
  let chained = 0;
  let at = 0;
  while (at < text.length) {
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(text)?.[0];
    if (token === undefined) return { message: 'has a character that means nothing here', offset: at };
    const [, prefix, quote] = STRING_START.exec(token) ?? [];
    if (quote !== undefined) {
      const end = endOfString(text, at + token.length, quote, /r/i.test(prefix!));
      if (end < 0) return { message: 'has a text that is never closed', offset: at };
      at = end;
      continue;
    }
    if (OPENING.includes(token)) open.push(at);
    else if (token === '?') chained++;
    else if (CLOSING.includes(token)) {
      const start = open.pop();
      if (start === undefined || OPENING[CLOSING.indexOf(token)] !== text[start]) {
        return { message: `has a "${token}" that closes nothing`, offset: at };
      }
    } else if (token === '=' || token === '&' || token === '|') {
      return { message: `has a "${token}"; "${token}${token}" is meant`, offset: at };
    }
    if (open.length > DEEPEST_CEL || chained > DEEPEST_CEL) {
      return { message: `is nested more than ${DEEPEST_CEL} deep`, offset: at };
    }
    at += token.length;
  }
  const last = open.pop();
  return last === undefined ? null : { message: `has a "${text[last]}" that is never closed`, offset: last };
}

/** Where a string ends that began before `from`, -1 if nowhere. */
function endOfString(text: string, from: number, quote: string, isRaw: boolean): number {
  let at = from;
  while (at < text.length) {
    if (text.startsWith(quote, at)) return at + quote.length;
    const char = text[at]!;
    if (char === '\n' && quote.length === 1) return -1;
    at += char === '\\' && !isRaw ? 2 : 1;
  }
  return -1;
}
