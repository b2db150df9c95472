import { Prisma } from '../../../generated/client.ts';
import type { Transaction } from './database.ts';

/** What a tenant's schema of a service serves: each version whose range overlaps `schemaVersion` to `expandedTo`. */
export interface TenantSchemaCell {
  readonly tenantId: string;
  readonly serviceId: string;
  readonly schemaVersion: number;
  readonly expandedTo: number;
  /** An upgrade that may contract it is under way. */
  readonly isMigrating: boolean;
}

/** Also of deleted tenants, whose databases may be there still when they return. By service and tenant. */
export async function readTenantSchemas(
  tx: Transaction,
  only: { readonly serviceId?: string; readonly tenantIds?: readonly string[] },
): Promise<TenantSchemaCell[]> {
  const { serviceId, tenantIds } = only;
  return tx.$queryRaw<TenantSchemaCell[]>`
    SELECT tenant_id AS "tenantId", service_id AS "serviceId", schema_version::float8 AS "schemaVersion",
           expanded_to::float8 AS "expandedTo", is_migrating AS "isMigrating"
    FROM tenant_schemas
    WHERE ${serviceId === undefined ? Prisma.sql`TRUE` : Prisma.sql`service_id = ${serviceId}`}
      AND ${tenantIds === undefined ? Prisma.sql`TRUE` : Prisma.sql`tenant_id = ANY (${[...tenantIds]}::text[])`}
    ORDER BY service_id, tenant_id`;
}
