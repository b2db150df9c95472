/**
 * The form of a text that is checked, summed and run: no byte order mark, lines end in `\n`. A checkout on another
 * system, or an editor, may change either without changing what the migration does, and must not look like a change.
 */
export function normaliseSql(text: string): string {
  return text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
}
