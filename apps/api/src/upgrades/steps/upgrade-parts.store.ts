import type { Engine } from '@grey/schema-upgrades';
import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../infra/db/database.ts';

/** What steps read of a tenant that belongs to nobody in particular. */
@Injectable()
export class UpgradePartsStore {
  /** Kind of the tenant's database for a service; null: it has none there. */
  async findEngine(tx: Transaction, tenantId: string, serviceId: string): Promise<Engine | null> {
    const [row] = await tx.$queryRaw<{ engine: Engine }[]>`
      SELECT engine FROM data_sources WHERE tenant_id = ${tenantId} AND service_id = ${serviceId}`;
    return row?.engine ?? null;
  }

  /** Whether another tenant has its data of the service in the very same schema, where what is done for one is done to both. */
  async isShared(tx: Transaction, tenantId: string, serviceId: string): Promise<boolean> {
    const rows = await tx.$queryRaw<unknown[]>`
      SELECT 1 FROM data_sources o JOIN data_sources d ON d.service_id = o.service_id AND d.tenant_id <> o.tenant_id
        AND (d.engine, d.host, d.port, d.database, coalesce(d.schema, 'public'))
          = (o.engine, o.host, o.port, o.database, coalesce(o.schema, 'public'))
      WHERE o.tenant_id = ${tenantId} AND o.service_id = ${serviceId}
        AND EXISTS (SELECT 1 FROM tenants t WHERE t.id = d.tenant_id AND t.deleted_at IS NULL) LIMIT 1`;
    return rows.length > 0;
  }

  /** The tenant as holds see it; undefined: there is none. */
  async findTenant(tx: Transaction, tenantId: string): Promise<{ id: string; tags: string[] } | undefined> {
    const [row] = await tx.$queryRaw<{ id: string; tags: string[] }[]>`
      SELECT id, tags FROM tenants WHERE id = ${tenantId} AND deleted_at IS NULL`;
    return row;
  }

  async readClock(tx: Transaction): Promise<Date> {
    const [row] = await tx.$queryRaw<{ now: Date }[]>`SELECT clock_timestamp() AS now`;
    return row?.now ?? new Date();
  }
}
