import { type ColumnDef, type RowData, tableFeatures, useTable } from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useEffect, useRef } from 'react';

const features = tableFeatures({});
type Features = typeof features;
export interface DataColumn<T extends RowData> {
  readonly id: string;
  readonly header: string;
  readonly cell: (row: T) => ReactNode;
  /** Numbers stand right-aligned. */
  readonly isNumber?: boolean;
  readonly width?: number | string;
  /** Long text may take several lines; everything else stays on one. */
  readonly isWrapping?: boolean;
}

interface DataTableProps<T extends RowData> {
  label: string;
  columns: readonly DataColumn<T>[];
  rows: readonly T[];
  rowKey: (row: T) => string;
  /** Height in pixels to reckon with until a row has been measured. */
  rowHeight?: number;
  maxHeight?: number | string;
  totalCount?: number;
  isPending?: (row: T) => boolean;
  /** Called when the last rows come into view, to load the next page. */
  onEndReached?: (() => void) | undefined;
}

/** A compact table whose rows exist in the document only while they are in view. */
export function DataTable<T extends RowData>(props: DataTableProps<T>) {
  const {
    label,
    columns,
    rows,
    rowKey,
    rowHeight = 33,
    maxHeight = '100%',
    totalCount,
    isPending,
    onEndReached,
  } = props;
  const frame = useRef<HTMLDivElement>(null);
  const table = useTable<Features, T>({
    features,
    data: rows as T[],
    columns: toColumnDefs(columns),
    getRowId: rowKey,
  });
  const model = table.getRowModel().rows;
  const virtualizer = useVirtualizer({
    count: model.length,
    getScrollElement: () => frame.current,
    estimateSize: () => rowHeight,
    overscan: 8,
  });
  const items = virtualizer.getVirtualItems();
  const first = items[0];
  const last = items.at(-1);
  const lastIndex = last?.index ?? -1;
  useEffect(() => {
    if (lastIndex >= 0 && lastIndex >= model.length - 20) onEndReached?.();
  }, [lastIndex, model.length, onEndReached]);
  const before = first?.start ?? 0;
  const after = virtualizer.getTotalSize() - (last?.end ?? 0);

  return (
    <section className="table-frame" ref={frame} style={{ maxHeight }} tabIndex={0} aria-label={label}>
      <table className="data-table" aria-rowcount={(totalCount ?? model.length) + 1} aria-label={label}>
        <thead>
          {table.getHeaderGroups().map((group) => (
            <tr key={group.id} aria-rowindex={1}>
              {group.headers.map((header, index) => (
                <th
                  key={header.id}
                  scope="col"
                  className={columns[index]?.isNumber ? 'num' : ''}
                  style={{ width: columns[index]?.width }}
                >
                  <table.FlexRender header={header} />
                </th>
              ))}
            </tr>
          ))}
        </thead>
        <tbody>
          <Spacer height={before} span={columns.length} />
          {items.map((item) => {
            const row = model[item.index];
            if (!row) return null;
            return (
              <tr
                key={row.id}
                data-row={row.id}
                data-index={item.index}
                ref={virtualizer.measureElement}
                data-pending={isPending?.(row.original) ?? false}
                aria-rowindex={item.index + 2}
              >
                {row.getAllCells().map((cell, index) => (
                  <td key={cell.id} className={classOf(columns[index])}>
                    <table.FlexRender cell={cell} />
                  </td>
                ))}
              </tr>
            );
          })}
          <Spacer height={after} span={columns.length} />
        </tbody>
      </table>
    </section>
  );
}

function classOf(column: { isNumber?: boolean; isWrapping?: boolean } | undefined): string {
  if (column?.isNumber) return 'num';
  return column?.isWrapping ? 'wrapping' : '';
}

function toColumnDefs<T extends RowData>(columns: readonly DataColumn<T>[]): ColumnDef<Features, T>[] {
  return columns.map(({ id, header, cell }) => ({ id, header, cell: ({ row }) => cell(row.original) }));
}

function Spacer({ height, span }: { height: number; span: number }) {
  if (height <= 0) return null;
  return (
    <tr aria-hidden="true">
      <td className="spacer" colSpan={span} style={{ height }} />
    </tr>
  );
}
