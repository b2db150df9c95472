import type { SchemaDrift } from '@grey/contracts';
import type { Engine } from '@grey/schema-upgrades';
import { Injectable } from '@nestjs/common';
import { Prisma } from '../../generated/client.ts';
import { Database } from '../infra/db/database.ts';
import type { CellKey } from './schema-checks.store.ts';

/** A data source whose turn it is. */
export interface DueCell extends CellKey {
  readonly host: string;
  readonly port: number;
}

/** A cell as a list shows it. */
export interface ListedCell extends CellKey {
  readonly engine: Engine;
  readonly schemaVersion: number | null;
  readonly expandedTo: number | null;
  readonly isMigrating: boolean | null;
  readonly schemaUpdatedAt: Date | null;
  readonly drift: SchemaDrift['state'];
  readonly checkedAt: Date | null;
  readonly upgradeId: string | null;
}

export interface ListFilter {
  readonly tenantId?: string | undefined;
  readonly serviceId?: string | undefined;
  readonly drift?: SchemaDrift['state'] | undefined;
}

const driftState = Prisma.sql`CASE WHEN c.error IS NOT NULL AND c.drift <> 'drifted' THEN 'unreachable' ELSE coalesce(c.drift, 'unknown') END`;

/** Many cells at a time: those whose turn it is, and those that somebody wants to see. */
@Injectable()
export class SchemaListsStore {
  constructor(private readonly database: Database) {}

  /** Data sources with credentials of tenants that are there, which were not tried since; those never tried first. */
  listDue(before: Date, limit: number): Promise<DueCell[]> {
    return this.database.run(
      (client) => client.$queryRaw<DueCell[]>`
        SELECT d.tenant_id AS "tenantId", d.service_id AS "serviceId", d.host, d.port
        FROM data_sources d JOIN tenants t ON t.id = d.tenant_id AND t.deleted_at IS NULL
          LEFT JOIN schema_checks c ON c.tenant_id = d.tenant_id AND c.service_id = d.service_id
        WHERE d.password IS NOT NULL AND (c.tried_at IS NULL OR c.tried_at < ${before})
        ORDER BY c.tried_at NULLS FIRST, d.tenant_id, d.service_id LIMIT ${limit}`,
    );
  }

  async countSources(): Promise<number> {
    const [row] = await this.database.run(
      (client) => client.$queryRaw<{ count: number }[]>`SELECT count(*)::int AS count FROM data_sources`,
    );
    return row?.count ?? 0;
  }

  /** By tenant and service. @param only tenants to stay within; null: all */
  list(
    filter: ListFilter,
    only: ReadonlySet<string> | null,
    after: CellKey | undefined,
    limit: number,
  ): Promise<ListedCell[]> {
    const parts = [Prisma.sql`t.deleted_at IS NULL`];
    const { tenantId, serviceId, drift } = filter;
    if (tenantId !== undefined) parts.push(Prisma.sql`d.tenant_id = ${tenantId}`);
    if (serviceId !== undefined) parts.push(Prisma.sql`d.service_id = ${serviceId}`);
    if (drift !== undefined) parts.push(Prisma.sql`${driftState} = ${drift}`);
    if (only !== null) parts.push(Prisma.sql`d.tenant_id = ANY (${[...only]}::text[])`);
    if (after !== undefined)
      parts.push(Prisma.sql`(d.tenant_id, d.service_id) > (${after.tenantId}, ${after.serviceId})`);
    return this.database.run(
      (client) => client.$queryRaw<ListedCell[]>`
        SELECT d.tenant_id AS "tenantId", d.service_id AS "serviceId", d.engine,
          s.schema_version::float8 AS "schemaVersion", s.expanded_to::float8 AS "expandedTo",
          s.is_migrating AS "isMigrating", s.updated_at AS "schemaUpdatedAt",
          ${driftState} AS drift, c.checked_at AS "checkedAt", u.id::text AS "upgradeId"
        FROM data_sources d JOIN tenants t ON t.id = d.tenant_id
          LEFT JOIN schema_checks c ON c.tenant_id = d.tenant_id AND c.service_id = d.service_id
          LEFT JOIN tenant_schemas s ON s.tenant_id = d.tenant_id AND s.service_id = d.service_id
          LEFT JOIN upgrades u ON u.tenant_id = d.tenant_id AND u.service_id = d.service_id AND u.finished_at IS NULL
        WHERE ${Prisma.join(parts, ' AND ')} ORDER BY d.tenant_id, d.service_id LIMIT ${limit}`,
    );
  }
}
