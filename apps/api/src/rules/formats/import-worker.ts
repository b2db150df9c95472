import { parentPort, workerData } from 'node:worker_threads';
import { ApiError, type ProblemExtra } from '../../infra/http/api-error.ts';
import type { Imported, ImportRequest } from './imported.ts';
import { type ImportFormat, readImport } from './read-import.ts';

export interface ImportJob {
  readonly format: ImportFormat;
  readonly request: ImportRequest;
}

/** `fault`: the text is at fault, and where. Anything else ends the thread with an error. */
export type ImportAnswer = { readonly imported: Imported } | { readonly fault: ProblemExtra };

parentPort?.postMessage(answerOf(workerData as ImportJob));

function answerOf({ format, request }: ImportJob): ImportAnswer {
  try {
    return { imported: readImport(format, request) };
  } catch (error) {
    if (error instanceof ApiError) return { fault: error.extra };
    throw error;
  }
}
