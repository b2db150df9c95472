import { homedir } from 'node:os';
import { parseArgs } from 'node:util';
import { GreyClient } from './api/grey-client.ts';
import { CliError } from './cli-error.ts';
import { type Command, type OptionSpecs, type OptionValues, textOf } from './command.ts';
import { commands } from './commands.ts';
import { credentialsFile } from './credentials.ts';
import { exitCodes } from './exit-codes.ts';
import { globalOptions } from './global-options.ts';
import { Session } from './session.ts';
import { paintOf, printable } from './terminal/paint.ts';
import type { Terminal } from './terminal/terminal.ts';
import { VERSION } from './version.ts';
import { writeCommandHelp, writeHelp } from './write-help.ts';

/** What surrounds a run. */
export interface Surroundings {
  readonly terminal: Terminal;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Home folder; defaults to the user's. */
  readonly home?: string;
}

/**
 * Runs one command.
 *
 * @param args what was typed after `grey`
 * @returns exit status, see {@link exitCodes}
 */
export async function runCli(
  args: readonly string[],
  { terminal, env, home = homedir() }: Surroundings,
): Promise<number> {
  const isJson = args.includes('--json');
  try {
    if (args.length === 0 || ['help', '--help', '-h'].includes(args[0] as string)) return help(args.slice(1), terminal);
    if (args[0] === '--version') return done(terminal, `${VERSION}\n`);
    const { command, rest } = findCommand(args);
    const { values, positionals } = parse(command, rest);
    if (values.help === true) return done(terminal, writeCommandHelp(command));
    assertPositionals(command, positionals);
    const warn = (text: string) => terminal.err(printableLines(text));
    const session = new Session({ env, file: credentialsFile(env, home), url: textOf(values, 'url'), warn });
    const timeoutMs = readTimeout(values);
    const exit = await command.run({
      terminal,
      paint: paintOf(terminal),
      session,
      client: () => new GreyClient(session.url, session.token, timeoutMs, warn),
      options: values,
      positionals,
      isJson,
      show: (result, text) => terminal.out(isJson ? `${JSON.stringify(result, null, 2)}\n` : text()),
    });
    return exitCodes[exit].status;
  } catch (error) {
    return fail(error, terminal, isJson);
  }
}

function help(args: readonly string[], terminal: Terminal): number {
  return done(terminal, args.length === 0 ? writeHelp() : writeCommandHelp(findCommand(args).command));
}

function done(terminal: Terminal, text: string): number {
  terminal.out(text);
  return exitCodes.DONE.status;
}

function findCommand(args: readonly string[]): { command: Command; rest: readonly string[] } {
  for (const length of [2, 1]) {
    const command = commands.find(({ name }) => name === args.slice(0, length).join(' '));
    if (command !== undefined) return { command, rest: args.slice(length) };
  }
  throw new CliError('USAGE', `There is no command "${args[0]}". See: grey --help`);
}

function parse(command: Command, args: readonly string[]): { values: OptionValues; positionals: readonly string[] } {
  const specs: OptionSpecs = { ...globalOptions, ...command.options };
  const options = Object.fromEntries(
    Object.entries(specs).map(([name, { type, short, multiple = false }]) => [
      name,
      { type, multiple, ...(short === undefined ? {} : { short }) },
    ]),
  );
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new CliError('USAGE', `${(error as Error).message} See: grey ${command.name} --help`);
  }
}

function assertPositionals({ name, usage, positionals: [least, most] }: Command, given: readonly string[]): void {
  if (given.length >= least && given.length <= most) return;
  throw new CliError('USAGE', `Usage: grey ${name} ${usage}`.trimEnd());
}

function readTimeout(values: OptionValues): number {
  const seconds = Number(textOf(values, 'timeout') ?? 15);
  if (seconds >= 1 && seconds <= 600) return seconds * 1000;
  throw new CliError('USAGE', '--timeout takes seconds, from 1 to 600.');
}

function fail(error: unknown, terminal: Terminal, isJson: boolean): number {
  const known = error instanceof CliError ? error : new CliError('FAILED', stackOf(error));
  const { status } = exitCodes[known.exit];
  if (isJson) {
    const { message, exit, data } = known;
    terminal.out(`${JSON.stringify({ error: { exit, status, message, ...data } }, null, 2)}\n`);
    return status;
  }
  const paint = paintOf(terminal);
  terminal.err(`${paint.bad('grey:')} ${known.message}\n`);
  for (const line of known.lines) terminal.err(`  ${line}\n`);
  return status;
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}
