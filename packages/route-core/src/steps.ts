/** What one kind of change writes and removes; removals are applied first. */
export interface Changes<Record, Key> {
  readonly upsert?: Iterable<Record> | undefined;
  readonly remove?: Iterable<Key> | undefined;
}

/** Records written between two pauses: about a millisecond. */
const STEP_SIZE = 2048;

/** Runs work that is cut into steps to its end without a pause. */
export function runSteps<T>(steps: Generator<void, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** Hands changes on in portions, with a pause after each. The lists are read once. */
export function* writeInSteps<Record, Key>(
  { remove, upsert }: Changes<Record, Key>,
  write: (some: Changes<Record, Key>) => void,
): Generator<void, void> {
  if (remove !== undefined) yield* inPortions(remove, (some) => write({ remove: some }));
  if (upsert !== undefined) yield* inPortions(upsert, (some) => write({ upsert: some }));
}

function* inPortions<T>(all: Iterable<T>, write: (some: Iterable<T>) => void): Generator<void, void> {
  const iterator = all[Symbol.iterator]();
  let next = iterator.next();
  function* portion(): Generator<T, void> {
    for (let count = 0; next.done !== true && count < STEP_SIZE; count++) {
      yield next.value;
      next = iterator.next();
    }
  }
  while (next.done !== true) {
    write(portion());
    yield;
  }
}
