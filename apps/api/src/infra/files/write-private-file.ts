import { mkdir, open, rename } from 'node:fs/promises';
import path from 'node:path';

/**
 * Writes a file that its owner alone may read, whole or not at all: what was there stays until the new text is on disk.
 * @throws Error of the file system
 */
export async function writePrivateFile(file: string, text: string): Promise<void> {
  const folder = path.dirname(file);
  await mkdir(folder, { recursive: true });
  const draft = await open(`${file}.new`, 'w', 0o600);
  try {
    // The mode of open() counts for new files only.
    await draft.chmod(0o600);
    await draft.writeFile(text);
    await draft.sync();
  } finally {
    await draft.close();
  }
  await rename(`${file}.new`, file);
  const entry = await open(folder, 'r');
  try {
    await entry.sync();
  } finally {
    await entry.close();
  }
}
