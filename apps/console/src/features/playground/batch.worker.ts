import { type BatchTask, runBatch } from './run-batch.ts';

/** The page stays responsive while a hundred thousand decisions run here. */
self.onmessage = ({ data }: MessageEvent<BatchTask>) => {
  try {
    self.postMessage({ ok: true, result: runBatch(data, () => performance.now()) });
  } catch (error) {
    self.postMessage({ ok: false, message: error instanceof Error ? error.message : String(error) });
  }
};
