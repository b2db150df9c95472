import { createDecisionEnv, type DecisionEnv } from '../decision-env.ts';

/** An environment in which a request meets the same clock and the same draws, however often and wherever it is asked. */
export interface ReplayEnv {
  readonly env: DecisionEnv;
  /** The next decisions are about the request at `index`, at `at` milliseconds since 1970. */
  begin(index: number, at: number): void;
}

/** @param seed 0 to 2³² - 1 */
export function createReplayEnv(seed: number): ReplayEnv {
  let state = 0;
  let now = 0;
  const env = createDecisionEnv({
    now: () => now,
    random: () => {
      state = (state + 0x9e3779b9) | 0;
      return spread(state) / 0x1_0000_0000;
    },
  });
  return {
    env,
    begin: (index, at) => {
      state = spread(seed ^ spread(index));
      now = at;
    },
  };
}

/** Every bit of the result depends on every bit of the number: MurmurHash3's finalizer, here of a counter (as in SplitMix). */
function spread(value: number): number {
  let x = value | 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}
