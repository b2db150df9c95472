import type { MigrationSet } from '../migration.ts';
import type { MigrationPaths } from './read-migration-set.ts';
import { errorAt, type SetFinding } from './set-finding.ts';

/**
 * What cannot be seen in one set alone: a name that another version of the service brought already (the ledger would take
 * the new migration for done), and a migration of the same version that is not what it was (somebody's database has the
 * old one). Sets of other services or engines are left alone.
 *
 * @param known sets that were accepted before, of the same service
 */
export function compareWithKnown(
  set: MigrationSet,
  known: readonly MigrationSet[],
  paths?: ReadonlyMap<string, MigrationPaths>,
): SetFinding[] {
  const others = known.filter((one) => one.serviceId === set.serviceId && one.engine === set.engine);
  return set.migrations.flatMap((migration): SetFinding[] => {
    const file = paths?.get(migration.name)?.up ?? `${migration.name}.up.sql`;
    const found: SetFinding[] = [];
    for (const other of others) {
      const namesake = other.migrations.find((one) => one.name === migration.name);
      if (namesake === undefined) continue;
      if (other.version !== set.version) {
        const message = `Version ${other.version} brought a migration of this name; a name is used once, so go on counting.`;
        found.push(errorAt('NAME_REUSED', file, null, message));
      } else if (namesake.checksum !== migration.checksum) {
        const message =
          'The migration was accepted with other text and may have run; add another one instead of changing it.';
        found.push(errorAt('MIGRATION_CHANGED', file, null, message));
      }
    }
    return found;
  });
}
