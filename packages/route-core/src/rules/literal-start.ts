const SPECIAL = new Set('\\^$.|?*+()[]{}');
const QUANTIFIER = new Set('?*{');
/** Escapes of punctuation stand for themselves; those of letters and digits have meanings. */
const ESCAPED = /^[!-/:-@[-`{-~]$/;

/**
 * The plain text that everything a pattern can match as a whole begins with, '' when that cannot be said. Comparing it first
 * spares most requests the automaton.
 */
export function literalStart(pattern: string): string {
  if (pattern.includes('|')) return '';
  let start = '';
  let at = pattern.startsWith('^') ? 1 : 0;
  while (at < pattern.length) {
    let character = String.fromCodePoint(pattern.codePointAt(at)!);
    let width = character.length;
    if (character === '\\' && ESCAPED.test(pattern[at + 1] ?? '')) {
      character = pattern[at + 1]!;
      width = 2;
    } else if (SPECIAL.has(character)) break;
    if (QUANTIFIER.has(pattern[at + width] ?? '')) break;
    start += character;
    at += width;
  }
  return start;
}
