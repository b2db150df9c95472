import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { JobThread } from '../infra/threads/job-thread.ts';
import { isSmall, type ReadUpload, readUpload, type Upload } from './read-upload.ts';

/** Beside this file, compiled or not. */
const PROGRAM = new URL(import.meta.url.endsWith('.ts') ? './upload-worker.ts' : './upload-worker.js', import.meta.url);

/**
 * Reads uploaded migrations: small ones at once, large ones on a thread of their own, for eight megabytes of SQL take
 * seconds and this process answers /route meanwhile.
 */
@Injectable()
export class UploadReader implements OnApplicationShutdown {
  readonly #thread = new JobThread<Upload, ReadUpload>(PROGRAM, 'the thread that reads migrations has ended');

  async read(upload: Upload): Promise<ReadUpload> {
    return isSmall(upload) ? readUpload(upload) : this.#thread.run(upload);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#thread.stop();
  }
}
