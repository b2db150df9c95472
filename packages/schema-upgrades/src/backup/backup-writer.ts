import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

export interface WrittenBytes {
  /** SHA-256 of the file, in hex. */
  readonly checksum: string;
  readonly byteCount: number;
}

/**
 * Writes a compressed file, whole or not at all: under another name until it is on the disk. Only its owner can read it. As
 * much is held in memory as the streams between hold.
 */
export class BackupWriter {
  readonly #file: string;
  readonly #handle: FileHandle;
  readonly #zip = createGzip({ level: 6 });
  readonly #hash = createHash('sha256');
  readonly #piping: Promise<void>;
  #byteCount = 0;
  #failure: Error | undefined;

  private constructor(file: string, handle: FileHandle) {
    this.#file = file;
    this.#handle = handle;
    const disk = new Writable({
      write: (chunk: Buffer, _, done) => {
        this.#put(chunk).then(() => done(), done);
      },
    });
    this.#piping = pipeline(this.#zip, disk).catch((error: Error) => {
      this.#failure = error;
    });
  }

  /** @param openFile of the file system @throws Error of the file system */
  static async open(file: string, openFile: typeof open = open): Promise<BackupWriter> {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    return new BackupWriter(file, await openFile(draftOf(file), 'wx', 0o600));
  }

  /** Waits while the disk is slower than what comes. @throws Error of the file system */
  async write(chunk: Buffer | string): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#zip.write(chunk)) return;
    // A pipe that broke never drains.
    await Promise.race([once(this.#zip, 'drain').catch(() => undefined), this.#piping]);
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Puts the file in its place. @throws Error of the file system */
  async finish(): Promise<WrittenBytes> {
    this.#zip.end();
    await this.#piping;
    if (this.#failure !== undefined) throw this.#failure;
    await this.#handle.sync();
    await this.#handle.close();
    await rename(draftOf(this.#file), this.#file);
    const folder = await open(path.dirname(this.#file), 'r');
    await folder.sync().finally(() => folder.close());
    return { checksum: this.#hash.digest('hex'), byteCount: this.#byteCount };
  }

  /** Leaves nothing. Never throws. */
  async discard(): Promise<void> {
    this.#zip.destroy();
    await this.#piping;
    await this.#handle.close().catch(() => undefined);
    await rm(draftOf(this.#file), { force: true }).catch(() => undefined);
    await rm(this.#file, { force: true }).catch(() => undefined);
  }

  async #put(chunk: Buffer): Promise<void> {
    for (let at = 0; at < chunk.length; ) at += (await this.#handle.write(chunk, at)).bytesWritten;
    this.#hash.update(chunk);
    this.#byteCount += chunk.length;
  }
}

/** What it is called while it is written. */
function draftOf(file: string): string {
  return `${file}.part`;
}
