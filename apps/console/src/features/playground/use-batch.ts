import { useCallback, useEffect, useRef, useState } from 'react';
import type { BatchResult, BatchTask } from './run-batch.ts';

type Answer = { ok: true; result: BatchResult } | { ok: false; message: string };

export interface Batch {
  readonly isRunning: boolean;
  readonly result: BatchResult | undefined;
  readonly fault: string | undefined;
  run(task: BatchTask): void;
  stop(): void;
}

/** Runs a batch in a worker of its own; a new run, and leaving the page, ends the one before. */
export function useBatch(): Batch {
  const worker = useRef<Worker | null>(null);
  const [state, setState] = useState<Pick<Batch, 'isRunning' | 'result' | 'fault'>>({
    isRunning: false,
    result: undefined,
    fault: undefined,
  });
  const end = useCallback(() => {
    worker.current?.terminate();
    worker.current = null;
  }, []);
  useEffect(() => end, [end]);
  const run = useCallback(
    (task: BatchTask) => {
      end();
      const next = new Worker(new URL('./batch.worker.ts', import.meta.url), { type: 'module' });
      worker.current = next;
      setState({ isRunning: true, result: undefined, fault: undefined });
      const finish = (result: BatchResult | undefined, fault: string | undefined) => {
        if (worker.current !== next) return;
        end();
        setState({ isRunning: false, result, fault });
      };
      next.onmessage = ({ data }: MessageEvent<Answer>) =>
        data.ok ? finish(data.result, undefined) : finish(undefined, data.message);
      next.onerror = (event) => finish(undefined, event.message || 'worker');
      next.postMessage(task);
    },
    [end],
  );
  const stop = useCallback(() => {
    end();
    setState({ isRunning: false, result: undefined, fault: undefined });
  }, [end]);
  return { ...state, run, stop };
}
