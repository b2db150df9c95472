import {
  lintSet,
  readMigrationSet,
  type SetFile,
  type SetFinding,
  type SetHeader,
  type SetReport,
} from '@grey/schema-upgrades';
import { type KeptMigration, withPaths } from './migration-set-row.ts';

export interface Upload {
  readonly header: SetHeader;
  readonly files: readonly SetFile[];
}

/** What was found in files; without migrations they are no set. */
export interface ReadUpload {
  readonly migrations: readonly KeptMigration[] | null;
  readonly findings: readonly SetFinding[];
  /** Null without migrations. */
  readonly report: SetReport | null;
}

/** Below it reading takes a few milliseconds, whatever the text. */
const SMALL_CHARACTERS = 16_384;

export function isSmall({ files }: Upload): boolean {
  return files.reduce((sum, { path, text }) => sum + path.length + text.length, 0) < SMALL_CHARACTERS;
}

/** Reads files as a set and lints it. The same for the same files; for which schema it is makes no difference. */
export async function readUpload({ header, files }: Upload): Promise<ReadUpload> {
  const { set, findings, paths } = readMigrationSet(files, header);
  if (set === null) return { migrations: null, findings, report: null };
  return { migrations: withPaths(set.migrations, paths), findings, report: await lintSet(set, paths) };
}
