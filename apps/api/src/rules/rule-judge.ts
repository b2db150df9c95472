import { Worker } from 'node:worker_threads';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { RulesContext } from './find-findings.ts';
import { isSmall, type JudgedRules, judgeRules, type RuleSource } from './judge-rules.ts';
import type { JudgeAnswer, JudgeJob } from './judge-worker.ts';

/** A thread that nobody needs is memory that routing could have. */
const IDLE_MS = 60_000;
/** Beside this file, compiled or not. */
const PROGRAM = new URL(import.meta.url.endsWith('.ts') ? './judge-worker.ts' : './judge-worker.js', import.meta.url);

interface Waiting {
  readonly resolve: (judged: JudgedRules) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Judges rule sets: small ones at once, large ones on a thread of their own, for this process answers /route meanwhile.
 */
@Injectable()
export class RuleJudge implements OnApplicationShutdown {
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;
  #count = 0;

  async judge(source: RuleSource, context: RulesContext): Promise<JudgedRules> {
    if (isSmall(source)) return judgeRules(source, context);
    clearTimeout(this.#idle);
    this.#worker ??= this.#start();
    const job: JudgeJob = { id: ++this.#count, source, context };
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
    worker.on('message', (answer: JudgeAnswer) => this.#take(answer));
    worker.on('error', (error) => this.#lose(worker, error));
    worker.on('exit', () => this.#lose(worker, new Error('the thread that judges rules has ended')));
    return worker;
  }

  #take(answer: JudgeAnswer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if ('error' in answer) waiting?.reject(new Error(answer.error));
    else waiting?.resolve(answer.judged);
    if (this.#waiting.size > 0) return;
    this.#idle = setTimeout(() => void this.#stop(), IDLE_MS).unref();
  }

  async #stop(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  /** Whoever waits is told; the next job starts another thread. */
  #lose(worker: Worker, error: unknown): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    for (const { reject } of this.#waiting.values()) reject(error instanceof Error ? error : new Error(String(error)));
    this.#waiting.clear();
  }
}
