import type { Command } from '../command.ts';
import { configParts } from '../config/config.schema.ts';
import { diffConfigs } from '../config/diff-configs.ts';
import { formatDiff } from '../config/format-diff.ts';
import { openConfigFile } from '../config/read-config-file.ts';
import { readLive } from '../config/read-live.ts';
import { countOf } from '../terminal/format-table.ts';

export const diffCommand: Command = {
  name: 'diff',
  summary: 'How a file differs from the live configuration',
  usage: 'FILE',
  positionals: [1, 1],
  options: {},
  notes: [
    'Status 0: nothing differs; 1: something does. `+` is only in the file, `-` only live, `~` in both. Parts and fields that\nthe file leaves out are not compared. FILE may be - for standard input.',
  ],
  examples: ['grey diff grey.yaml', 'grey export | ssh other-host grey diff -'],
  async run(context) {
    const file = openConfigFile(context.positionals[0] as string);
    const live = await readLive(
      context.client(),
      configParts.filter((part) => file[part] !== undefined),
    );
    const differences = diffConfigs(live.config, file);
    context.show({ isEqual: differences.length === 0, differences }, () =>
      differences.length === 0
        ? 'Nothing differs.\n'
        : `${formatDiff(differences, context.paint)}\n${countOf(differences.length, 'difference')}: + only in the file, - only live, ~ changed\n`,
    );
    return differences.length === 0 ? 'DONE' : 'REFUSED';
  },
};
