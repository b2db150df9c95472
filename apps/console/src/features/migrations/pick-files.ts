import type { Migration, MigrationFile } from '../../api/generated/model/index.ts';

/** As much as the API takes in one request. */
export const maxFiles = 500;
export const maxFileBytes = 1_048_576;
/** The version folder that the API knows: `V2.1.0`, `v2.1.0` or `2.1.0`. */
const versionFolder = /^[Vv]?(\d+(?:\.\d+)*(?:[-+][0-9A-Za-z.+-]+)?)$/;

export interface PickedFiles {
  readonly files: MigrationFile[];
  /** Of other versions: a folder may hold several, a set is of one. */
  readonly otherVersionCount: number;
  /** Neither SQL nor Flyway's configuration. */
  readonly noSqlCount: number;
  readonly tooLargeCount: number;
}

/**
 * Of files that were dropped, those that belong into the set of a version. Paths keep the folder that names the version
 * and nothing above it.
 */
export function pickFiles(dropped: readonly MigrationFile[], version: string): PickedFiles {
  const files: MigrationFile[] = [];
  let otherVersionCount = 0;
  let noSqlCount = 0;
  let tooLargeCount = 0;
  for (const { path, text } of dropped) {
    const parts = path.split('/').filter(Boolean);
    const named = versionFolder.exec(parts.at(-2) ?? '')?.[1];
    if (!/\.sql(\.conf)?$/i.test(path)) noSqlCount += 1;
    else if (named !== undefined && version !== '' && named !== version.replace(/^[Vv](?=\d)/, ''))
      otherVersionCount += 1;
    else if (new Blob([text]).size > maxFileBytes) tooLargeCount += 1;
    else files.push({ path: parts.slice(named === undefined ? -1 : -2).join('/'), text });
  }
  return { files, otherVersionCount, noSqlCount, tooLargeCount };
}

/** Files with others added: one of the same path takes the place of what was there. */
export function addFiles(files: readonly MigrationFile[], added: readonly MigrationFile[]): MigrationFile[] {
  const byPath = new Map([...files, ...added].map((file) => [file.path, file]));
  return [...byPath.values()].sort(
    (a, b) =>
      upFirst(a.path).localeCompare(upFirst(b.path), 'en', { numeric: true }) || a.path.localeCompare(b.path, 'en'),
  );
}

/** What a path is sorted by: an up stands before its down, Flyway's `V2__` before its `U2__`. */
function upFirst(path: string): string {
  return path
    .replace(/\.(up|down)\.sql$/, (_, side: string) => (side === 'up' ? '.0.sql' : '.1.sql'))
    .replace(
      /(^|\/)([VU])(?=\d)([^/]*)$/,
      (_, before: string, side: string, rest: string) => `${before}${rest}${side === 'V' ? '.0' : '.1'}`,
    );
}

/** The files that a set was read from. What Flyway keeps beside the SQL is written anew. */
export function filesOf(migrations: readonly Migration[]): MigrationFile[] {
  return migrations.flatMap((one) => [
    { path: one.upPath, text: one.up },
    ...(one.down !== null && one.downPath !== null ? [{ path: one.downPath, text: one.down }] : []),
    ...(!one.isTransactional && /(^|\/)V[^/]*__[^/]*\.sql$/.test(one.upPath)
      ? [{ path: `${one.upPath}.conf`, text: 'executeInTransaction=false\n' }]
      : []),
  ]);
}

/** A name for a file that is pasted: the number after the highest, as an up. */
export function nextPath(files: readonly MigrationFile[]): string {
  const numbers = files.map(({ path }) => Number(/(?:^|\/)(\d+)/.exec(path.split('/').at(-1) ?? '')?.[1] ?? 0));
  return `${String(Math.max(0, ...numbers) + 1).padStart(4, '0')}_name.up.sql`;
}
