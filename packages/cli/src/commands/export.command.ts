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
    'Services with versions, flags, compatibility, live rules and experiments; lanes; freezes that are not over; channels\nwithout their secrets, for who may see them; assignments. Equal configurations give equal files: everything without an\norder of its own is sorted by id. Drafts, holds, instances, tenants and access are not in it.',
  ],
  examples: ['grey export > grey.yaml', 'grey export --part services --part lanes --json'],
  async run(context) {
    const parts = textsOf(context.options, 'part');
    const { config } = await readLive(context.client(), readParts(parts), { isLenient: !parts.includes('channels') });
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
