import type { GreyClient } from './api/grey-client.ts';
import type { ExitName } from './exit-codes.ts';
import type { Session } from './session.ts';
import type { Paint } from './terminal/paint.ts';
import type { Terminal } from './terminal/terminal.ts';

export interface OptionSpec {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  readonly multiple?: boolean;
  /** What stands for the value in the help; of a string. */
  readonly value?: string;
  readonly help: string;
}

export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

/** What was given for the options, by name. */
export type OptionValues = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;

export interface CommandContext {
  readonly terminal: Terminal;
  readonly paint: Paint;
  readonly session: Session;
  /** The server that is logged in to. @throws CliError USAGE without a URL */
  client(): GreyClient;
  readonly options: OptionValues;
  readonly positionals: readonly string[];
  readonly isJson: boolean;
  /** Shows the result: as one JSON document with `--json`, else as text. */
  show(result: unknown, text: () => string): void;
}

export interface Command {
  /** As it is typed: `audit verify`. */
  readonly name: string;
  readonly summary: string;
  /** What comes after the name: `TENANT SERVICE`. */
  readonly usage: string;
  /** How many positionals there may be. */
  readonly positionals: readonly [least: number, most: number];
  readonly options: OptionSpecs;
  /** Paragraphs below the options. */
  readonly notes?: readonly string[];
  readonly examples: readonly string[];
  run(context: CommandContext): Promise<ExitName>;
}

/** A text that was given, or undefined. */
export function textOf(options: OptionValues, name: string): string | undefined {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
}

/** What `--override` says. */
export function overrideOf(options: OptionValues): { readonly reason: string } | undefined {
  const reason = textOf(options, 'override');
  return reason === undefined ? undefined : { reason };
}

/** Every text given for an option that may be repeated. */
export function textsOf(options: OptionValues, name: string): string[] {
  const value = options[name];
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}
