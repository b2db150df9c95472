const ANYTHING = '…';

/**
 * Whether an answer is what a guide shows: every field shown is there and equal, others may be there too. Lists are as long
 * as shown, in whatever order. `…` in a text stands for anything.
 */
export function matchesShown(actual: unknown, shown: unknown): boolean {
  if (typeof shown === 'string') return typeof actual === 'string' && matchesText(actual, shown);
  if (Array.isArray(shown)) {
    if (!Array.isArray(actual) || actual.length !== shown.length) return false;
    const left = [...actual];
    return shown.every((one) => {
      const index = left.findIndex((other) => matchesShown(other, one));
      return index >= 0 && left.splice(index, 1).length === 1;
    });
  }
  if (typeof shown !== 'object' || shown === null) return actual === shown;
  if (typeof actual !== 'object' || actual === null) return false;
  return Object.entries(shown).every(([name, value]) => matchesShown((actual as Record<string, unknown>)[name], value));
}

/** The same for plain output; white space around it does not count. */
export function matchesText(actual: string, shown: string): boolean {
  const parts = shown.trim().split(ANYTHING);
  const pattern = parts.map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('[\\s\\S]*');
  return new RegExp(`^${pattern}$`).test(actual.trim());
}
