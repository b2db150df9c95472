import type { MigrationCheck } from '@grey/contracts';
import type { Command } from '../command.ts';
import { formatMigrationFindings, summaryOf } from '../migrations/format-findings.ts';
import { migrationOptions, readWish } from '../migrations/migration-options.ts';
import type { Paint } from '../terminal/paint.ts';

/** A large set is read for seconds. */
const READING_MS = 60_000;

export const migrationsCheckCommand: Command = {
  name: 'migrations check',
  summary: 'Have migrations read and judged, and keep nothing',
  usage: 'FOLDER SERVICE',
  positionals: [2, 2],
  options: { ...migrationOptions, strict: { type: 'boolean', help: 'warnings fail too' } },
  notes: [
    'FOLDER is that of a version, such as V2.1.0 with 0001_add_preferences.up.sql in it, or holds such folders. Flyway’s names\nare read too. Locks, rewrites and lost data are told with the line; the policy of the server says what is refused.\nStatus 0: they may be put; 1: not.',
  ],
  examples: [
    'grey migrations check db/V2.1.0 payment-service',
    'grey migrations check db payment-service --strict --json',
  ],
  async run(context) {
    const { folders, serviceId, engine, version, schemaVersion } = readWish(context);
    const client = context.client();
    const checks: ({ version: string | null } & MigrationCheck)[] = [];
    for (const { version: folder, files } of folders) {
      const { body } = await client.call('checkMigrations', {
        params: { serviceId },
        body: {
          engine,
          files: [...files],
          ...(version === undefined ? {} : { version }),
          ...(schemaVersion === undefined ? {} : { schemaVersion }),
        },
        extraMs: READING_MS,
      });
      checks.push({ version: version ?? folder, ...body });
    }
    const isStrict = context.options.strict === true;
    const isSound = checks.every((one) => one.isAllowed && !(isStrict && one.findings.some(isWarning)));
    context.show({ isSound, checks }, () => checks.map((one) => formatCheck(one, context.paint)).join(''));
    return isSound ? 'DONE' : 'REFUSED';
  },
};

function isWarning({ ruling }: MigrationCheck['findings'][number]): boolean {
  return ruling === 'warn';
}

function formatCheck(
  { version, isAllowed, schemaVersion, migrations, findings }: { version: string | null } & MigrationCheck,
  paint: Paint,
): string {
  const verdict = isAllowed ? paint.good('May be put') : paint.bad('Refused');
  const name = version === null ? '' : `${version}: `;
  return `${formatMigrationFindings(findings, paint)}${name}${verdict}: ${summaryOf(migrations.length, schemaVersion, findings)}\n`;
}
