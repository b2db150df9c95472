import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { CliError } from './cli-error.ts';

const credentialsSchema = z.object({
  current: z.string().nullable(),
  servers: z.record(z.string(), z.object({ token: z.string(), name: z.string(), expiresAt: z.string().nullable() })),
});
export type Credentials = z.infer<typeof credentialsSchema>;
const none: Credentials = { current: null, servers: {} };

/** `~/.config/grey/credentials.json`, or under XDG_CONFIG_HOME. */
export function credentialsFile(env: Readonly<Record<string, string | undefined>>, home: string): string {
  return path.join(env.XDG_CONFIG_HOME || path.join(home, '.config'), 'grey', 'credentials.json');
}

/**
 * @param warn is told when others may read the file
 * @throws CliError USAGE when the file is not one that this program wrote
 */
export function readCredentials(file: string, warn: (text: string) => void): Credentials {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return none;
    throw new CliError('USAGE', `Cannot read ${file}: ${(error as Error).message}`);
  }
  if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) {
    warn(`${file} can be read by others; run: chmod 600 ${file}\n`);
  }
  try {
    return credentialsSchema.parse(JSON.parse(text));
  } catch {
    throw new CliError('USAGE', `${file} is not what grey wrote; delete it and log in anew.`);
  }
}

/** Writes it readable for its owner alone; a crash leaves the old one or the new one. */
export function writeCredentials(file: string, credentials: Credentials): void {
  const folder = path.dirname(file);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const fresh = `${file}.${process.pid}`;
  try {
    writeFileSync(fresh, `${JSON.stringify(credentials, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
    // The mode above is narrowed by the umask only; this holds for what the umask would not give.
    chmodSync(fresh, 0o600);
    renameSync(fresh, file);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw error;
  }
}
