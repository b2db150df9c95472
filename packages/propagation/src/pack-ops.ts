import type { ProjectionOp } from './projection-ops.ts';

/** One call of a script: the keys it declares, and the commands as its arguments. */
export interface OpsChunk {
  readonly keys: readonly string[];
  readonly args: readonly string[];
}

/** A script holds Redis up while it runs: this many arguments take about a millisecond. */
const MOST_ARGS_OF_CHUNK = 8_000;

/**
 * Packs commands for `applyOpsLua`, in chunks that stay short.
 * @param firstKey number of the first key that the script may use, from 1
 */
export function packOps(ops: readonly ProjectionOp[], firstKey: number, mostArgs = MOST_ARGS_OF_CHUNK): OpsChunk[] {
  const chunks: OpsChunk[] = [];
  let numbers = new Map<string, number>();
  let args: string[] = [];
  const close = () => {
    if (args.length > 0) chunks.push({ keys: [...numbers.keys()], args });
    numbers = new Map();
    args = [];
  };
  for (const op of ops) {
    if (args.length > 0 && args.length + op.args.length > mostArgs) close();
    let number = numbers.get(op.key);
    if (number === undefined) {
      number = firstKey + numbers.size;
      numbers.set(op.key, number);
    }
    args.push(op.command, String(number), String(op.args.length), ...op.args);
  }
  close();
  return chunks;
}
