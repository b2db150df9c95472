import type { Engine } from '@grey/schema-upgrades';
import { Injectable } from '@nestjs/common';
import type { Transaction } from '../infra/db/database.ts';

/** Where a tenant stands with a service, as far as it is known here. */
export interface TenantPlace {
  /** Of its data source; null: it has none. */
  readonly engine: Engine | null;
  /** The oldest version of the schema that it serves; null: not known. */
  readonly schemaVersion: number | null;
  /** Assigned to it; null: the default counts. */
  readonly version: string | null;
}

@Injectable()
export class TenantPlaceStore {
  /** Undefined: there is no such tenant. */
  async find(tx: Transaction, tenantId: string, serviceId: string): Promise<TenantPlace | undefined> {
    const [row] = await tx.$queryRaw<TenantPlace[]>`
      SELECT d.engine, s.schema_version::float8 AS "schemaVersion", a.version
      FROM tenants t
      LEFT JOIN data_sources d ON d.tenant_id = t.id AND d.service_id = ${serviceId}
      LEFT JOIN tenant_schemas s ON s.tenant_id = t.id AND s.service_id = ${serviceId}
      LEFT JOIN assignments a ON a.tenant_id = t.id AND a.service_id = ${serviceId}
      WHERE t.id = ${tenantId} AND t.deleted_at IS NULL`;
    return row;
  }
}
