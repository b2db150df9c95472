/** How many colours the stylesheet has; further versions begin again, told apart by their names. */
const colourCount = 8;

/** The colour of each version of a service: the same in every bar of a page. */
export function colourOf(versions: readonly string[], version: string): string {
  const index = versions.indexOf(version);
  return index < 0 ? 'var(--plain)' : `var(--split-${index % colourCount})`;
}
