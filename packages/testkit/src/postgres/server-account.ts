import { spawnSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';

/** Operating-system account a server process runs under; empty when it runs under our own. */
export interface ServerAccount {
  readonly uid?: number;
  readonly gid?: number;
}

/**
 * Chooses the account PostgreSQL runs under. PostgreSQL refuses uid 0, so root drops to `postgres` or, where that user
 * does not exist, to `nobody`; it must be an account with a passwd entry, initdb looks its name up.
 */
export function chooseServerAccount(): ServerAccount {
  if (process.getuid?.() !== 0) return {};
  for (const name of ['postgres', 'nobody']) {
    const uid = readId('-u', name);
    const gid = readId('-g', name);
    if (uid !== undefined && gid !== undefined) return { uid, gid };
  }
  throw new Error('PostgreSQL does not run as root, and neither the user "postgres" nor "nobody" exists to run it as.');
}

/**
 * Says whether the account can reach a path, that is, traverse every folder above it.
 *
 * @param target an existing absolute path
 */
export function canReach(account: ServerAccount, target: string): boolean {
  if (account.uid === undefined) {
    try {
      accessSync(target, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  }
  for (let folder = target; ; folder = path.dirname(folder)) {
    const { mode, uid, gid } = statSync(folder);
    const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (folder === path.dirname(folder)) return true;
  }
}

function readId(flag: '-u' | '-g', name: string): number | undefined {
  const answer = spawnSync('id', [flag, name], { encoding: 'utf8' });
  return answer.status === 0 ? Number(answer.stdout.trim()) : undefined;
}
