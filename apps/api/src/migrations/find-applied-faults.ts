import type { SetFinding } from '@grey/schema-upgrades';
import type { AppliedMigration, ReachedCounts } from './applied-migrations.store.ts';
import type { KeptMigration } from './migration-set-row.ts';

/** What tenants have of a set, see AppliedMigrationsStore. */
export interface Applied {
  readonly migrations: readonly AppliedMigration[];
  readonly upgradingCount: number;
  readonly reached: ReachedCounts;
}

type Sides = Pick<KeptMigration, 'name' | 'checksum' | 'phase' | 'upPath'>;

/**
 * What may not become of a set because tenants have it: a migration that ran is neither changed nor taken away, and none is
 * added to a set that tenants are past, for nothing would run it there.
 *
 * @param before the set as it is kept; empty: there is none @param after as it shall be; empty: it goes
 */
export function findAppliedFaults(
  before: readonly Sides[],
  after: readonly Sides[],
  { migrations, upgradingCount, reached }: Applied,
): SetFinding[] {
  const wanted = new Map(after.map((one) => [one.name, one]));
  const kept = new Map(before.map((one) => [one.name, one]));
  const faults: SetFinding[] = [];
  const add = (file: string, message: string) =>
    faults.push({ code: 'MIGRATION_CHANGED', severity: 'error', file, line: null, message });
  for (const { name, checksum, tenantCount } of migrations) {
    const to = wanted.get(name);
    const from = kept.get(name);
    if (to !== undefined && to.checksum !== checksum)
      add(to.upPath, `${tenants(tenantCount)} ${name} with other text; add a migration instead of changing this one.`);
    else if (to === undefined && from !== undefined)
      add(from.upPath, `${tenants(tenantCount)} ${name}; it cannot be taken away.`);
  }
  if (upgradingCount > 0) {
    const touched = [...kept.values()].find((one) => wanted.get(one.name)?.checksum !== one.checksum);
    const added = after.find((one) => !kept.has(one.name));
    const one = touched ?? added;
    if (one !== undefined)
      add(
        one.upPath,
        `${upgradingCount} upgrade(s) are on their way through this schema just now; wait until they have ended.`,
      );
  }
  for (const { name, phase, upPath } of after) {
    const past = phase === 'contract' ? reached.contracted : reached.expanded;
    if (before.length === 0 || kept.has(name) || past === 0) continue;
    add(upPath, `${past} tenant(s) are past this set and would never get ${name}; bring it with another version.`);
  }
  return faults;
}

function tenants(count: number): string {
  return count === 1 ? 'One tenant has' : `${count} tenants have`;
}
