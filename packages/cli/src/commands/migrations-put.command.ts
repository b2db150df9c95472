import type { GreyClient } from '../api/grey-client.ts';
import { CliError } from '../cli-error.ts';
import { type Command, textOf } from '../command.ts';
import { formatMigrationFindings, summaryOf } from '../migrations/format-findings.ts';
import { migrationOptions, readWish } from '../migrations/migration-options.ts';
import { isSameVersion } from '../migrations/read-migration-files.ts';

/** A large set is read for seconds. */
const READING_MS = 60_000;

export const migrationsPutCommand: Command = {
  name: 'migrations put',
  summary: 'Say which migrations a version brings',
  usage: 'FOLDER SERVICE',
  positionals: [2, 2],
  options: { ...migrationOptions, reason: { type: 'string', value: 'TEXT', help: 'why, for the log of changes' } },
  notes: [
    'As check, and then they are kept as what the version brings; nothing runs. The same files again change nothing. What a\ntenant has already is neither changed nor taken away. The first version that is refused ends it: those before it stay\n(status 7).',
  ],
  examples: [
    'grey migrations put db/V2.1.0 payment-service',
    "grey migrations put db payment-service --engine mysql --reason 'release 2.1'",
  ],
  async run(context) {
    const { folders, serviceId, engine, version, schemaVersion } = readWish(context);
    const client = context.client();
    const reason = textOf(context.options, 'reason');
    const labels = version === undefined ? await readLabels(client, serviceId) : [];
    const sets = [];
    for (const { version: folder, files } of folders) {
      const label = version ?? labelOf(folder, labels);
      try {
        const { body } = await client.call('putMigrationSet', {
          params: { serviceId, version: label },
          body: {
            engine,
            files: [...files],
            ...(schemaVersion === undefined ? {} : { schemaVersion }),
            ...(reason === undefined ? {} : { reason }),
          },
          extraMs: READING_MS,
        });
        sets.push(body);
        if (!context.isJson) {
          const text = formatMigrationFindings(body.findings, context.paint);
          const sum = summaryOf(body.migrations.length, body.schemaVersion, body.findings);
          context.terminal.out(`${text}${label}: ${context.paint.good('Put')}: ${sum}\n`);
        }
      } catch (error) {
        if (sets.length === 0 || !(error instanceof CliError)) throw error;
        throw new CliError('HALF_DONE', `${label}: ${error.message}`, {
          lines: error.lines,
          data: { ...error.data, done: sets.map((one) => one.version) },
        });
      }
    }
    if (context.isJson) context.show({ sets }, () => '');
    return 'DONE';
  },
};

async function readLabels(client: GreyClient, serviceId: string): Promise<string[]> {
  const { body } = await client.call('listVersions', { params: { serviceId } });
  return body.items.map((one) => one.version);
}

/** The version as the service calls it. @throws CliError USAGE */
function labelOf(folder: string | null, labels: readonly string[]): string {
  if (folder === null) throw new CliError('USAGE', 'The files are in no folder of a version: say --version.');
  return labels.find((one) => one === folder) ?? labels.find((one) => isSameVersion(one, folder)) ?? folder;
}
