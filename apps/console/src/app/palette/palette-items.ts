/** One line of the palette: what it is called, what else it is found by, and what it does. */
export interface PaletteItem {
  readonly id: string;
  readonly label: string;
  /** Words that find it besides, in any language. */
  readonly words?: string;
  /** Beside the label: an id, a shortcut. */
  readonly note?: string;
  readonly tone?: 'bad';
  readonly run: () => void;
}

export interface PaletteGroup {
  readonly id: string;
  readonly label: string;
  readonly items: readonly PaletteItem[];
}

/** Lines that fit what was typed: every word of it is found somewhere in the line. Empty groups are left out. */
export function filterGroups(groups: readonly PaletteGroup[], typed: string): PaletteGroup[] {
  const words = typed.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const fits = ({ label, words: others = '', note = '' }: PaletteItem) => {
    const text = `${label} ${others} ${note}`.toLocaleLowerCase();
    return words.every((word) => text.includes(word));
  };
  return groups.map((group) => ({ ...group, items: group.items.filter(fits) })).filter(({ items }) => items.length > 0);
}

/** The line after or before another, round the end. */
export function stepFrom(index: number, by: 1 | -1, count: number): number {
  return count === 0 ? 0 : (index + by + count) % count;
}
