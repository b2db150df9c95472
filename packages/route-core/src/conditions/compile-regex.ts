import { RE2JS } from 're2js';
import { readLiteralPattern } from './literal-pattern.ts';
import { readPlainPattern } from './plain-pattern.ts';

export const LONGEST_PATTERN = 512;
/** Instructions. Matching costs at most so many steps per character. */
export const LARGEST_PROGRAM = 600;

export type CompiledRegex =
  | { readonly ok: true; isWholeMatch(text: string): boolean; isFound(text: string): boolean }
  | { readonly ok: false; readonly message: string };

/**
 * Compiles RE2 syntax (no back references, no look-around). Matching takes time linear in the text, whatever the pattern.
 * Never throws; the message completes "the pattern …".
 */
export function compileRegex(pattern: string): CompiledRegex {
  if (pattern.length > LONGEST_PATTERN) return { ok: false, message: `is longer than ${LONGEST_PATTERN} characters` };
  const literal = readLiteralPattern(pattern);
  if (literal !== null) return { ok: true, ...literal };
  try {
    const regex = RE2JS.compile(pattern);
    if (regex.programSize() > LARGEST_PROGRAM) return { ok: false, message: 'repeats too much' };
    const plain = readPlainPattern(pattern);
    return {
      ok: true,
      isWholeMatch: plain?.isWholeMatch ?? ((text) => regex.testExact(text)),
      isFound: plain?.isFound ?? ((text) => regex.test(text)),
    };
  } catch (error) {
    return { ok: false, message: `cannot be read: ${error instanceof Error ? error.message : String(error)}` };
  }
}
