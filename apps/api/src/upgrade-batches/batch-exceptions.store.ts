import { Injectable } from '@nestjs/common';
import { Prisma } from '../../generated/client.ts';
import type { Transaction } from '../infra/db/database.ts';

/** A tenant that stays where it is although its wave goes back, with what is known of why. */
export interface KeptRow {
  readonly tenantId: string;
  readonly wave: number;
  readonly upgradeId: string;
  readonly state: string;
  readonly fromVersion: string | null;
  readonly toVersion: string;
  readonly isPastReturn: boolean;
  /** The last upgrade that came after it; null: none. */
  readonly laterId: string | null;
  readonly laterVersion: string | null;
  /** The newest usable backup of before contract; null: none. */
  readonly backupId: string | null;
  readonly backedUpAt: Date | null;
}

/** A tenant of a wave that has begun without it; nulls: another upgrade was quicker. */
export interface NotBegunRow {
  readonly tenantId: string;
  readonly wave: number;
  readonly code: string | null;
  readonly message: string | null;
}

/** Which page of a batch's exceptions. */
export interface ExceptionPage {
  readonly batchId: string;
  /** Tenants that the caller may see; null: all. */
  readonly only: ReadonlySet<string> | null;
  /** The last that was seen. */
  readonly after: { readonly wave: number; readonly tenantId: string } | undefined;
  readonly limit: number;
}

/** Of waves that go back: whoever is at the new version, or is beyond the point of no return and was not settled otherwise. */
const isKept = Prisma.sql`b.rollback -> 'waves' @> to_jsonb(u.wave)
  AND (u.state = 'done' OR (u.is_past_return AND u.state NOT IN ('queued', 'aborted', 'failed')))`;

/** Tenants with whom it went otherwise than with their wave. */
@Injectable()
export class BatchExceptionsStore {
  /** By batch; without those of which none is kept. */
  async countKept(tx: Transaction, batchIds: readonly string[]): Promise<Map<string, number>> {
    const rows = await tx.$queryRaw<{ id: string; count: number }[]>`
      SELECT b.id::text AS id, count(*)::int AS count
      FROM upgrade_batches b JOIN upgrades u ON u.batch_id = b.id
      WHERE b.id = ANY (${[...batchIds]}::uuid[]) AND b.rollback IS NOT NULL AND ${isKept} GROUP BY b.id`;
    return new Map(rows.map(({ id, count }) => [id, count]));
  }

  /** By wave, then by tenant. */
  listKept(tx: Transaction, { batchId, only, after, limit }: ExceptionPage): Promise<KeptRow[]> {
    return tx.$queryRaw<KeptRow[]>`
      SELECT u.tenant_id AS "tenantId", u.wave, u.id::text AS "upgradeId", u.state, u.from_version AS "fromVersion",
        u.to_version AS "toVersion", u.is_past_return AS "isPastReturn", l.id::text AS "laterId",
        l.to_version AS "laterVersion", k.id::text AS "backupId", k.created_at AS "backedUpAt"
      FROM upgrade_batches b JOIN upgrades u ON u.batch_id = b.id
      LEFT JOIN LATERAL (
        SELECT l.id, l.to_version FROM upgrades l
        WHERE l.tenant_id = u.tenant_id AND l.service_id = u.service_id AND l.seq > u.seq
        ORDER BY l.seq DESC LIMIT 1) AS l ON TRUE
      LEFT JOIN LATERAL (
        SELECT k.id, k.created_at FROM backups k
        WHERE k.tenant_id = u.tenant_id AND k.service_id = u.service_id AND k.state = 'done'
          AND (k.expires_at IS NULL OR k.expires_at > clock_timestamp()) AND k.schema_version < u.schema_to
        ORDER BY k.created_at DESC LIMIT 1) AS k ON u.is_past_return
      WHERE b.id = ${batchId}::uuid AND b.rollback IS NOT NULL AND ${isKept}
        AND ${within(Prisma.sql`u.wave`, Prisma.sql`u.tenant_id`, only, after)}
      ORDER BY u.wave, u.tenant_id LIMIT ${limit}`;
  }

  /** By wave, then by tenant. Sets are subtracted, and only a page of what is left is looked up: ten thousand are few so. */
  listNotBegun(tx: Transaction, { batchId, only, after, limit }: ExceptionPage): Promise<NotBegunRow[]> {
    return tx.$queryRaw<NotBegunRow[]>`
      WITH waves AS MATERIALIZED (
        SELECT number, tenant_ids, left_out FROM upgrade_batch_waves
        WHERE batch_id = ${batchId}::uuid AND started_at IS NOT NULL),
      absent AS (
        SELECT w.number AS wave, m.tenant_id FROM waves w, unnest(w.tenant_ids) AS m (tenant_id)
        EXCEPT SELECT u.wave, u.tenant_id FROM upgrades u WHERE u.batch_id = ${batchId}::uuid),
      page AS MATERIALIZED (
        SELECT wave, tenant_id FROM absent
        WHERE ${within(Prisma.sql`wave`, Prisma.sql`tenant_id`, only, after)} ORDER BY wave, tenant_id LIMIT ${limit}),
      reasons AS MATERIALIZED (
        SELECT w.number AS wave, l.* FROM waves w,
          jsonb_to_recordset(w.left_out) AS l ("tenantId" text, code text, message text))
      SELECT p.tenant_id AS "tenantId", p.wave, r.code, r.message
      FROM page p LEFT JOIN reasons r ON r.wave = p.wave AND r."tenantId" = p.tenant_id ORDER BY p.wave, p.tenant_id`;
  }
}

function within(wave: Prisma.Sql, tenant: Prisma.Sql, only: ExceptionPage['only'], after: ExceptionPage['after']) {
  const seen = only === null ? Prisma.sql`TRUE` : Prisma.sql`${tenant} = ANY (${[...only]}::text[])`;
  if (after === undefined) return seen;
  return Prisma.sql`${seen} AND (${wave}, ${tenant}) > (${after.wave}, ${after.tenantId})`;
}
