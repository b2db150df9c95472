import { Worker } from 'node:worker_threads';
import { ApiError } from '../../infra/http/api-error.ts';
import { importFault } from './import-fault.ts';
import type { ImportAnswer, ImportJob } from './import-worker.ts';
import type { Imported, ImportRequest } from './imported.ts';
import { type ImportFormat, readImport } from './read-import.ts';

/** Up to here a text is read within some ten milliseconds, whatever stands in it. */
const SHORT = 8_192;
const PATIENCE_MS = 10_000;
const MEMORY_MB = 256;
/** Beside this file, compiled or not. */
const PROGRAM = new URL(import.meta.url.endsWith('.ts') ? './import-worker.ts' : './import-worker.js', import.meta.url);

/**
 * Reads a foreign text; a long one on a thread that is given up when it takes too long or too much memory, for this process
 * answers /route meanwhile.
 *
 * @throws ApiError IMPORT_INVALID
 */
export async function readImportApart(
  format: ImportFormat,
  request: ImportRequest,
  patienceMs = PATIENCE_MS,
): Promise<Imported> {
  if (request.content.length <= SHORT) return readImport(format, request);
  const workerData: ImportJob = { format, request };
  const worker = new Worker(PROGRAM, { workerData, resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB } });
  let timer: NodeJS.Timeout | undefined;
  try {
    const answer = await new Promise<ImportAnswer>((resolve, reject) => {
      timer = setTimeout(() => reject(importFault('content', 'takes too long to read')), patienceMs);
      worker.once('message', resolve);
      worker.once('error', (error) =>
        reject(isOutOfMemory(error) ? importFault('content', 'is too much to read') : error),
      );
    });
    if ('fault' in answer) throw new ApiError('IMPORT_INVALID', answer.fault);
    return answer.imported;
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}

function isOutOfMemory(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === 'ERR_WORKER_OUT_OF_MEMORY';
}
