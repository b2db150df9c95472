import { spawnSync } from 'node:child_process';
import { chownSync, mkdirSync, mkdtempSync, realpathSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface SmallDisk {
  /** An empty folder on it that the server may write to. */
  readonly folder: string;
  /** @param size as mount takes it, `64m` */
  grow(size: string): void;
  remove(): void;
}

/**
 * A file system of its own, in memory, that is full soon.
 *
 * @param size as mount takes it, `4m`
 * @param like a folder whose owner is to own this one
 * @returns why there can be none: it takes root, and a container that lets it mount
 */
export function makeSmallDisk(size: string, like: string): SmallDisk | string {
  const place = mkdtempSync(path.join(realpathSync(tmpdir()), 'grey-small-disk-'));
  const failure = run('mount', '-t', 'tmpfs', '-o', `size=${size},mode=755`, 'tmpfs', place);
  if (failure !== undefined) {
    rmSync(place, { recursive: true, force: true });
    return `no file system of its own can be mounted here: ${failure}`;
  }
  const folder = path.join(place, 'data');
  mkdirSync(folder);
  const { uid, gid } = statSync(like);
  chownSync(folder, uid, gid);
  return {
    folder,
    grow(more) {
      const why = run('mount', '-o', `remount,size=${more}`, place);
      if (why !== undefined) throw new Error(why);
    },
    remove() {
      // Lazily: the server may keep files of it open for a moment.
      run('umount', '-l', place);
      rmSync(place, { recursive: true, force: true });
    },
  };
}

/** @returns what it said when it failed */
function run(program: string, ...args: string[]): string | undefined {
  const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8' });
  return status === 0 ? undefined : (error?.message ?? stderr.trim());
}
