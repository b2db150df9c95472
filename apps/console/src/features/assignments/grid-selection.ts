export interface CellAt {
  readonly row: number;
  readonly column: number;
}
/** A rectangle from where it was begun (`anchor`) to the active cell (`focus`). */
export interface Selection {
  readonly anchor: CellAt;
  readonly focus: CellAt;
}
export interface GridSize {
  readonly rowCount: number;
  readonly columnCount: number;
  /** Rows that PageUp and PageDown jump. */
  readonly pageRows: number;
}
export interface GridKey {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly isCommand: boolean;
}

export function boundsOf({ anchor, focus }: Selection) {
  return {
    top: Math.min(anchor.row, focus.row),
    bottom: Math.max(anchor.row, focus.row),
    left: Math.min(anchor.column, focus.column),
    right: Math.max(anchor.column, focus.column),
  };
}

export function countOf(selection: Selection): { rows: number; columns: number; cells: number } {
  const { top, bottom, left, right } = boundsOf(selection);
  const rows = bottom - top + 1;
  const columns = right - left + 1;
  return { rows, columns, cells: rows * columns };
}

export function isSelected(selection: Selection, row: number, column: number): boolean {
  const { top, bottom, left, right } = boundsOf(selection);
  return row >= top && row <= bottom && column >= left && column <= right;
}

export function single(cell: CellAt): Selection {
  return { anchor: cell, focus: cell };
}

/** Keeps a selection inside a table that has shrunk; undefined when nothing is left. */
export function clamp(selection: Selection, { rowCount, columnCount }: GridSize): Selection | undefined {
  if (rowCount === 0 || columnCount === 0) return undefined;
  const into = ({ row, column }: CellAt) => ({
    row: Math.min(row, rowCount - 1),
    column: Math.min(column, columnCount - 1),
  });
  return { anchor: into(selection.anchor), focus: into(selection.focus) };
}

/**
 * What a key does to the selection, as the WAI-ARIA grid pattern has it: arrows, Home, End, PageUp, PageDown move
 * (Ctrl to the edge), Shift extends, Ctrl+A everything, Shift+Space the row, Ctrl+Space the column, Escape back to one
 * cell. Undefined: the key is not ours.
 */
export function selectByKey(selection: Selection, pressed: GridKey, size: GridSize): Selection | undefined {
  const { key, shiftKey, isCommand } = pressed;
  const { row, column } = selection.focus;
  const last = { row: size.rowCount - 1, column: size.columnCount - 1 };
  if (key === 'Escape') return single(selection.focus);
  if (isCommand && key.toLowerCase() === 'a') return { anchor: { row: 0, column: 0 }, focus: last };
  if (key === ' ' && shiftKey) return { anchor: { row, column: 0 }, focus: { row, column: last.column } };
  if (key === ' ' && isCommand) return { anchor: { row: 0, column }, focus: { row: last.row, column } };
  const next = moveFocus(selection.focus, key, isCommand, size, last);
  if (!next) return undefined;
  return shiftKey ? { anchor: selection.anchor, focus: next } : single(next);
}

function moveFocus(
  { row, column }: CellAt,
  key: string,
  isFar: boolean,
  size: GridSize,
  last: CellAt,
): CellAt | undefined {
  switch (key) {
    case 'ArrowDown':
      return { row: isFar ? last.row : Math.min(last.row, row + 1), column };
    case 'ArrowUp':
      return { row: isFar ? 0 : Math.max(0, row - 1), column };
    case 'ArrowRight':
      return { row, column: isFar ? last.column : Math.min(last.column, column + 1) };
    case 'ArrowLeft':
      return { row, column: isFar ? 0 : Math.max(0, column - 1) };
    case 'Home':
      return isFar ? { row: 0, column: 0 } : { row, column: 0 };
    case 'End':
      return isFar ? last : { row, column: last.column };
    case 'PageDown':
      return { row: Math.min(last.row, row + size.pageRows), column };
    case 'PageUp':
      return { row: Math.max(0, row - size.pageRows), column };
    default:
      return undefined;
  }
}
