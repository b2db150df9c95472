import { type Figure, median } from './figure.ts';
import type { LoadOrder, LoadReport } from './http-load.ts';
import { PinnedScript } from './pinned-script.ts';
import { printFigures } from './print-figures.ts';

/**
 * POST /route against a bare node:http server and against the same controller inside Nest, one process each, on one core
 * where taskset is at hand, the load on another. Rates are requests per second of CPU time that the server used: what one
 * core would do when it had nothing else to do. In a round the servers take many short turns, because what else the machine
 * does changes within a second, and a ratio is only as good as its two sides are measured under the same conditions. Each
 * round has processes of its own, because two of the same program differ by their layout in memory.
 */
const ROUNDS = 7;
const TURNS = 8;
const TURN_MS = 300;
const WARM_UP_MS = 1000;

interface Sample {
  readonly perCpuSecond: number;
  readonly perSecond: number;
  readonly p99Ms: number;
}

/** One variant of the server and what its turns of the current round came to. */
class Contestant {
  readonly #server: PinnedScript;
  #port = 0;
  #cpuSeconds = 0;
  #seconds = 0;
  #latenciesMs: number[] = [];

  constructor(variant: string, answerSize = 0) {
    this.#server = new PinnedScript(0, 'http-server.ts', variant, String(answerSize));
  }

  async start(): Promise<this> {
    this.#port = (await this.#server.receive<{ port: number }>()).port;
    return this;
  }

  /** @returns bytes of an answer */
  async takeTurn(load: PinnedScript, milliseconds: number): Promise<number> {
    const before = await this.#cpuMicroseconds();
    const { seconds, latenciesMs, answerSize } = await load.ask<LoadOrder, LoadReport>({
      port: this.#port,
      milliseconds,
    });
    this.#cpuSeconds += ((await this.#cpuMicroseconds()) - before) / 1e6;
    this.#seconds += seconds;
    for (const latency of latenciesMs) this.#latenciesMs.push(latency);
    return answerSize;
  }

  /** Since the start or the last sample. */
  takeSample(): Sample {
    const latencies = this.#latenciesMs.sort((x, y) => x - y);
    const count = latencies.length;
    const sample = {
      perCpuSecond: count / this.#cpuSeconds,
      perSecond: count / this.#seconds,
      p99Ms: latencies[Math.floor(count * 0.99)]!,
    };
    this.#cpuSeconds = 0;
    this.#seconds = 0;
    this.#latenciesMs = [];
    return sample;
  }

  stop(): void {
    this.#server.stop();
  }

  async #cpuMicroseconds(): Promise<number> {
    return (await this.#server.ask<string, { cpuMicroseconds: number }>('cpu')).cpuMicroseconds;
  }
}

interface Round {
  readonly route: Sample;
  readonly bare: Sample;
  readonly nest: Sample;
}

async function runRound(): Promise<Round> {
  const load = new PinnedScript(1, 'http-load.ts');
  const route = new Contestant('route');
  const nest = new Contestant('nest');
  let bare: Contestant | undefined;
  try {
    await Promise.all([route.start(), nest.start()]);
    bare = await new Contestant('bare', await route.takeTurn(load, WARM_UP_MS)).start();
    await bare.takeTurn(load, WARM_UP_MS);
    await nest.takeTurn(load, WARM_UP_MS);
    for (const contestant of [route, bare, nest]) contestant.takeSample();
    for (let turn = 0; turn < TURNS; turn++) {
      for (const contestant of [route, bare, nest]) await contestant.takeTurn(load, TURN_MS);
    }
    return { route: route.takeSample(), bare: bare.takeSample(), nest: nest.takeSample() };
  } finally {
    for (const process of [load, route, bare, nest]) process?.stop();
  }
}

const rounds: Round[] = [];
while (rounds.length < ROUNDS) rounds.push(await runRound());

const of = (pick: (round: Round) => number): number => median(rounds.map(pick));
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
