import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Figure, median } from './figure.ts';
import type { LoadReport } from './http-load.ts';
import { printFigures } from './print-figures.ts';

/**
 * POST /route against a bare node:http server and against the same controller inside Nest, one process each, on one core
 * where taskset is at hand, the load on another. Rates are requests per second of CPU time that the server used: what one
 * core would do when it had nothing else to do, whatever else the machine does meanwhile.
 */
const run = promisify(execFile);
const canPin = availableParallelism() > 1 && spawnSync('taskset', ['--version']).status === 0;
const pinned = (core: number, args: string[]): [string, string[]] =>
  canPin ? ['taskset', ['-c', String(core), process.execPath, ...args]] : [process.execPath, args];
const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

interface Sample {
  readonly perCpuSecond: number;
  readonly perSecond: number;
  readonly p99Ms: number;
  readonly answerSize: number;
}

class BenchServer {
  readonly #child: ChildProcess;
  #port = 0;

  constructor(variant: string, answerSize = 0) {
    const [command, args] = pinned(0, [path('http-server.ts'), variant, String(answerSize)]);
    this.#child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  }

  async start(): Promise<this> {
    const ended = once(this.#child, 'exit').then(() =>
      Promise.reject(new Error('the server ended before it listened')),
    );
    const [message] = await Promise.race([once(this.#child, 'message'), ended]);
    ended.catch(() => {});
    this.#port = (message as { port: number }).port;
    return this;
  }

  async measure(milliseconds: number): Promise<Sample> {
    const before = await this.#cpuSeconds();
    const [command, args] = pinned(1, [path('http-load.ts'), String(this.#port), String(milliseconds)]);
    const { stdout } = await run(command, args);
    const { count, seconds, p99Ms, answerSize } = JSON.parse(stdout) as LoadReport;
    const used = (await this.#cpuSeconds()) - before;
    return { perCpuSecond: count / used, perSecond: count / seconds, p99Ms, answerSize };
  }

  stop(): void {
    this.#child.kill();
  }

  async #cpuSeconds(): Promise<number> {
    const answer = once(this.#child, 'message');
    this.#child.send('cpu');
    const [message] = await answer;
    return (message as { cpuMicroseconds: number }).cpuMicroseconds / 1e6;
  }
}

const route = await new BenchServer('route').start();
const { answerSize } = await route.measure(2000);
const nest = await new BenchServer('nest').start();
const bare = await new BenchServer('bare', answerSize).start();
const rounds: { route: Sample; bare: Sample; nest: Sample }[] = [];
try {
  for (let round = 0; round <= 5; round++) {
    const samples = {
      route: await route.measure(2000),
      bare: await bare.measure(2000),
      nest: await nest.measure(2000),
    };
    // The first round warms up.
    if (round > 0) rounds.push(samples);
  }
} finally {
  for (const server of [route, bare, nest]) server.stop();
}

const of = (pick: (round: (typeof rounds)[number]) => number): number => median(rounds.map(pick));
const unit = '/s CPU';
const figures: Figure[] = [
  {
    name: 'POST /route against bare node:http',
    value: of((r) => r.route.perCpuSecond),
    unit,
    ratio: of((r) => r.route.perCpuSecond / r.bare.perCpuSecond),
    budget: { of: 'ratio', bound: 'at least', limit: 0.85 },
  },
  {
    name: 'POST /route against the controller in Nest',
    value: of((r) => r.route.perCpuSecond),
    unit,
    ratio: of((r) => r.route.perCpuSecond / r.nest.perCpuSecond),
    budget: { of: 'ratio', bound: 'at least', limit: 3 },
  },
  { name: 'bare node:http', value: of((r) => r.bare.perCpuSecond), unit, ratio: null, budget: null },
  { name: 'the controller in Nest', value: of((r) => r.nest.perCpuSecond), unit, ratio: null, budget: null },
  {
    name: 'POST /route as observed, 32 connections',
    value: of((r) => r.route.perSecond),
    unit: '/s',
    ratio: of((r) => r.route.perSecond / r.bare.perSecond),
    budget: null,
  },
  {
    name: 'POST /route, p99 (ratio: to bare node:http)',
    value: of((r) => r.route.p99Ms),
    unit: 'ms',
    ratio: of((r) => r.route.p99Ms / r.bare.p99Ms),
    budget: null,
  },
];
printFigures(figures);
