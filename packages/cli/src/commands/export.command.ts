import { CliError } from '../cli-error.ts';
import { type Command, textsOf } from '../command.ts';
import { type ConfigPart, configParts } from '../config/config.schema.ts';
import { formatYaml } from '../config/format-config.ts';
import { readLive } from '../config/read-live.ts';

export const exportCommand: Command = {
  name: 'export',
  summary: 'Write the configuration as YAML, or as JSON with --json',
  usage: '[--part PART …]',
  positionals: [0, 0],
  options: {
    part: { type: 'string', value: 'PART', multiple: true, help: `only this part: ${configParts.join(', ')}` },
  },
  notes: [
    'Services with versions, flags, live rules and experiments; lanes; assignments. Equal configurations give equal files:\neverything without an order of its own is sorted by id. Drafts, instances, tenants and access are not in it.',
  ],
  examples: ['grey export > grey.yaml', 'grey export --part services --part lanes --json'],
  async run(context) {
    const { config } = await readLive(context.client(), readParts(textsOf(context.options, 'part')));
    context.show(config, () => formatYaml(config));
    return 'DONE';
  },
};

/** @throws CliError USAGE */
export function readParts(given: readonly string[]): readonly ConfigPart[] {
  const unknown = given.find((part) => !configParts.includes(part as ConfigPart));
  if (unknown !== undefined) throw new CliError('USAGE', `--part takes ${configParts.join(', ')}, not "${unknown}".`);
  return given.length === 0 ? configParts : configParts.filter((part) => given.includes(part));
}
