import { parentPort } from 'node:worker_threads';
import { type ReadUpload, readUpload, type Upload } from './read-upload.ts';

export interface ReadJob {
  readonly id: number;
  readonly upload: Upload;
}

export type ReadAnswer =
  | { readonly id: number; readonly read: ReadUpload }
  | { readonly id: number; readonly error: string };

parentPort?.on('message', async ({ id, upload }: ReadJob) => {
  parentPort?.postMessage(await answerOf(id, upload));
});

async function answerOf(id: number, upload: Upload): Promise<ReadAnswer> {
  try {
    return { id, read: await readUpload(upload) };
  } catch (error) {
    return { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
