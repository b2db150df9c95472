/** Writes docs/reference/cli.md from the table of commands. */
import { writeFileSync } from 'node:fs';
import type { OptionSpecs } from './command.ts';
import { commands } from './commands.ts';
import { globalOptions } from './global-options.ts';
import { environment, exitRows, optionRows } from './write-help.ts';

const file = new URL('../../../docs/reference/cli.md', import.meta.url);

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`;
  return `${line(head)}${line(head.map(() => '---'))}${rows.map(line).join('')}\n`;
}

function optionTable(options: OptionSpecs): string {
  return table(
    ['option', 'meaning'],
    optionRows(options).map(([option, meaning]) => [`\`${option}\``, meaning as string]),
  );
}

const sections = commands.map(({ name, usage, summary, options, notes = [], examples }) =>
  [
    `## grey ${name}\n\n${summary}.\n\n    grey ${`${name} ${usage}`.trimEnd()}\n\n`,
    Object.keys(options).length === 0 ? '' : optionTable(options),
    ...notes.map((note) => `${note}\n\n`),
    `${examples.map((line) => `    ${line}\n`).join('')}\n`,
  ].join(''),
);

writeFileSync(
  file,
  [
    '# The grey command\n\nGenerated from the commands; do not edit. [The guide](../guides/cli.md) shows it at work.\n\n',
    `## Options of every command\n\n${optionTable(globalOptions)}`,
    `## Environment\n\n${table(
      ['variable', 'meaning'],
      environment.map(([name, meaning]) => [`\`${name}\``, meaning]),
    )}`,
    `## Exit status\n\n${table(['status', 'meaning'], exitRows())}`,
    sections.join('').trimEnd(),
    '\n',
  ].join(''),
);
