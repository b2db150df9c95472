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
