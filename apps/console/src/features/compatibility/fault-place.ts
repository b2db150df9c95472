/** The line that a fault of a file names, from 1. */
export function lineOf(message: string): number | undefined {
  const found = /^line (\d+): /.exec(message) ?? / at line (\d+)/.exec(message);
  return found ? Number(found[1]) : undefined;
}

/** Where a line of a text begins and ends; behind the last line: the end. */
export function offsetsOf(text: string, line: number): [from: number, to: number] {
  const lines = text.split('\n');
  const from = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  return [Math.min(from, text.length), Math.min(from + (lines[line - 1]?.length ?? 0), text.length)];
}
