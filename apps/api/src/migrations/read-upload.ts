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
  const unreadable = files.flatMap(faultsOfText);
  if (unreadable.length > 0) return { migrations: null, findings: unreadable, report: null };
  const { set, findings, paths } = readMigrationSet(files, header);
  if (set === null) return { migrations: null, findings, report: null };
  return { migrations: withPaths(set.migrations, paths), findings, report: await lintSet(set, paths) };
}

/** What JSON can say and neither a file nor PostgreSQL can hold: zero bytes, and halves of characters. */
function faultsOfText({ path, text }: SetFile): SetFinding[] {
  const isText = (one: string) => one.isWellFormed() && !one.includes('\0');
  if (isText(path) && isText(text)) return [];
  const message = 'The file or its name is not text: it holds a zero byte, or half a character.';
  return [{ code: 'FILE_NOT_TEXT', severity: 'error', file: path.toWellFormed(), line: null, message }];
}
