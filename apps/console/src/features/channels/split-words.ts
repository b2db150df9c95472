/** Each word once: what was pasted as one text, with commas, semicolons or blanks between, counts as many. */
export function splitWords(texts: readonly string[]): string[] {
  return [...new Set(texts.flatMap((text) => text.split(/[\s,;]+/)).filter((word) => word !== ''))];
}
