import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { UpgradeError } from '../databases/upgrade-error.ts';
import { type BackupHeader, readHeader } from './backup-header.ts';
import { ScriptReader } from './script-reader.ts';

/**
 * Makes sure that a file is what was written.
 * @throws UpgradeError BACKUP_UNUSABLE
 */
export async function verifyBackup(file: string, checksum: string): Promise<void> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  } catch (error) {
    const isGone = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const message = isGone
      ? 'The file of the backup is not there'
      : `The file of the backup cannot be read: ${(error as Error).message}`;
    throw new UpgradeError('BACKUP_UNUSABLE', message, { cause: error });
  }
  if (hash.digest('hex') !== checksum)
    throw new UpgradeError('BACKUP_UNUSABLE', 'The file of the backup is not what was written: its checksum differs');
}

/** What a backup says of itself, and its script; `close` ends the reading. */
export interface OpenedBackup {
  readonly header: BackupHeader;
  readonly script: ScriptReader;
  close(): void;
}

/** @throws UpgradeError BACKUP_UNUSABLE */
export async function openBackup(file: string): Promise<OpenedBackup> {
  const source = createReadStream(file);
  const text = source.pipe(createGunzip());
  source.on('error', (error) => text.destroy(error));
  const close = () => {
    source.destroy();
    text.destroy();
  };
  try {
    const first = new ScriptReader(text, 'postgres');
    const header = readHeader((await first.line()) ?? '');
    return { header, script: first.as(header.engine), close };
  } catch (error) {
    close();
    if (error instanceof UpgradeError) throw error;
    throw new UpgradeError('BACKUP_UNUSABLE', `The backup cannot be read: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
