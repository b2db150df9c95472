import { useTranslation } from 'react-i18next';
import { type MatrixData, versionAt } from './matrix-data.ts';

/** Id of a cell's element, by which the grid names its active cell. */
export const cellId = (row: number, column: number) => `cell-${row}-${column}`;

interface MatrixCellProps {
  data: MatrixData;
  row: number;
  column: number;
  offset: number;
  width: number;
  isActive: boolean;
  isSelected: boolean;
}

export function MatrixCell({ data, row, column, offset, width, isActive, isSelected: isInRange }: MatrixCellProps) {
  const { t } = useTranslation();
  const version = versionAt(data, row, column);
  const isPinned = data.rows[row]?.pinned.has(column) ?? false;
  const defaults = data.services[column]?.defaultVersions ?? [];
  const followed = defaults.length > 1 ? t('matrix.split') : (defaults[0]?.version ?? t('state.none'));
  const label = version === null ? t('matrix.follows', { version: followed }) : version;
  return (
    <div
      id={cellId(row, column)}
      role="gridcell"
      aria-colindex={column + 2}
      aria-selected={isInRange}
      aria-label={isPinned ? t('matrix.pinned', { version: label }) : label}
      className="matrix-cell"
      data-cell
      data-row={row}
      data-column={column}
      data-active={isActive}
      data-default={version === null}
      style={{ left: offset, width }}
    >
      {version === null ? `↳ ${followed}` : version}
      {isPinned && ' ⚑'}
    </div>
  );
}
