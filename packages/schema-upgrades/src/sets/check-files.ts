import { errorAt, type SetFinding } from './set-finding.ts';
import type { SetFile, SetLimits } from './set-limits.ts';

/**
 * What must hold before the text of a set is looked at: not too many files, none too large, text throughout, each path
 * once. Works on what is in memory already; {@link readSetDirectory} keeps to the same limits while it reads.
 */
export function checkFiles(files: readonly SetFile[], limits: SetLimits): SetFinding[] {
  if (files.length === 0) return [errorAt('SET_EMPTY', '', null, 'The set has no files.')];
  if (files.length > limits.fileCount) {
    return [errorAt('FILES_TOO_MANY', '', null, `${files.length} files; at most ${limits.fileCount} make a set.`)];
  }
  const findings: SetFinding[] = [];
  const seen = new Set<string>();
  let total = 0;
  for (const { path, text } of files) {
    const bytes = Buffer.byteLength(text);
    total += bytes;
    if (bytes > limits.fileBytes) findings.push(tooLarge(path, bytes, limits));
    if (text.includes('\0'))
      findings.push(errorAt('FILE_NOT_TEXT', path, null, 'The file is not text: it holds a zero byte.'));
    if (seen.has(path)) findings.push(errorAt('FILE_DUPLICATE', path, null, 'The path comes twice.'));
    seen.add(path);
  }
  if (total > limits.setBytes) {
    findings.push(errorAt('SET_TOO_LARGE', '', null, `${total} bytes in all; a set has at most ${limits.setBytes}.`));
  }
  return findings;
}

/** The finding for a file beyond the limit, also where it was not read at all. */
export function tooLarge(path: string, bytes: number, limits: SetLimits): SetFinding {
  const message = `${bytes} bytes; a file has at most ${limits.fileBytes}. Bulk data does not belong into a migration.`;
  return errorAt('FILE_TOO_LARGE', path, null, message);
}
