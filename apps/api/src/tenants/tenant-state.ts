import type { Tenant as TenantView } from '@grey/contracts';
import type { TenantRow } from '../infra/db/rows.ts';

/** What the log keeps of a tenant. */
export function tenantState(row: TenantRow) {
  return {
    name: row.name,
    status: row.status as TenantView['status'],
    tier: row.tier,
    region: row.region,
    tags: row.tags,
    metadata: row.metadata as Record<string, string>,
  };
}
