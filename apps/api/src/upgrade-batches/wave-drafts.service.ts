import type { Engine } from '@grey/schema-upgrades';
import { Injectable } from '@nestjs/common';
import { VersionGuards } from '../guards/version-guards.ts';
import type { Transaction } from '../infra/db/database.ts';
import { readActiveHolds } from '../infra/db/read-holds.ts';
import { MigrationSets } from '../migrations/migration-sets.ts';
import { ServiceRecords } from '../services/service-records.ts';
import { targetSchema } from '../upgrades/target-schema.ts';
import type { NewUpgrade } from '../upgrades/upgrade-row.ts';
import { BatchMembersStore, type TenantOfBatch } from './batch-members.store.ts';
import type { BatchRow } from './batch-row.ts';
import type { LeftOut } from './leave-out.ts';
import { blockOf, sortMembers } from './leave-out-now.ts';
import { landingOf, movesTo } from './planned-waves.ts';

/** What a wave comes to as things are when it begins. */
export interface WaveBeginning {
  /** In the order of the wave. */
  readonly drafts: readonly NewUpgrade[];
  readonly leftOut: readonly LeftOut[];
  /** Why it is to wait as a whole; null: it begins. */
  readonly blocked: string | null;
}

/** What the members of a wave shall become when it begins: the plan may be days old by then. */
@Injectable()
export class WaveDrafts {
  constructor(
    private readonly members: BatchMembersStore,
    private readonly services: ServiceRecords,
    private readonly sets: MigrationSets,
    private readonly guards: VersionGuards,
  ) {}

  async make(tx: Transaction, batch: BatchRow, wave: number): Promise<WaveBeginning> {
    const { serviceId, toVersion } = batch;
    const planned = await this.members.readPlanned(tx, batch.id, wave);
    if (planned.length === 0) return { drafts: [], leftOut: [], blocked: null };
    const tenantIds = planned.map(({ tenantId }) => tenantId);
    const found = await this.members.listTenants(tx, serviceId, { tenantIds });
    const holds = await readActiveHolds(tx, serviceId);
    const sorted = sortMembers(planned, found, batch, (tenant) => landingOf(holds, toVersion, tenant));
    const frozen = await this.#findFrozen(tx, batch, sorted.fit);
    const fit = sorted.fit.filter(({ tenantId }) => !frozen.has(tenantId));
    const leftOut = [...sorted.leftOut, ...frozen.values()];
    const blocked = fit.length > 0 ? null : blockOf(leftOut);
    return { drafts: await this.#draft(tx, batch, wave, fit), leftOut, blocked };
  }

  /** By tenant. */
  async #findFrozen(
    tx: Transaction,
    batch: BatchRow,
    tenants: readonly TenantOfBatch[],
  ): Promise<Map<string, LeftOut>> {
    if (batch.overrideReason !== null || tenants.length === 0) return new Map();
    const objections = await this.guards.check(tx, movesTo(batch, tenants), {});
    const frozen = objections.filter(({ code }) => code === 'FROZEN');
    const forAll = frozen.find(({ tenantId }) => tenantId === null);
    const told = forAll === undefined ? frozen : tenants.map(({ tenantId }) => ({ ...forAll, tenantId }));
    return new Map(
      told.flatMap(({ tenantId, code, detail }) =>
        tenantId === null ? [] : [[tenantId, { tenantId, code, message: detail }]],
      ),
    );
  }

  async #draft(
    tx: Transaction,
    batch: BatchRow,
    wave: number,
    tenants: readonly TenantOfBatch[],
  ): Promise<NewUpgrade[]> {
    const { serviceId, toVersion, kind } = batch;
    const { versions } = await this.services.read(tx, serviceId);
    const minOf = new Map(versions.map((one) => [one.version, one.schemaMin]));
    const own = new Map<Engine, number | null>();
    for (const engine of new Set(tenants.flatMap((one) => one.engine ?? [])))
      own.set(engine, (await this.sets.find(tx, serviceId, toVersion, engine))?.schemaVersion ?? null);
    return tenants.map(({ tenantId, version, engine, schemaVersion, expandedTo }): NewUpgrade => {
      const present = version === null ? undefined : minOf.get(version);
      const schemaTo =
        engine === null
          ? null
          : targetSchema(own.get(engine) ?? null, minOf.get(toVersion) ?? null, expandedTo ?? present ?? 0);
      return {
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
      };
    });
  }
}
