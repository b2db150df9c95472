/** One entry of a problem's `references` as a line: in its own words where it has some, else its values in order. */
export function wordReference(reference: unknown): string {
  if (typeof reference !== 'object' || reference === null) return String(reference);
  const { detail, mend } = reference as { readonly detail?: unknown; readonly mend?: unknown };
  if (typeof detail === 'string') return typeof mend === 'string' ? `${detail} ${mend}` : detail;
  return Object.entries(reference)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => `${name} ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
    .join(' · ');
}
