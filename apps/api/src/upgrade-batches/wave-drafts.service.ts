import type { Engine } from '@grey/schema-upgrades';
import { Injectable } from '@nestjs/common';
import type { Transaction } from '../infra/db/database.ts';
import { MigrationSets } from '../migrations/migration-sets.ts';
import { ServiceRecords } from '../services/service-records.ts';
import { targetSchema } from '../upgrades/target-schema.ts';
import type { NewUpgrade } from '../upgrades/upgrade-row.ts';
import type { BatchRow } from './batch-row.ts';
import { UpgradeBatchesStore } from './upgrade-batches.store.ts';

/** What the members of a wave shall become when it begins: the plan may be days old by then. */
@Injectable()
export class WaveDrafts {
  constructor(
    private readonly store: UpgradeBatchesStore,
    private readonly services: ServiceRecords,
    private readonly sets: MigrationSets,
  ) {}

  /** In the order of the wave; those who are gone, there already or moved elsewhere need nothing any more. */
  async make(tx: Transaction, batch: BatchRow, wave: number): Promise<NewUpgrade[]> {
    const { serviceId, toVersion, fromVersion, kind } = batch;
    const tenantIds = await this.store.readMembers(tx, batch.id, wave);
    if (tenantIds.length === 0) return [];
    const found = await this.store.listTenants(tx, serviceId, { tenantIds });
    const tenants = new Map(found.map((one) => [one.tenantId, one]));
    const { versions } = await this.services.read(tx, serviceId);
    const minOf = new Map(versions.map((one) => [one.version, one.schemaMin]));
    const own = new Map<Engine, number | null>();
    for (const engine of new Set(found.flatMap((one) => one.engine ?? [])))
      own.set(engine, (await this.sets.find(tx, serviceId, toVersion, engine))?.schemaVersion ?? null);
    return tenantIds.flatMap((tenantId): NewUpgrade[] => {
      const tenant = tenants.get(tenantId);
      if (tenant === undefined) return [];
      const { version, engine, schemaVersion } = tenant;
      if (kind === 'service' && version === toVersion) return [];
      if (fromVersion !== null && version !== fromVersion) return [];
      const present = version === null ? undefined : minOf.get(version);
      const expandedTo = tenant.expandedTo ?? present ?? 0;
      const schemaTo =
        engine === null ? null : targetSchema(own.get(engine) ?? null, minOf.get(toVersion) ?? null, expandedTo);
      return [
        {
          kind,
          tenantId,
          serviceId,
          fromVersion: version,
          toVersion,
          schemaFrom: schemaVersion,
          schemaTo,
          options: batch.options,
          requestedBy: batch.requestedBy,
          reason: batch.reason,
          overrideReason: batch.overrideReason,
          batchId: batch.id,
          wave,
          batchConcurrency: batch.concurrency,
        },
      ];
    });
  }
}
