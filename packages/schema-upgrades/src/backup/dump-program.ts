import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { UpgradeError } from '../databases/upgrade-error.ts';

const run = promisify(execFile);

/** A program that can dump, and what it says of its version. */
export interface DumpProgram {
  readonly file: string;
  readonly version: string;
}

/**
 * The first of the programs that is of a version that fits.
 * @param names to be looked for on the PATH @param places whole paths where distributions put them
 */
export async function findDumpProgram(
  names: readonly string[],
  places: readonly string[],
  fits: (version: string) => boolean,
): Promise<DumpProgram | undefined> {
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  const candidates = [...places, ...names.flatMap((name) => folders.map((folder) => path.join(folder, name)))];
  for (const file of new Set(candidates)) {
    if (!isProgram(file)) continue;
    const version = await run(file, ['--version'], { timeout: 5_000 }).then(
      ({ stdout }) => stdout.trim(),
      () => '',
    );
    if (fits(version)) return { file, version };
  }
  return undefined;
}

/** Secrets go in `environment` or in files that it names, never in `parameters`, which everybody on the machine can see. */
export interface DumpCall {
  readonly file: string;
  readonly parameters: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/**
 * Runs a dump program and hands on what it prints, no faster than it is taken.
 * @throws UpgradeError BACKUP_FAILED with what the program complained of
 */
export async function runDump(call: DumpCall, take: (chunk: Buffer) => Promise<void>): Promise<void> {
  const { file, parameters, environment, signal } = call;
  const child = spawn(file, [...parameters], {
    env: { PATH: process.env.PATH ?? '', LC_ALL: 'C', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
  });
  const complaints: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    if (complaints.length < 20) complaints.push(text.slice(0, 1_000));
  });
  const ending = ended(child);
  try {
    for await (const chunk of child.stdout) await take(chunk as Buffer);
  } catch (error) {
    child.kill('SIGKILL');
    await ending.catch(() => undefined);
    throw error;
  }
  const code = await ending;
  if (code === 0) return;
  const said = complaints.join('').trim().split('\n').at(-1) ?? '';
  throw new UpgradeError(
    'BACKUP_FAILED',
    `${path.basename(file)} ended with ${code ?? 'a signal'}: ${said.slice(0, 500)}`,
  );
}

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
