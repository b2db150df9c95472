import type { Engine } from '@grey/schema-upgrades';
import { Injectable } from '@nestjs/common';
import type { Transaction } from '../infra/db/database.ts';

/** What upgrades are about: tenants, services with a version, databases. */
@Injectable()
export class UpgradeSubjectsStore {
  async hasTenant(tx: Transaction, tenantId: string): Promise<boolean> {
    const rows = await tx.$queryRaw<unknown[]>`SELECT 1 FROM tenants WHERE id = ${tenantId} AND deleted_at IS NULL`;
    return rows.length > 0;
  }

  /** null: the tenant has no database for the service. */
  async readEngine(tx: Transaction, tenantId: string, serviceId: string): Promise<Engine | null> {
    const [row] = await tx.$queryRaw<{ engine: Engine }[]>`
      SELECT engine FROM data_sources WHERE tenant_id = ${tenantId} AND service_id = ${serviceId}`;
    return row?.engine ?? null;
  }

  /** Services that have a version of that name, and whether the tenant has a database there. */
  servicesWith(
    tx: Transaction,
    tenantId: string,
    version: string,
  ): Promise<{ readonly serviceId: string; readonly hasDataSource: boolean }[]> {
    return tx.$queryRaw`
      SELECT v.service_id AS "serviceId", d.id IS NOT NULL AS "hasDataSource"
      FROM versions v LEFT JOIN data_sources d ON d.service_id = v.service_id AND d.tenant_id = ${tenantId}
      WHERE v.version = ${version} ORDER BY v.service_id`;
  }
}
