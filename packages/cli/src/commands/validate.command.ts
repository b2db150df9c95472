import type { Command } from '../command.ts';
import { type ConfigFinding, checkConfig } from '../config/check-config.ts';
import { readConfigFile } from '../config/read-config-file.ts';
import { countOf } from '../terminal/format-table.ts';
import { type Paint, printable } from '../terminal/paint.ts';

export const validateCommand: Command = {
  name: 'validate',
  summary: 'Check a file, without a server',
  usage: 'FILE',
  positionals: [1, 1],
  options: { strict: { type: 'boolean', help: 'warnings fail too' } },
  notes: [
    "By the API's schemas and the engine's analysis: unknown versions, conditions that cannot be read, rules that never decide.\nWhat the file does not say is not judged. FILE may be - for standard input. Status 0: sound; 1: not.",
  ],
  examples: ['grey validate grey.yaml', 'grey validate --strict --json grey.yaml'],
  async run(context) {
    const read = readConfigFile(context.positionals[0] as string);
    const findings: readonly ConfigFinding[] =
      'config' in read
        ? checkConfig(read.config)
        : read.faults.map((fault) => ({ severity: 'error', code: 'VALIDATION_FAILED', ...fault }));
    const errorCount = findings.filter(({ severity }) => severity === 'error').length;
    const isSound = errorCount === 0 && (context.options.strict !== true || findings.length === 0);
    context.show({ isSound, findings }, () => {
      const sum = `${countOf(errorCount, 'error')}, ${countOf(findings.length - errorCount, 'warning')}\n`;
      return `${formatFindings(findings, context.paint)}${isSound ? `Sound: ${sum}` : sum}`;
    });
    return isSound ? 'DONE' : 'REFUSED';
  },
};

/** One finding a line. */
export function formatFindings(findings: readonly ConfigFinding[], paint: Paint): string {
  return findings
    .map(({ severity, code, path, message }) => {
      const word = severity === 'error' ? paint.bad('error') : paint.warn('warning');
      return `${word} ${printable(path)}: ${printable(message)} (${code})\n`;
    })
    .join('');
}
