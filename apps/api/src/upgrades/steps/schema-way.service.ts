import type { ServiceRecord, VersionRecord } from '@grey/route-core';
import type { Engine, MigrationSet } from '@grey/schema-upgrades';
import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../infra/db/database.ts';
import { MigrationSets } from '../../migrations/migration-sets.ts';
import { ServiceRecords } from '../../services/service-records.ts';
import { type TenantSchemaCell, TenantSchemas } from '../../tenant-schemas/tenant-schemas.service.ts';
import type { UpgradeRow } from '../upgrade-row.ts';
import { FLOOR } from './step-notes.ts';
import { UpgradePartsStore } from './upgrade-parts.store.ts';

export type WayOf = Pick<UpgradeRow, 'tenantId' | 'serviceId' | 'toVersion' | 'schemaFrom' | 'schemaTo'> &
  Partial<Pick<UpgradeRow, 'notes'>>;

/** What an upgrade does to a tenant's schema, and where that stands. */
export interface SchemaWay {
  /** null: the tenant has no database for the service. */
  readonly engine: Engine | null;
  readonly cell: TenantSchemaCell | null;
  readonly service: ServiceRecord;
  readonly target: VersionRecord | undefined;
  /** Where the migrations that the target itself brings lead to; null: it brings none. */
  readonly own: number | null;
  /** The oldest that the schema served before the upgrade; null: not known yet. */
  readonly floor: number | null;
  /** Those above the floor up to the target's, by schema version. */
  readonly sets: readonly MigrationSet[];
  /** Names of what contract takes away; empty: nothing is contracted. */
  readonly contracted: readonly string[];
}

/** Reads the way of an upgrade for the steps on it. */
@Injectable()
export class SchemaWays {
  constructor(
    private readonly schemas: TenantSchemas,
    private readonly migrations: MigrationSets,
    private readonly services: ServiceRecords,
    private readonly parts: UpgradePartsStore,
  ) {}

  async read(tx: Transaction, upgrade: WayOf): Promise<SchemaWay> {
    const { tenantId, serviceId, schemaTo } = upgrade;
    const engine = await this.parts.findEngine(tx, tenantId, serviceId);
    const cell = await this.schemas.read(tx, tenantId, serviceId);
    const service = await this.services.read(tx, serviceId);
    const floor = floorOf(upgrade) ?? cell?.schemaVersion ?? null;
    const sets =
      engine === null || schemaTo === null
        ? []
        : await this.migrations.between(tx, serviceId, engine, floor ?? -1, schemaTo);
    const own = engine === null ? null : await this.migrations.find(tx, serviceId, upgrade.toVersion, engine);
    return {
      engine,
      cell,
      own: own?.schemaVersion ?? null,
      service,
      target: service.versions.find(({ version }) => version === upgrade.toVersion),
      floor,
      sets,
      contracted: sets.flatMap(({ migrations }) =>
        migrations.filter(({ phase }) => phase === 'contract').map(({ name }) => name),
      ),
    };
  }

  /** What the way is from for a tenant of whom nothing is recorded. */
  all(tx: Transaction, serviceId: string, engine: Engine): Promise<readonly MigrationSet[]> {
    return this.migrations.all(tx, serviceId, engine);
  }
}

/** Fixed by preflight: later steps raise what is recorded of the schema, and their way must stay the same. */
export function floorOf({ schemaFrom, notes }: Pick<WayOf, 'schemaFrom' | 'notes'>): number | null {
  const noted = notes?.[FLOOR];
  return typeof noted === 'number' ? noted : schemaFrom;
}
