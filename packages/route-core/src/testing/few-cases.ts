import * as real from '../../node_modules/fast-check/lib/fast-check.js';

/** fast-check for the mutation run: the same properties, with so few cases that a thousand mutants can be tried. */
const CASES = Number(process.env.MUTATION_CASES ?? 15);
const SEED = 20_261_121;

type Parameters = { numRuns?: number };

/** As fast-check's, with at most {@link CASES} cases from one seed; that one fails is enough, it need not be the simplest. */
function assert(property: real.IRawProperty<unknown>, parameters: Parameters = {}): unknown {
  const numRuns = Math.min(parameters.numRuns ?? CASES, CASES);
  return real.assert(property as never, { ...parameters, numRuns, seed: SEED, endOnFailure: true } as never);
}

export * from '../../node_modules/fast-check/lib/fast-check.js';
export { assert };

const few: object = { ...real, assert };
export default few;
