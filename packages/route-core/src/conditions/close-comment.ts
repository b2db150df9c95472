/**
 * An expression whose comment, if one ends it, cannot swallow what is written after it. The parser, too, knows comments only
 * with the end of their line.
 */
export function closeComment(expression: string): string {
  return expression.includes('//') ? `${expression}\n` : expression;
}
