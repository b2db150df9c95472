import { setImmediate } from 'node:timers/promises';

/** Lets others have their turn in between. */
export type Pacer = () => Promise<void>;

/**
 * Makes a pause that only is one when work has gone on for a while: a large set takes a second to judge, and the process
 * that judges it answers requests meanwhile. A single large statement cannot be parted; it takes up to some 100 ms.
 *
 * @param sliceMs how long work goes on without a pause
 */
export function makePacer(sliceMs = 10): Pacer {
  let begun = performance.now();
  return async () => {
    if (performance.now() - begun < sliceMs) return;
    await setImmediate();
    begun = performance.now();
  };
}
