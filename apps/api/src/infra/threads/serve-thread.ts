import { parentPort } from 'node:worker_threads';
import type { ThreadAnswer, ThreadJob } from './job-thread.ts';

/** The other end of a JobThread: does what is posted, and posts what came of it. To be called once by the thread's program. */
export function serveThread<Job, Result>(work: (job: Job) => Result | Promise<Result>): void {
  parentPort?.on('message', async ({ id, job }: ThreadJob<Job>) => {
    parentPort?.postMessage(await answerOf(id, () => work(job)));
  });
}

async function answerOf<Result>(id: number, work: () => Result | Promise<Result>): Promise<ThreadAnswer<Result>> {
  try {
    return { id, result: await work() };
  } catch (error) {
    return { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
