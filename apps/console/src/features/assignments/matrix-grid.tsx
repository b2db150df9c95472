import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type MouseEvent, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import './matrix.css';
import { useWidth } from '../../parts/use-width.ts';
import { HeldMark } from '../holds/held-mark.tsx';
import { boundsOf, isSelected, type Selection, selectByKey, single } from './grid-selection.ts';
import { cellId, MatrixCell } from './matrix-cell.tsx';
import type { MatrixData } from './matrix-data.ts';

const rowHeight = 28;
const headerHeight = 34;
const headWidth = 230;
/** Columns share the width that is there, but never fall below this. */
const minColumnWidth = 120;

interface MatrixGridProps {
  data: MatrixData;
  selection: Selection;
  onSelect: (selection: Selection) => void;
  /** Enter or double click: choose where the selection goes. */
  onChoose: () => void;
  isReadOnly: boolean;
}

/** Tenant × service as a keyboard grid. Only the cells in view exist in the document, whatever the size of the table. */
export function MatrixGrid({ data, selection, onSelect, onChoose, isReadOnly }: MatrixGridProps) {
  const { t } = useTranslation();
  const frame = useRef<HTMLDivElement>(null);
  const isDragging = useRef(false);
  const { rows, services } = data;
  const frameWidth = useWidth(frame);
  const columnWidth = Math.max(minColumnWidth, Math.floor((frameWidth - headWidth) / Math.max(1, services.length)));
  const vertical = useVirtualizer({
    count: rows.length,
    getScrollElement: () => frame.current,
    estimateSize: () => rowHeight,
    paddingStart: headerHeight,
    scrollPaddingStart: headerHeight,
    overscan: 4,
  });
  const horizontal = useVirtualizer({
    count: services.length,
    getScrollElement: () => frame.current,
    estimateSize: () => columnWidth,
    horizontal: true,
    paddingStart: headWidth,
    scrollPaddingStart: headWidth,
    overscan: 1,
  });
  useEffect(() => horizontal.measure(), [horizontal, columnWidth]);
  const columns = horizontal.getVirtualItems();
  const width = horizontal.getTotalSize();
  const { focus } = selection;

  useEffect(() => {
    const release = () => {
      isDragging.current = false;
    };
    document.addEventListener('mouseup', release);
    return () => document.removeEventListener('mouseup', release);
  }, []);

  function onKeyDown(event: KeyboardEvent) {
    if (event.key === 'Enter') {
      event.preventDefault();
      onChoose();
      return;
    }
    const pageRows = Math.max(1, Math.floor(((frame.current?.clientHeight ?? 0) - headerHeight) / rowHeight) - 1);
    const next = selectByKey(
      selection,
      { key: event.key, shiftKey: event.shiftKey, isCommand: event.ctrlKey || event.metaKey },
      { rowCount: rows.length, columnCount: services.length, pageRows },
    );
    if (!next) return;
    event.preventDefault();
    onSelect(next);
    vertical.scrollToIndex(next.focus.row);
    horizontal.scrollToIndex(next.focus.column);
  }

  /** Begin at a cell, or with Shift extend to it; dragging extends further. */
  function onMouse(event: MouseEvent) {
    const cell = (event.target as HTMLElement).closest<HTMLElement>('[data-cell]');
    if (!cell) return;
    const at = { row: Number(cell.dataset['row']), column: Number(cell.dataset['column']) };
    if (event.type === 'mousedown' && event.button === 0) {
      isDragging.current = true;
      onSelect(event.shiftKey ? { anchor: selection.anchor, focus: at } : single(at));
    } else if (event.type === 'mouseover' && isDragging.current) onSelect({ anchor: selection.anchor, focus: at });
  }

  const { left, right } = boundsOf(selection);
  return (
    <div
      ref={frame}
      className="matrix"
      role="grid"
      tabIndex={0}
      aria-label={t('matrix.label')}
      aria-rowcount={data.totalCount + 1}
      aria-colcount={services.length + 1}
      aria-multiselectable="true"
      aria-readonly={isReadOnly}
      aria-activedescendant={rows.length > 0 ? cellId(focus.row, focus.column) : undefined}
      onKeyDown={onKeyDown}
      onMouseDown={onMouse}
      onMouseOver={onMouse}
      onDoubleClick={onChoose}
    >
      <div role="rowgroup" className="matrix-head" style={{ width, height: headerHeight }}>
        <div role="row" aria-rowindex={1} className="matrix-row" style={{ height: headerHeight }}>
          <div role="columnheader" aria-colindex={1} className="matrix-corner" style={{ width: headWidth }}>
            {t('terms.tenant')}
          </div>
          {columns.map(({ index, start }) => (
            <div
              key={index}
              role="columnheader"
              aria-colindex={index + 2}
              className="matrix-service"
              data-in-range={index >= left && index <= right}
              style={{ left: start, width: columnWidth }}
              title={services[index]?.id ?? ''}
            >
              <HeldMark serviceId={services[index]?.id} isShort />
              {services[index]?.id}
            </div>
          ))}
        </div>
      </div>
      <div role="rowgroup" style={{ width, height: vertical.getTotalSize() - headerHeight, position: 'relative' }}>
        {vertical.getVirtualItems().map(({ index: row, start }) => (
          <div
            key={row}
            role="row"
            aria-rowindex={row + 2}
            className="matrix-row"
            style={{ height: rowHeight, transform: `translateY(${start - headerHeight}px)` }}
          >
            <div role="rowheader" aria-colindex={1} className="matrix-tenant" style={{ width: headWidth }}>
              <span className="mono">{rows[row]?.tenantId}</span>
              <span className="matrix-name">{rows[row]?.name}</span>
            </div>
            {columns.map(({ index: column, start: offset }) => (
              <MatrixCell
                key={column}
                data={data}
                row={row}
                column={column}
                offset={offset}
                width={columnWidth}
                isActive={row === focus.row && column === focus.column}
                isSelected={isSelected(selection, row, column)}
              />
            ))}
          </div>
        ))}
      </div>
    </div>
  );
}
