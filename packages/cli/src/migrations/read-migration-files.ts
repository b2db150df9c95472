import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { CliError } from '../cli-error.ts';

export interface MigrationFile {
  /** With the folder of the version, where there is one: `V2.1.0/0001_add_preferences.up.sql`. */
  readonly path: string;
  readonly text: string;
}

/** Files of one version; null: they lie in no version's folder. */
export interface MigrationFolder {
  readonly version: string | null;
  readonly files: readonly MigrationFile[];
}

const VERSION_FOLDER = /^[Vv]?\d+(\.\d+)*([-+][0-9A-Za-z.+-]+)?$/;
/** Folders below the given one that are looked into. */
const DEPTH = 3;
/** As the API has it; what is larger is not even read. */
const FILE_LIMIT = 500;
const BYTE_LIMIT = 8_388_608;

/**
 * Reads the files below a folder, which is that of a version or holds such folders. What is hidden or a link is left out;
 * what the files are is for the API to say.
 *
 * @returns versions in the order of their numbers @throws CliError USAGE when something cannot be read or sent
 */
export function readMigrationFiles(folder: string): readonly MigrationFolder[] {
  const own = path.basename(path.resolve(folder));
  const prefix = VERSION_FOLDER.test(own) ? `${own}/` : '';
  const names = listFiles(folder, '', DEPTH);
  if (names.length === 0) throw new CliError('USAGE', `${folder} has no files.`);
  let bytes = 0;
  const byVersion = new Map<string | null, MigrationFile[]>();
  for (const name of names) {
    const file = path.join(folder, name);
    bytes += statSync(file).size;
    if (bytes > BYTE_LIMIT) throw new CliError('USAGE', `${folder} has more than ${BYTE_LIMIT} bytes.`);
    const sent = prefix + name;
    const version = versionOf(sent);
    byVersion.set(version, [...(byVersion.get(version) ?? []), { path: sent, text: readText(file) }]);
  }
  return [...byVersion]
    .map(([version, files]) => ({ version, files }))
    .sort((a, b) => compareLabels(a.version ?? '', b.version ?? ''));
}

/** Whether two labels mean one version to whoever names folders. */
export function isSameVersion(left: string, right: string): boolean {
  return bare(left) === bare(right);
}

function listFiles(folder: string, below: string, depth: number): string[] {
  const names: string[] = [];
  try {
    for (const entry of readdirSync(path.join(folder, below), { withFileTypes: true })) {
      const name = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.name.startsWith('.')) continue;
      if (entry.isFile()) names.push(name);
      else if (entry.isDirectory() && depth > 0) names.push(...listFiles(folder, name, depth - 1));
      if (names.length > FILE_LIMIT) throw new CliError('USAGE', `${folder} has more than ${FILE_LIMIT} files.`);
    }
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError('USAGE', `Cannot read ${path.join(folder, below)}: ${(error as Error).message}`);
  }
  return names.sort();
}

function readText(file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readFileSync(file));
  } catch (error) {
    throw new CliError('USAGE', `Cannot read ${file} as UTF-8: ${(error as Error).message}`);
  }
}

function versionOf(file: string): string | null {
  const folder = file.split('/').at(-2);
  return folder !== undefined && VERSION_FOLDER.test(folder) ? folder : null;
}

function bare(version: string): string {
  return version.replace(/^[Vv](?=\d)/, '');
}

/** `V2.9.0` before `V2.10.0`. */
function compareLabels(left: string, right: string): number {
  return bare(left).localeCompare(bare(right), 'en', { numeric: true });
}
