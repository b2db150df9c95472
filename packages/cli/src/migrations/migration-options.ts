import { CliError } from '../cli-error.ts';
import { type CommandContext, type OptionSpecs, textOf } from '../command.ts';
import { isSameVersion, type MigrationFolder, readMigrationFiles } from './read-migration-files.ts';

/** What both commands about migrations take. */
export const migrationOptions = {
  version: {
    type: 'string',
    value: 'VERSION',
    help: 'the version that brings them; by default what the folder is named',
  },
  engine: { type: 'string', value: 'ENGINE', help: 'postgres, which is the default, or mysql' },
  schema: { type: 'string', value: 'NUMBER', help: "the version of a tenant's schema after them; the next" },
} as const satisfies OptionSpecs;

export interface MigrationWish {
  readonly folders: readonly MigrationFolder[];
  readonly serviceId: string;
  readonly engine: 'postgres' | 'mysql';
  readonly version: string | undefined;
  readonly schemaVersion: number | undefined;
}

/** @throws CliError USAGE */
export function readWish({ positionals, options }: CommandContext): MigrationWish {
  const [folder = '', serviceId = ''] = positionals;
  const version = textOf(options, 'version');
  const schemaVersion = readSchema(textOf(options, 'schema'));
  const engine = readEngine(textOf(options, 'engine') ?? 'postgres');
  const all = readMigrationFiles(folder);
  const folders = version === undefined ? all : all.filter((one) => isOf(one, version));
  if (folders.length === 0) throw new CliError('USAGE', `${folder} has no folder for ${version}.`);
  if (folders.length > 1 && schemaVersion !== undefined)
    throw new CliError('USAGE', `--schema is for one version, and ${folder} has ${folders.length}: say --version.`);
  return { folders, serviceId, engine, version, schemaVersion };
}

function isOf({ version }: MigrationFolder, wanted: string): boolean {
  return version === null || isSameVersion(version, wanted);
}

function readEngine(text: string): 'postgres' | 'mysql' {
  if (text !== 'postgres' && text !== 'mysql')
    throw new CliError('USAGE', `--engine takes postgres or mysql, not "${text}".`);
  return text;
}

function readSchema(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,10}$/.test(text)) throw new CliError('USAGE', `--schema takes a whole number, not "${text}".`);
  return Number(text);
}
