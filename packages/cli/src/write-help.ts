import type { Command, OptionSpecs } from './command.ts';
import { commands } from './commands.ts';
import { exitCodes } from './exit-codes.ts';
import { globalOptions } from './global-options.ts';
import { formatTable } from './terminal/format-table.ts';

/** What `grey --help` says. */
export function writeHelp(): string {
  return [
    "grey: the service router's command line\n\nUsage: grey COMMAND …\n\n",
    formatTable(
      commands.map(({ name, summary }) => [name, summary]),
      '  ',
    ),
    '\nOptions of every command\n',
    optionTable(globalOptions),
    '\nEnvironment\n',
    formatTable(environment, '  '),
    '\nExit status\n',
    formatTable(exitRows(), '  '),
    '\n`grey COMMAND --help` has the options of one, with examples.\n',
  ].join('');
}

/** What `grey COMMAND --help` says. */
export function writeCommandHelp({ name, summary, usage, options, notes = [], examples }: Command): string {
  return [
    `${summary}\n\nUsage: grey ${`${name} ${usage}`.trimEnd()}\n`,
    Object.keys(options).length === 0 ? '' : `\nOptions\n${optionTable(options)}`,
    `\nOptions of every command\n${optionTable(globalOptions)}`,
    ...notes.map((note) => `\n${note}\n`),
    `\nExamples\n${examples.map((line) => `  ${line}\n`).join('')}`,
  ].join('');
}

export const environment: readonly (readonly [string, string])[] = [
  ['GREY_URL', 'the server, unless --url names one'],
  ['GREY_TOKEN', 'session token or API key, instead of the one that `grey login` keeps'],
  ['NO_COLOR', 'no colours, also on a terminal'],
  ['XDG_CONFIG_HOME', 'where grey/credentials.json lies; ~/.config'],
];

/** Status and meaning, as rows. */
export function exitRows(): string[][] {
  return Object.values(exitCodes).map(({ status, meaning }) => [String(status), meaning]);
}

/** Options as they are typed, with what they do. */
export function optionRows(options: OptionSpecs): string[][] {
  return Object.entries(options).map(([name, { short, value, help, multiple }]) => [
    `${short === undefined ? '' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`,
    multiple ? `${help} (may be repeated)` : help,
  ]);
}

function optionTable(options: OptionSpecs): string {
  return formatTable(optionRows(options), '  ');
}
