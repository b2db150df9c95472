import type { SetFile } from './set-limits.ts';

const VERSION_FOLDER = /^[Vv]?(\d+(?:\.\d+)*(?:[-+][0-9A-Za-z.+-]+)?)$/;

/** The service version that a path's folder names: `db/V2.1.0/0001_x.up.sql` → `2.1.0`; null without such a folder. */
export function versionOfPath(path: string): string | null {
  const folder = path.split('/').at(-2);
  return folder === undefined ? null : (VERSION_FOLDER.exec(folder)?.[1] ?? null);
}

/**
 * Parts files by the version folder they lie in, in the order the versions come; files in no such folder are under null.
 * Each part is then read as a set of its own.
 */
export function groupByVersion(files: readonly SetFile[]): Map<string | null, SetFile[]> {
  return Map.groupBy(files, (file) => versionOfPath(file.path));
}

/** `V2.1.0`, `v2.1.0` and `2.1.0` are one version to whoever names folders. */
export function isSameVersion(left: string, right: string): boolean {
  return left.replace(/^[Vv](?=\d)/, '') === right.replace(/^[Vv](?=\d)/, '');
}
