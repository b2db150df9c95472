/** How tightly the outermost operator of a text binds. */
export const ANY = 1;
export const ALL = 2;
export const RELATION = 3;
export const VALUE = 4;

/**
 * A condition as CEL. In trees, what cannot be evaluated is false; in CEL it fails, and `!` of it fails too. `isSafe`: the
 * text never fails, so that it may stand under `!`.
 */
export interface Printed {
  readonly text: string;
  readonly level: number;
  readonly isSafe: boolean;
}

export const TRUE: Printed = { text: 'true', level: VALUE, isSafe: true };
export const FALSE: Printed = { text: 'false', level: VALUE, isSafe: true };

export function join(parts: readonly Printed[], level: number): Printed {
  if (parts.length === 0) return level === ALL ? TRUE : FALSE;
  if (parts.length === 1) return parts[0]!;
  const text = parts.map((part) => enclose(part, level)).join(level === ALL ? ' && ' : ' || ');
  return { text, level, isSafe: parts.every((part) => part.isSafe) };
}

/** In parentheses if it binds no tighter than `level`. */
export function enclose(part: Printed, level: number): string {
  return part.level <= level ? `(${part.text})` : part.text;
}

/** A text that never fails. */
export function safe(text: string, level: number): Printed {
  return { text, level, isSafe: true };
}
