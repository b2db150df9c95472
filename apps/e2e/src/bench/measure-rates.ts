import { median } from './figure.ts';

/** Runs `count` operations and returns something that depends on all results, so that none can be left out. */
export type Contender = (count: number) => number;

export interface Rates {
  /** per second, median over the rounds */
  readonly rate: Readonly<Record<string, number>>;
  /** rate ÷ rate of the other, taken within each round, median over the rounds */
  ratio(name: string, other: string): number;
}

const ROUNDS = 5;
const BATCH = 20_000;

/**
 * Five rounds in which every contender gets the same time one after the other: a slow moment of the machine then
 * strikes all of them. One round before is not counted.
 */
export function measureRates(contenders: Readonly<Record<string, Contender>>, roundMs = 700): Rates {
  const rounds: Record<string, number>[] = [];
  let consumed = 0;
  for (let round = 0; round <= ROUNDS; round++) {
    const rates: Record<string, number> = {};
    for (const [name, run] of Object.entries(contenders)) {
      const startedAt = performance.now();
      let count = 0;
      let elapsed = 0;
      while (elapsed < roundMs) {
        consumed += run(BATCH);
        count += BATCH;
        elapsed = performance.now() - startedAt;
      }
      rates[name] = (count / elapsed) * 1000;
    }
    if (round > 0) rounds.push(rates);
  }
  if (!(consumed > 0)) throw new Error('the contenders gave no results');
  const rate = Object.fromEntries(Object.keys(contenders).map((name) => [name, median(rounds.map((r) => r[name]!))]));
  return { rate, ratio: (name, other) => median(rounds.map((r) => r[name]! / r[other]!)) };
}
