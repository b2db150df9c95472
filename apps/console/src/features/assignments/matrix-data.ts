import type { CellMove, Matrix } from '../../api/generated/model/index.ts';
import { boundsOf, type Selection } from './grid-selection.ts';

export interface MatrixRow {
  readonly tenantId: string;
  readonly name: string;
  /** Per column an index into `versions`; -1: no assignment, the tenant follows the default. */
  readonly cells: readonly number[];
  readonly pinned: ReadonlySet<number>;
}

/** All pages as one table with one dictionary of versions. */
export interface MatrixData {
  readonly services: Matrix['services'];
  readonly versions: readonly string[];
  readonly rows: readonly MatrixRow[];
  readonly totalCount: number;
}

const noPins: ReadonlySet<number> = new Set();

/** Joins packed pages: every page brings its own dictionary, whose numbers are translated into the common one. */
export function joinMatrixPages(pages: readonly Matrix[]): MatrixData {
  const versions: string[] = [];
  const indexOf = new Map<string, number>();
  const rows: MatrixRow[] = [];
  for (const page of pages) {
    const translated = page.versions.map((version) => {
      const known = indexOf.get(version);
      if (known !== undefined) return known;
      indexOf.set(version, versions.length);
      return versions.push(version) - 1;
    });
    for (const row of page.rows)
      rows.push({
        tenantId: row.tenantId,
        name: row.name,
        cells: row.cells.map((cell) => (cell < 0 ? -1 : (translated[cell] ?? -1))),
        pinned: row.pinned.length > 0 ? new Set(row.pinned) : noPins,
      });
  }
  return { services: pages[0]?.services ?? [], versions, rows, totalCount: pages[0]?.totalCount ?? 0 };
}

export function versionAt(data: MatrixData, row: number, column: number): string | null {
  const index = data.rows[row]?.cells[column] ?? -1;
  return index < 0 ? null : (data.versions[index] ?? null);
}

/** Where a column of the selection shall go; a service without an entry stays as it is. */
export type Targets = ReadonlyMap<string, { version: string | null; pinned: boolean | undefined }>;

/** The moves of a selection, without the cells that are there already. */
export function movesOf(data: MatrixData, selection: Selection, targets: Targets): CellMove[] {
  const { top, bottom, left, right } = boundsOf(selection);
  const moves: CellMove[] = [];
  for (let column = left; column <= right; column++) {
    const serviceId = data.services[column]?.id;
    const target = serviceId === undefined ? undefined : targets.get(serviceId);
    if (serviceId === undefined || !target) continue;
    for (let index = top; index <= bottom; index++) {
      const row = data.rows[index];
      if (!row) continue;
      const currentVersion = versionAt(data, index, column);
      const isPinKept = target.pinned === undefined || target.pinned === row.pinned.has(column);
      if (currentVersion === target.version && (isPinKept || target.version === null)) continue;
      moves.push({
        tenantId: row.tenantId,
        serviceId,
        currentVersion,
        targetVersion: target.version,
        ...(target.pinned === undefined || target.version === null ? {} : { pinned: target.pinned }),
      });
    }
  }
  return moves;
}
