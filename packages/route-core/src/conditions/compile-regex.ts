import { RE2JS } from 're2js';

/** Where a pattern ends and its program is too large to be run on every request. */
export const LONGEST_PATTERN = 512;
export const LARGEST_PROGRAM = 1000;

export type CompiledRegex =
  | { readonly ok: true; isWholeMatch(text: string): boolean; isFound(text: string): boolean }
  | { readonly ok: false; readonly message: string };

/** Compiles RE2 syntax. Matching takes time linear in the text, whatever the pattern. Never throws. */
export function compileRegex(pattern: string): CompiledRegex {
  if (pattern.length > LONGEST_PATTERN) return { ok: false, message: `is longer than ${LONGEST_PATTERN} characters` };
  try {
    const regex = RE2JS.compile(pattern);
    if (regex.programSize() > LARGEST_PROGRAM) return { ok: false, message: 'repeats too much' };
    return { ok: true, isWholeMatch: (text) => regex.testExact(text), isFound: (text) => regex.test(text) };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}
