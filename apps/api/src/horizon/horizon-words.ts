/** Schemas that a version asks for, or that a schema serves. @param from null: no end on that side */
export function rangeOf(from: number | null, to: number | null): string {
  if (from === null && to === null) return 'any schema';
  if (from === null) return `at most ${to}`;
  if (to === null) return `at least ${from}`;
  return from === to ? `${from}` : `${from} to ${to}`;
}

/** The first three, and how many more. */
export function listOf(names: readonly string[]): string {
  return names.length <= 3 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`;
}

/** As a sentence begins. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
