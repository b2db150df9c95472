import { compareWithKnown, type SetFinding } from '@grey/schema-upgrades';
import { Injectable } from '@nestjs/common';
import type { Transaction } from '../infra/db/database.ts';
import { ServiceRecords } from '../services/service-records.ts';
import { AppliedMigrationsStore } from './applied-migrations.store.ts';
import type { SchemaNumbers } from './choose-schema-version.ts';
import { findAppliedFaults } from './find-applied-faults.ts';
import { type KeptMigration, pathsOf, type SetRow } from './migration-set-row.ts';
import { MigrationSetsStore, type SetKey } from './migration-sets.store.ts';
import { MigrationSets } from './migration-sets.ts';

/** What speaks against a set that its files cannot say: other sets of the service, and what tenants have. */
@Injectable()
export class SetObjections {
  constructor(
    private readonly store: MigrationSetsStore,
    private readonly applied: AppliedMigrationsStore,
    private readonly sets: MigrationSets,
    private readonly services: ServiceRecords,
  ) {}

  /** Names that other versions brought. The set that this one takes the place of does not count. */
  async listNameFaults(
    tx: Transaction,
    { serviceId, version, engine }: SetKey,
    migrations: readonly KeptMigration[],
  ): Promise<SetFinding[]> {
    const known = await this.sets.all(tx, serviceId, engine);
    const others = known.filter((one) => one.version !== version);
    return compareWithKnown({ serviceId, version, engine, schemaVersion: 0, migrations }, others, pathsOf(migrations));
  }

  /**
   * @param after none: the set goes
   * @param wanted number of the schema that it is to lead to: an upgrade that is on its way past it must not find it there all
   * at once, with contracts to run and nothing expanded for them
   */
  async listAppliedFaults(
    tx: Transaction,
    { serviceId, engine }: SetKey,
    before: SetRow | undefined,
    after: readonly KeptMigration[],
    wanted?: number,
  ): Promise<SetFinding[]> {
    const migrations = await this.applied.list(tx, serviceId, engine);
    if (before === undefined) {
      const reached = { expanded: 0, contracted: 0 };
      const passing = wanted === undefined ? 0 : await this.applied.countUpgrading(tx, serviceId, engine, wanted, true);
      return findAppliedFaults([], after, { migrations, upgradingCount: passing, reached });
    }
    const { schemaVersion } = before;
    const names = before.migrations.map(({ name }) => name);
    return findAppliedFaults(before.migrations, after, {
      migrations,
      upgradingCount: await this.applied.countUpgrading(tx, serviceId, engine, schemaVersion),
      reached: await this.applied.countReached(tx, serviceId, schemaVersion, names),
    });
  }

  /** Which numbers a set of the service may have. @throws ApiError SERVICE_UNKNOWN */
  async readNumbers(tx: Transaction, { serviceId, version, engine }: SetKey): Promise<SchemaNumbers> {
    const { versions } = await this.services.read(tx, serviceId);
    return { version, engine, versions, sets: await this.store.listNumbers(tx, serviceId) };
  }
}
