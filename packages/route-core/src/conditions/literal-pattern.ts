/** How a text is compared with a pattern that is nothing but a literal between anchors. */
export interface LiteralPattern {
  isWholeMatch(text: string): boolean;
  isFound(text: string): boolean;
}

/** `^`, `.*`, printable ASCII that means itself (or is escaped and so does), `.*`, `$` */
const LITERAL = /^(\^?)((?:\.\*)?)((?:[ !"#%&',\-/0-9:;<=>@A-Z_`a-z~]|\\[!-/:-@[-`{-~])+)((?:\.\*)?)(\$?)$/;

/**
 * Most patterns that people write are a beginning, an end or a piece of text, which needs no automaton; null for others.
 * The literal is ASCII: only there do UTF-16 units and code points agree. A dot is any character but a line feed.
 */
export function readLiteralPattern(pattern: string): LiteralPattern | null {
  const [, caret, before, escaped, after, dollar] = LITERAL.exec(pattern) ?? [];
  if (escaped === undefined || (caret && before)) return null;
  const literal = escaped.replace(/\\(.)/g, '$1');
  return {
    isWholeMatch: wholeMatch(literal, before !== '', after !== ''),
    isFound: found(literal, caret, after, dollar),
  };
}

function wholeMatch(literal: string, hasBefore: boolean, hasAfter: boolean): (text: string) => boolean {
  const isOneLine = (text: string): boolean => !text.includes('\n');
  if (hasBefore && hasAfter) return (text) => text.includes(literal) && isOneLine(text);
  if (hasBefore) return (text) => text.endsWith(literal) && isOneLine(text);
  if (hasAfter) return (text) => text.startsWith(literal) && isOneLine(text);
  return (text) => text === literal;
}

function found(literal: string, caret = '', after = '', dollar = ''): (text: string) => boolean {
  if (dollar && after) {
    return (text) => {
      const at = caret ? (text.startsWith(literal) ? 0 : -1) : text.lastIndexOf(literal);
      return at >= 0 && !text.includes('\n', at);
    };
  }
  if (caret && dollar) return (text) => text === literal;
  if (caret) return (text) => text.startsWith(literal);
  if (dollar) return (text) => text.endsWith(literal);
  return (text) => text.includes(literal);
}
