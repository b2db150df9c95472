import type {
  Engine,
  Migration,
  MigrationPaths,
  MigrationSet,
  SetFile,
  SetFinding,
  SetReport,
} from '@grey/schema-upgrades';

/** A migration, with the files it was read from. */
export interface KeptMigration extends Migration {
  readonly upPath: string;
  readonly downPath: string | null;
}

/** What a list needs of a set. */
export interface SetHead {
  readonly serviceId: string;
  readonly version: string;
  readonly engine: Engine;
  readonly schemaVersion: number;
  readonly report: SetReport;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly stamp: bigint;
}

/** A set as it is kept, without its files. */
export interface SetRow extends SetHead {
  readonly migrations: readonly KeptMigration[];
  /** What is to be said of the files: warnings, for with an error there is no set. */
  readonly findings: readonly SetFinding[];
}

/** A set that is to be kept. */
export interface SetDraft extends Omit<SetRow, 'createdAt' | 'updatedAt' | 'stamp'> {
  readonly files: readonly SetFile[];
}

/** The set as linter and runner take it. */
export function setOf({ serviceId, version, schemaVersion, engine, migrations }: SetRow): MigrationSet {
  return { serviceId, version, schemaVersion, engine, migrations };
}

/** The paths of migrations, for findings to name files. */
export function pathsOf(migrations: readonly KeptMigration[]): Map<string, MigrationPaths> {
  return new Map(migrations.map(({ name, upPath, downPath }) => [name, { up: upPath, down: downPath }]));
}

/** Migrations with the paths that reading them told. */
export function withPaths(
  migrations: readonly Migration[],
  paths: ReadonlyMap<string, MigrationPaths>,
): KeptMigration[] {
  return migrations.map((one) => {
    const { up = `${one.name}.up.sql`, down = null } = paths.get(one.name) ?? {};
    return { ...one, upPath: up, downPath: down };
  });
}
