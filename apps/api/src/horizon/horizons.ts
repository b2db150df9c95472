import type { operations, RollbackHorizon } from '@grey/contracts';
import { Injectable } from '@nestjs/common';
import { Backups } from '../backups/backups.ts';
import type { Transaction } from '../infra/db/database.ts';
import { ApiError } from '../infra/http/api-error.ts';
import type { Called } from '../infra/http/operation.decorator.ts';
import { MigrationSets } from '../migrations/migration-sets.ts';
import { SchemaChecks } from '../schema-checks/schema-checks.ts';
import { TenantSchemas } from '../tenant-schemas/tenant-schemas.service.ts';
import { appliedByNow } from './applied-by-now.ts';
import { HorizonFactsStore } from './horizon-facts.store.ts';
import { workOutHorizon } from './work-out-horizon.ts';

/** How far back tenants can go, as it is known without asking their databases anew. */
@Injectable()
export class Horizons {
  constructor(
    private readonly facts: HorizonFactsStore,
    private readonly schemas: TenantSchemas,
    private readonly sets: MigrationSets,
    private readonly checks: SchemaChecks,
    private readonly backups: Backups,
  ) {}

  /** @throws ApiError TENANT_UNKNOWN, SERVICE_UNKNOWN */
  get({ input }: Called<(typeof operations)['getHorizon']>): Promise<RollbackHorizon> {
    const { tenantId, serviceId } = input.params;
    return this.checks.consistentRead(async (tx) => {
      const { hasTenant, hasService } = await this.facts.readPlace(tx, tenantId, serviceId);
      if (!hasTenant) throw new ApiError('TENANT_UNKNOWN');
      if (!hasService) throw new ApiError('SERVICE_UNKNOWN');
      return this.read(tx, tenantId, serviceId);
    });
  }

  async read(tx: Transaction, tenantId: string, serviceId: string): Promise<RollbackHorizon> {
    const { engine, ledger } = await this.checks.ledgerOf(tx, tenantId, serviceId);
    const sets = engine === null ? [] : await this.sets.all(tx, serviceId, engine);
    const state = await this.schemas.read(tx, tenantId, serviceId);
    return workOutHorizon({
      tenantId,
      serviceId,
      currentVersion: await this.facts.findCurrent(tx, tenantId, serviceId),
      versions: await this.facts.listVersions(tx, serviceId),
      state,
      sets,
      applied: appliedByNow(ledger, sets, state),
      backups: await this.backups.usable(tx, tenantId, serviceId),
      upgrade: await this.facts.findUpgrade(tx, tenantId, serviceId),
      now: Date.now(),
    });
  }
}
