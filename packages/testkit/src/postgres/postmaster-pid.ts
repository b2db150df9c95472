import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';

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

/** True while a process of that number exists, whoever owns it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function isServerOf(pid: number, dataDir: string): boolean {
  return isAlive(pid) && readCommandLine(pid).includes(dataDir);
}

function readCommandLine(pid: number): string {
  if (process.platform === 'linux') {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    } catch {
      return '';
    }
  }
  return spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout ?? '';
}
