import type { Engine } from '@grey/schema-upgrades';
import { Injectable } from '@nestjs/common';
import { Prisma } from '../../generated/client.ts';
import type { Transaction } from '../infra/db/database.ts';
import { packed } from '../infra/db/packed.ts';
import { type MemberCounts, NOBODY } from './batch-row.ts';

/** A tenant with what decides whether and how it is upgraded. */
export interface TenantOfBatch {
  readonly tenantId: string;
  readonly tags: readonly string[];
  readonly tier: string | null;
  readonly region: string | null;
  readonly ring: string | null;
  /** null: no assignment. */
  readonly version: string | null;
  readonly isPinned: boolean;
  /** null: no data source. */
  readonly engine: Engine | null;
  readonly schemaVersion: number | null;
  readonly expandedTo: number | null;
  readonly drift: string | null;
  readonly byteCount: number | null;
  readonly activeUpgradeId: string | null;
}

/** A tenant of a wave as the plan had it. */
export interface PlannedMember {
  readonly tenantId: string;
  /** The version that it was planned from; null: none; undefined: the plan did not keep it. */
  readonly fromVersion: string | null | undefined;
}

/** Tenants of batches, and what their upgrades have come to. */
@Injectable()
export class BatchMembersStore {
  /** In the order in which they are begun. */
  async readPlanned(tx: Transaction, batchId: string, wave: number): Promise<PlannedMember[]> {
    const [row] = await tx.$queryRaw<{ tenantIds: string[]; fromVersions: (string | null)[] }[]>`
      SELECT tenant_ids AS "tenantIds", from_versions AS "fromVersions"
      FROM upgrade_batch_waves WHERE batch_id = ${batchId}::uuid AND number = ${wave}`;
    const { tenantIds = [], fromVersions = [] } = row ?? {};
    return tenantIds.map((tenantId, at) => ({ tenantId, fromVersion: fromVersions[at] }));
  }

  /** By batch, then by wave. */
  async countMembers(tx: Transaction, batchIds: readonly string[]): Promise<Map<string, Map<number, MemberCounts>>> {
    const rows = await tx.$queryRaw<(MemberCounts & { batchId: string; wave: number })[]>`
      SELECT batch_id::text AS "batchId", wave,
        count(*) FILTER (WHERE state = 'queued')::int AS queued,
        count(*) FILTER (WHERE state IN ('running', 'aborting'))::int AS running,
        count(*) FILTER (WHERE state = 'waiting')::int AS waiting,
        count(*) FILTER (WHERE state = 'done')::int AS done,
        count(*) FILTER (WHERE state = 'failed')::int AS failed,
        count(*) FILTER (WHERE state = 'aborted')::int AS aborted,
        count(*) FILTER (WHERE state = 'skipped')::int AS skipped,
        count(*) FILTER (WHERE state = 'needs_operator')::int AS "needsOperator",
        count(*) FILTER (WHERE state = 'waiting' AND awaits = 'confirmation')::int AS "confirmationCount",
        count(*) FILTER (WHERE state = 'waiting' AND awaits = 'operator')::int AS "operatorCount",
        count(*) FILTER (WHERE state = 'aborting' AND ends_as = 'failed')::int AS "failingCount",
        count(*) FILTER (WHERE state = 'failed' AND failure ->> 'code' IN ('FROZEN', 'HELD'))::int AS "forbiddenCount",
        count(*) FILTER (WHERE is_past_return AND state IN ('running', 'waiting', 'aborting'))::int AS "pastReturnCount",
        count(*) FILTER (WHERE finished_at > clock_timestamp() - interval '5 minutes')::int AS "recentCount"
      FROM upgrades WHERE batch_id = ANY (${[...batchIds]}::uuid[]) GROUP BY batch_id, wave`;
    const counts = new Map<string, Map<number, MemberCounts>>(batchIds.map((id) => [id, new Map()]));
    for (const { batchId, wave, ...one } of rows) counts.get(batchId)?.set(wave, { ...NOBODY, ...one });
    return counts;
  }

  /** By tenant. */
  async readTags(tx: Transaction, tenantIds: readonly string[]): Promise<Map<string, readonly string[]>> {
    const rows = await tx.$queryRaw<{ id: string; tags: string[] }[]>`
      SELECT id, tags FROM tenants WHERE id = ANY (${packed(tenantIds)})`;
    return new Map(rows.map(({ id, tags }) => [id, tags]));
  }

  /** Tenants with what a batch has to know of them, by id. */
  listTenants(
    tx: Transaction,
    serviceId: string,
    only: { readonly tenantIds?: readonly string[]; readonly tag?: string },
  ): Promise<TenantOfBatch[]> {
    return tx.$queryRaw<TenantOfBatch[]>`
      SELECT t.id AS "tenantId", t.tags, t.tier, t.region, t.metadata ->> 'ring' AS ring, a.version,
             coalesce(a.is_pinned, FALSE) AS "isPinned", d.engine, s.schema_version::float8 AS "schemaVersion",
             s.expanded_to::float8 AS "expandedTo", c.drift, c.byte_count::float8 AS "byteCount",
             u.id::text AS "activeUpgradeId"
      FROM tenants t
      LEFT JOIN assignments a ON a.tenant_id = t.id AND a.service_id = ${serviceId}
      LEFT JOIN data_sources d ON d.tenant_id = t.id AND d.service_id = ${serviceId}
      LEFT JOIN tenant_schemas s ON s.tenant_id = t.id AND s.service_id = ${serviceId}
      LEFT JOIN schema_checks c ON c.tenant_id = t.id AND c.service_id = ${serviceId}
      LEFT JOIN upgrades u ON u.tenant_id = t.id AND u.service_id = ${serviceId} AND u.finished_at IS NULL
      WHERE t.deleted_at IS NULL
        AND ${only.tenantIds === undefined ? Prisma.sql`TRUE` : Prisma.sql`t.id = ANY (${packed(only.tenantIds)})`}
        AND ${only.tag === undefined ? Prisma.sql`TRUE` : Prisma.sql`${only.tag} = ANY (t.tags)`}
      ORDER BY t.id`;
  }
}
