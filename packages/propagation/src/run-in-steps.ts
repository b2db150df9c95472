import { setImmediate } from 'node:timers/promises';

/** What a router that answers requests may be kept from them, in milliseconds. */
const SLICE_MS = 5;

/**
 * Runs work that is cut into steps and lets others have their turn after every `sliceMs`, however long it takes as a whole.
 * The pause is as long as the longest step beyond that.
 */
export async function runInSteps<T>(steps: Generator<void, T>, sliceMs = SLICE_MS): Promise<T> {
  for (;;) {
    const until = performance.now() + sliceMs;
    do {
      const step = steps.next();
      if (step.done === true) return step.value;
    } while (performance.now() < until);
    await setImmediate();
  }
}
