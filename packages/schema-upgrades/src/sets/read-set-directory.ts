import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { tooLarge } from './check-files.ts';
import { errorAt, type SetFinding } from './set-finding.ts';
import { DEFAULT_SET_LIMITS, type SetFile, type SetLimits } from './set-limits.ts';
import { versionOfPath } from './version-folders.ts';

/** Folders below the given one that are looked into: `V2.1.0/…`, or a folder of such folders. */
const DEPTH = 3;

/**
 * Reads the files below a folder into memory, as an upload would bring them; hidden files are left out. Links are not
 * followed: a set must not reach outside its folder. Stops at the limits instead of reading on.
 *
 * @returns files by path, with `/` on every system and beginning with the folder's own name where that is a version's
 *   (`V2.1.0/…`), and what could not be read. Hand the files on to
 *   {@link groupByVersion} or {@link readMigrationSet}, the findings to whoever asked
 * @throws when the folder itself cannot be read
 */
export async function readSetDirectory(
  folder: string,
  limits: SetLimits = DEFAULT_SET_LIMITS,
): Promise<{ files: SetFile[]; findings: SetFinding[] }> {
  const files: SetFile[] = [];
  const findings: SetFinding[] = [];
  const found = await listFiles(folder, '', DEPTH, findings, limits.fileCount);
  if (found.length > limits.fileCount) {
    const message = `More than ${limits.fileCount} files; is this the folder of a set?`;
    return { files, findings: [errorAt('FILES_TOO_MANY', '', null, message)] };
  }
  const own = path.basename(path.resolve(folder));
  const prefix = versionOfPath(`${own}/x`) === null ? '' : `${own}/`;
  let total = 0;
  for (const relative of found.sort()) {
    const absolute = path.join(folder, relative);
    const named = prefix + relative;
    const { size } = await stat(absolute);
    total += size;
    if (size > limits.fileBytes) findings.push(tooLarge(named, size, limits));
    else if (total > limits.setBytes) {
      findings.push(errorAt('SET_TOO_LARGE', named, null, `Beyond ${limits.setBytes} bytes in all; not read on.`));
      break;
    } else {
      const text = decode(await readFile(absolute));
      if (text === null) findings.push(errorAt('FILE_NOT_TEXT', named, null, 'The file is not UTF-8.'));
      else files.push({ path: named, text });
    }
  }
  return { files, findings };
}

async function listFiles(
  folder: string,
  below: string,
  depth: number,
  findings: SetFinding[],
  limit: number,
): Promise<string[]> {
  const names: string[] = [];
  for (const entry of await readdir(path.join(folder, below), { withFileTypes: true })) {
    const relative = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.name.startsWith('.')) continue;
    if (entry.isFile()) names.push(relative);
    else if (entry.isDirectory() && depth > 0)
      names.push(...(await listFiles(folder, relative, depth - 1, findings, limit)));
    else
      findings.push(
        errorAt('FILE_UNREADABLE', relative, null, 'Neither a file nor a folder of the set; links are not followed.'),
      );
    if (names.length > limit) break;
  }
  return names;
}

function decode(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
