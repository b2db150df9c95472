import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { isAlive, readCommandLine } from '../find-process.ts';

/** What a running server wrote down about itself in its data folder. */
export interface PostmasterRecord {
  readonly pid: number;
  readonly port: number;
}

/**
 * Reads `postmaster.pid` and returns the server it names, or undefined when none runs there.
 *
 * A process of that number may exist and be something else entirely, because numbers are reused after a reboot or a
 * long time. PostgreSQL itself would then refuse to start, so the file of a server that is proven gone is removed.
 *
 * @param dataDir absolute path, exactly as the server was given it
 */
export function findRunningPostmaster(dataDir: string): PostmasterRecord | undefined {
  const file = path.join(dataDir, 'postmaster.pid');
  let lines: string[];
  try {
    lines = readFileSync(file, 'utf8').split('\n');
  } catch {
    return undefined;
  }
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  if (Number.isInteger(pid) && pid > 0 && isServerOf(pid, dataDir)) return { pid, port };
  rmSync(file, { force: true });
  return undefined;
}

function isServerOf(pid: number, dataDir: string): boolean {
  return isAlive(pid) && readCommandLine(pid).includes(dataDir);
}
