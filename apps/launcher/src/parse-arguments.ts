import { parseArgs } from 'node:util';

const MOST_REPLICAS = 8;

/** What a person can ask of `npm start` on the command line. */
export interface StartOptions {
  /** Whether the demo fleet is started beside an embedded database. */
  readonly isDemoWanted: boolean;
  /** How many processes of the API run side by side, 1–8. */
  readonly replicaCount: number;
}

/**
 * Reads `--no-demo` and `--replicas 3` (or `--replicas=3`).
 *
 * @param args without the names of program and script
 * @throws Error in one sentence when there is anything else, or no number of replicas that makes sense
 */
export function parseArguments(args: readonly string[]): StartOptions {
  const { 'no-demo': isDemoUnwanted = false, replicas = '1' } = read(args);
  if (!/^[1-9]\d*$/.test(replicas) || Number(replicas) > MOST_REPLICAS) {
    throw new Error(`--replicas takes a whole number from 1 to ${MOST_REPLICAS}: npm start -- --replicas 3`);
  }
  return { isDemoWanted: !isDemoUnwanted, replicaCount: Number(replicas) };
}

function read(args: readonly string[]) {
  try {
    const options = { 'no-demo': { type: 'boolean' }, replicas: { type: 'string' } } as const;
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    const reason = (error as Error).message.split(/\. |\n/)[0];
    throw new Error(`${reason}; npm start takes --no-demo and --replicas 1…${MOST_REPLICAS}, after a lone --.`);
  }
}
