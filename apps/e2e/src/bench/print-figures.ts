import type { Figure } from './figure.ts';

/** A group's last word to the process that started it: its figures, one JSON document a line. */
export function printFigures(figures: readonly Figure[]): void {
  for (const figure of figures) process.stdout.write(`${JSON.stringify(figure)}\n`);
}
