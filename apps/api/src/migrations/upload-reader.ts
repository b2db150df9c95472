import { Worker } from 'node:worker_threads';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { isSmall, type ReadUpload, readUpload, type Upload } from './read-upload.ts';
import type { ReadAnswer, ReadJob } from './upload-worker.ts';

/** A thread that nobody needs is memory that routing could have. */
const IDLE_MS = 60_000;
const ENDED = 'the thread that reads migrations has ended';
/** Beside this file, compiled or not. */
const PROGRAM = new URL(import.meta.url.endsWith('.ts') ? './upload-worker.ts' : './upload-worker.js', import.meta.url);

interface Waiting {
  readonly resolve: (read: ReadUpload) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Reads uploaded migrations: small ones at once, large ones on a thread of their own, for eight megabytes of SQL take
 * seconds and this process answers /route meanwhile.
 */
@Injectable()
export class UploadReader implements OnApplicationShutdown {
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;
  #count = 0;

  async read(upload: Upload): Promise<ReadUpload> {
    if (isSmall(upload)) return readUpload(upload);
    clearTimeout(this.#idle);
    this.#worker ??= this.#start();
    const job: ReadJob = { id: ++this.#count, upload };
    return new Promise((resolve, reject) => {
      this.#waiting.set(job.id, { resolve, reject });
      this.#worker?.postMessage(job);
    });
  }

  async onApplicationShutdown(): Promise<void> {
    clearTimeout(this.#idle);
    await this.#stop();
  }

  #start(): Worker {
    const worker = new Worker(PROGRAM);
    worker.unref();
    worker.on('message', (answer: ReadAnswer) => this.#take(answer));
    worker.on('error', (error) => this.#lose(worker, error));
    worker.on('exit', () => this.#lose(worker, new Error(ENDED)));
    return worker;
  }

  #take(answer: ReadAnswer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if ('error' in answer) waiting?.reject(new Error(answer.error));
    else waiting?.resolve(answer.read);
    if (this.#waiting.size > 0) return;
    this.#idle = setTimeout(() => void this.#stop(), IDLE_MS).unref();
  }

  async #stop(): Promise<void> {
    const worker = this.#worker;
    if (worker === undefined) return;
    this.#lose(worker, new Error(ENDED));
    await worker.terminate();
  }

  /** Whoever waits is told; the next upload starts another thread. */
  #lose(worker: Worker, error: unknown): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    for (const { reject } of this.#waiting.values()) reject(error instanceof Error ? error : new Error(String(error)));
    this.#waiting.clear();
  }
}
