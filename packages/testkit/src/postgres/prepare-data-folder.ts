import { spawnSync } from 'node:child_process';
import {
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { hashOf, SHARED_FOLDER } from './postgres-binaries.ts';
import { canReach, type ServerAccount } from './server-account.ts';

/**
 * Makes sure the data folder exists, belongs to the server's account and can be reached by it.
 *
 * When root's checkout is closed to that account, the folder becomes a link to one below {@link SHARED_FOLDER}, so
 * that the data is still found where the user was told it is.
 *
 * @returns the real absolute path to hand to the server
 */
export function prepareDataFolder(dataDir: string, account: ServerAccount): string {
  const parent = path.dirname(dataDir);
  mkdirSync(parent, { recursive: true });
  const realParent = realpathSync(parent);
  if (account.uid === undefined || account.gid === undefined) {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    return realpathSync(dataDir);
  }
  let folder = path.join(realParent, path.basename(dataDir));
  if (!canReach(account, realParent)) {
    folder = linkedFolder(dataDir, `data-${hashOf(folder)}-`);
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chownSync(folder, account.uid, account.gid);
  return realpathSync(folder);
}

/**
 * Creates the database files in an empty folder; does nothing where there are some.
 *
 * They are made beside it and moved in whole, so that an initdb killed half way leaves nothing that looks finished.
 */
export function initialiseDataFolder(folder: string, initdb: string, account: ServerAccount): void {
  if (existsSync(path.join(folder, 'PG_VERSION'))) return;
  const unfinished = `${folder}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { mode: 0o700 });
  if (account.uid !== undefined && account.gid !== undefined) chownSync(unfinished, account.uid, account.gid);
  const result = spawnSync(
    initdb,
    ['-D', unfinished, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync', '--no-instructions'],
    { ...account, cwd: tmpdir(), encoding: 'utf8' },
  );
  if (result.status !== 0) throw new Error(`PostgreSQL's initdb failed: ${result.stderr || String(result.error)}`);
  renameSync(unfinished, folder);
}

/**
 * The folder a link leads to. Without the link a new one is made: whoever deleted it wants to begin anew, and what lies
 * in the old folder is for them to throw away.
 */
function linkedFolder(link: string, prefix: string): string {
  const existing = lstatSync(link, { throwIfNoEntry: false });
  if (existing?.isSymbolicLink()) return readlinkSync(link);
  if (existing !== undefined) {
    throw new Error(
      `${link} exists but the user PostgreSQL runs as cannot reach it; move it away or open its parents.`,
    );
  }
  mkdirSync(SHARED_FOLDER, { recursive: true, mode: 0o755 });
  const folder = mkdtempSync(path.join(SHARED_FOLDER, prefix));
  symlinkSync(folder, link);
  return folder;
}
