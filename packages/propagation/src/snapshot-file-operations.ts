import { chmod, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';

/**
 * What saving and loading do to the disk, one durable step each: after every one of them the machine may stop. A port, so
 * that tests can make any of them the last.
 */
export interface SnapshotFileOperations {
  /** Creates a folder for the owner alone, or makes it so. */
  prepareFolder(folder: string): Promise<void>;
  listFolder(folder: string): Promise<readonly string[]>;
  /** Writes a new file for the owner alone. */
  write(file: string, bytes: Uint8Array): Promise<void>;
  /** Until this is done, the contents of a file or the names in a folder may be lost with the power. */
  sync(fileOrFolder: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  remove(file: string): Promise<void>;
  read(file: string): Promise<{ readonly bytes: Uint8Array; readonly changedAt: Date }>;
}

export const diskOperations: SnapshotFileOperations = {
  async prepareFolder(folder) {
    const first = await mkdir(folder, { recursive: true, mode: 0o700 });
    await chmod(folder, 0o700);
    // A folder that was made just now is a name in its parent, which may get lost as well.
    for (let made = folder; first !== undefined && made.startsWith(first); made = path.dirname(made)) {
      await syncFileOrFolder(path.dirname(made));
    }
  },
  async listFolder(folder) {
    try {
      return await readdir(folder);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  },
  async write(file, bytes) {
    // `wx`: whoever could place a link of that name beforehand must not have us write through it.
    const handle = await open(file, 'wx', 0o600);
    try {
      await handle.writeFile(bytes);
    } finally {
      await handle.close();
    }
  },
  sync: syncFileOrFolder,
  rename,
  remove: (file) => rm(file, { force: true }),
  async read(file) {
    const [bytes, { mtime }] = await Promise.all([readFile(file), stat(file)]);
    return { bytes, changedAt: mtime };
  },
};

async function syncFileOrFolder(fileOrFolder: string): Promise<void> {
  const handle = await open(fileOrFolder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
