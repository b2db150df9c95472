import type { ExitName } from './exit-codes.ts';

/** Ends the command with an exit status and a sentence for the operator. */
export class CliError extends Error {
  readonly exit: ExitName;
  /** Lines under the sentence. */
  readonly lines: readonly string[];
  /** What `--json` shows beside the sentence. */
  readonly data: Readonly<Record<string, unknown>>;

  constructor(
    exit: ExitName,
    message: string,
    { lines = [], data = {} }: { lines?: readonly string[]; data?: Readonly<Record<string, unknown>> } = {},
  ) {
    super(message);
    this.exit = exit;
    this.lines = lines;
    this.data = data;
  }
}
