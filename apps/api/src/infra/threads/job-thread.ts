import { Worker } from 'node:worker_threads';

/** A thread that nobody needs is memory that routing could have. */
const IDLE_MS = 60_000;

/** What is posted to the thread. */
export interface ThreadJob<Job> {
  readonly id: number;
  readonly job: Job;
}

/** What the thread posts back. */
export type ThreadAnswer<Result> =
  | { readonly id: number; readonly result: Result }
  | { readonly id: number; readonly error: string };

interface Waiting<Result> {
  readonly resolve: (result: Result) => void;
  readonly reject: (error: Error) => void;
}

/** A thread for jobs that would keep this process from answering /route; it begins with the first and ends when idle for a minute. */
export class JobThread<Job, Result> {
  readonly #program: URL;
  readonly #ended: string;
  readonly #waiting = new Map<number, Waiting<Result>>();
  #worker: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;
  #count = 0;

  /** @param program takes {@link ThreadJob}s and posts {@link ThreadAnswer}s @param ended what whoever waits is told when the thread ends */
  constructor(program: URL, ended: string) {
    this.#program = program;
    this.#ended = ended;
  }

  /** @throws Error what the job threw, or that the thread ended */
  run(job: Job): Promise<Result> {
    clearTimeout(this.#idle);
    this.#worker ??= this.#start();
    const posted: ThreadJob<Job> = { id: ++this.#count, job };
    return new Promise((resolve, reject) => {
      this.#waiting.set(posted.id, { resolve, reject });
      this.#worker?.postMessage(posted);
    });
  }

  async stop(): Promise<void> {
    clearTimeout(this.#idle);
    const worker = this.#worker;
    if (worker === undefined) return;
    this.#lose(worker, new Error(this.#ended));
    await worker.terminate();
  }

  #start(): Worker {
    const worker = new Worker(this.#program);
    worker.unref();
    worker.on('message', (answer: ThreadAnswer<Result>) => this.#take(answer));
    worker.on('error', (error) => this.#lose(worker, error));
    worker.on('exit', () => this.#lose(worker, new Error(this.#ended)));
    return worker;
  }

  #take(answer: ThreadAnswer<Result>): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if ('error' in answer) waiting?.reject(new Error(answer.error));
    else waiting?.resolve(answer.result);
    if (this.#waiting.size > 0) return;
    this.#idle = setTimeout(() => void this.stop(), IDLE_MS).unref();
  }

  /** Whoever waits is told; the next job starts another thread. */
  #lose(worker: Worker, error: unknown): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    for (const { reject } of this.#waiting.values()) reject(error instanceof Error ? error : new Error(String(error)));
    this.#waiting.clear();
  }
}
