import type { Engine, Migration, MigrationSet, Phase } from '../migration.ts';
import { checkFiles } from './check-files.ts';
import { readMigration } from './read-migration.ts';
import { errorAt, type SetFinding } from './set-finding.ts';
import { DEFAULT_SET_LIMITS, type SetFile, type SetLimits } from './set-limits.ts';
import { sortFiles } from './sort-files.ts';
import { isSameVersion, versionOfPath } from './version-folders.ts';

/** What a set is for, which its files cannot say. */
export interface SetHeader {
  readonly serviceId: string;
  readonly version: string;
  readonly schemaVersion: number;
  readonly engine: Engine;
}

/** The paths a migration was read from; `down` is null without one. */
export interface MigrationPaths {
  readonly up: string;
  readonly down: string | null;
}

export interface ReadSet {
  /** Null when a finding is an error. */
  readonly set: MigrationSet | null;
  readonly findings: readonly SetFinding[];
  /** By the migration's name; so that later findings, such as the linter's, can name files. */
  readonly paths: ReadonlyMap<string, MigrationPaths>;
}

const PHASE_ORDER: readonly Phase[] = ['expand', 'migrate', 'contract'];

/**
 * Reads the files of one version as a migration set; files from a directory and from an upload are read alike. Pure;
 * never throws for what is in the files: that comes back as findings, all of them at once, each with file and line.
 *
 * Order is by number, and phases follow it: `expand` and `migrate` run before the switch of versions and `contract` after
 * the soak, so a contract numbered before an expand would run in another order than it reads.
 */
export function readMigrationSet(
  files: readonly SetFile[],
  header: SetHeader,
  limits: SetLimits = DEFAULT_SET_LIMITS,
): ReadSet {
  const findings = checkFiles(files, limits);
  if (findings.some(isError)) return { set: null, findings, paths: new Map() };
  findings.push(...checkFolders(files, header.version));
  const sorted = sortFiles(files);
  findings.push(...sorted.findings);
  const paths = new Map<string, MigrationPaths>();
  const migrations: Migration[] = [];
  let total = 0;
  for (const group of sorted.groups) {
    const { migration, statementCount } = readMigration(group, header.engine, limits, findings);
    total += statementCount;
    migrations.push(migration);
    paths.set(migration.name, { up: group.up.path, down: group.down?.path ?? null });
  }
  if (migrations.length === 0 && !findings.some(isError)) {
    findings.push(errorAt('SET_EMPTY', '', null, 'No file of the set is a migration.'));
  }
  if (total > limits.setStatementCount) {
    const message = `${total} statements in all; a set has at most ${limits.setStatementCount}.`;
    findings.push(errorAt('STATEMENTS_TOO_MANY', '', null, message));
  }
  findings.push(...checkPhaseOrder(migrations, paths));
  return { set: findings.some(isError) ? null : { ...header, migrations }, findings, paths };
}

function isError(finding: SetFinding): boolean {
  return finding.severity === 'error';
}

function checkFolders(files: readonly SetFile[], version: string): SetFinding[] {
  return files.flatMap(({ path }) => {
    const named = versionOfPath(path);
    if (named === null || isSameVersion(named, version)) return [];
    return [
      errorAt('VERSION_FOLDER_MISMATCH', path, null, `The folder is that of ${named}, the set that of ${version}.`),
    ];
  });
}

function checkPhaseOrder(migrations: readonly Migration[], paths: ReadonlyMap<string, MigrationPaths>): SetFinding[] {
  return migrations.flatMap((migration, index) => {
    const before = migrations[index - 1];
    if (before === undefined || PHASE_ORDER.indexOf(before.phase) <= PHASE_ORDER.indexOf(migration.phase)) return [];
    const message = `${migration.phase} after ${before.phase} (${before.name}): phases run in the order expand, migrate, contract; number them so.`;
    return [errorAt('PHASE_ORDER', paths.get(migration.name)!.up, null, message)];
  });
}
