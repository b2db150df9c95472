/** One entry of a problem's `references` as a line: its values in order, whatever kind of thing refers. */
export function wordReference(reference: unknown): string {
  if (typeof reference !== 'object' || reference === null) return String(reference);
  return Object.entries(reference)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => `${name} ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
    .join(' · ');
}
