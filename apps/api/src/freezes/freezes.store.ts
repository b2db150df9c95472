import type { Actor } from '@grey/contracts';
import { Injectable } from '@nestjs/common';
import { Prisma } from '../../generated/client.ts';
import { Database, type Transaction } from '../infra/db/database.ts';
import type { FreezeFields, FreezeRow } from './freeze-row.ts';

/** Names the lock between changes that freezes were looked up for (shared) and changes of freezes (alone). */
const FREEZE_LOCK = 72_713;
const columns = Prisma.sql`
  f.id::text AS id, f.title, f.reason, f.tenant_ids AS "tenantIds", f.tenant_tags AS "tenantTags",
  f.service_ids AS "serviceIds", f.starts_at AS "startsAt", f.ends_at AS "endsAt", f.recurrence,
  f.created_by AS "createdBy", f.created_at AS "createdAt", f.updated_at AS "updatedAt", f.stamp`;

export interface FreezeFilter {
  readonly tenantId?: string | undefined;
  readonly serviceId?: string | undefined;
  /** Epoch milliseconds: only freezes that could have a window then. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** Where a page ended. */
export interface FreezePlace {
  readonly startsAt: Date;
  readonly id: string;
}

@Injectable()
export class FreezesStore {
  constructor(private readonly database: Database) {}

  consistentRead<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.database.consistentRead(work);
  }

  /** The clock that all replicas share; epoch milliseconds. */
  async readClock(tx: Transaction): Promise<number> {
    const [row] = await tx.$queryRaw<{ now: Date }[]>`SELECT clock_timestamp() AS now`;
    return (row as { now: Date }).now.getTime();
  }

  async find(tx: Transaction, id: string): Promise<FreezeRow | undefined> {
    const [row] = await tx.$queryRaw<FreezeRow[]>`SELECT ${columns} FROM freezes f WHERE f.id = ${id}::uuid`;
    return row;
  }

  /** The latest to begin first. `only`: tenants that the caller may see; freezes for others alone are left out. */
  list(
    tx: Transaction,
    filter: FreezeFilter,
    only: ReadonlySet<string> | null,
    before: FreezePlace | undefined,
    limit: number,
  ): Promise<FreezeRow[]> {
    return tx.$queryRaw<FreezeRow[]>`
      SELECT ${columns} FROM freezes f WHERE ${whereOf(filter)}
        AND ${only === null ? Prisma.sql`TRUE` : Prisma.sql`(f.tenant_ids = '{}' OR f.tenant_tags <> '{}' OR f.tenant_ids && ${[...only]}::text[])`}
        AND ${before === undefined ? Prisma.sql`TRUE` : Prisma.sql`(f.starts_at, f.id) < (${before.startsAt}, ${before.id}::uuid)`}
      ORDER BY f.starts_at DESC, f.id DESC LIMIT ${limit}`;
  }

  /** Freezes between their start and end, and the time it is, or was. @param at epoch milliseconds; undefined: now */
  async listCurrent(tx: Transaction, at?: number): Promise<{ now: number; rows: FreezeRow[] }> {
    const rows = await tx.$queryRaw<(FreezeRow & { now: Date })[]>`
      SELECT ${columns}, c.now FROM freezes f, (SELECT ${at === undefined ? Prisma.sql`clock_timestamp()` : Prisma.sql`${new Date(at)}::timestamptz`} AS now) c
      WHERE f.starts_at <= c.now AND (f.ends_at IS NULL OR f.ends_at > c.now) ORDER BY f.starts_at, f.id`;
    return { now: rows[0]?.now.getTime() ?? 0, rows };
  }

  /** The tenants that freezes are for, by freeze. @param only of these; null: of all */
  async readMembers(
    tx: Transaction,
    freezeIds: readonly string[],
    only: readonly string[] | null,
  ): Promise<Map<string, Set<string>>> {
    const rows = await tx.$queryRaw<{ id: string; tenantIds: string[] }[]>`
      SELECT f.id::text AS id, array_agg(t.id) AS "tenantIds"
      FROM freezes f JOIN tenants t ON t.id = ANY (f.tenant_ids) OR t.tags && f.tenant_tags
      WHERE f.id = ANY (${[...freezeIds]}::uuid[]) AND t.deleted_at IS NULL
        AND ${only === null ? Prisma.sql`TRUE` : Prisma.sql`t.id = ANY (${[...only]}::text[])`}
      GROUP BY f.id`;
    return new Map(rows.map(({ id, tenantIds }) => [id, new Set(tenantIds)]));
  }

  /** Assignments by service and tenant, with whether they are pinned. */
  async readCells(
    tx: Transaction,
    tenantIds: readonly string[],
    serviceIds: readonly string[],
  ): Promise<Map<string, Map<string, boolean>>> {
    const rows = await tx.$queryRaw<{ serviceId: string; tenantIds: string[]; pinned: boolean[] }[]>`
      SELECT a.service_id AS "serviceId", array_agg(a.tenant_id) AS "tenantIds", array_agg(a.is_pinned) AS pinned
      FROM assignments a
      WHERE a.service_id = ANY (${[...serviceIds]}::text[]) AND a.tenant_id = ANY (${[...tenantIds]}::text[])
      GROUP BY a.service_id`;
    return new Map(
      rows.map((row) => [row.serviceId, new Map(row.tenantIds.map((id, at) => [id, row.pinned[at] ?? false]))]),
    );
  }

  /** Keeps freezes as they are until the transaction ends, for a change that was allowed by them. */
  async hold(tx: Transaction): Promise<void> {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock_shared(${FREEZE_LOCK}::bigint)`;
  }

  /** Waits for changes that were allowed by the freezes there are, and keeps others away until the transaction ends. */
  async lock(tx: Transaction): Promise<void> {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(${FREEZE_LOCK}::bigint)`;
  }

  /** Writes a freeze, also one that was there before. */
  async put(tx: Transaction, id: string, fields: FreezeFields, createdBy: Actor): Promise<FreezeRow> {
    const { title, reason, startsAt, endsAt, recurrence } = fields;
    const [row] = await tx.$queryRaw<FreezeRow[]>`
      INSERT INTO freezes AS f (id, title, reason, tenant_ids, tenant_tags, service_ids, starts_at, ends_at, recurrence,
                                created_by, created_at, updated_at)
      VALUES (${id}::uuid, ${title}, ${reason}, ${[...fields.tenantIds]}::text[], ${[...fields.tenantTags]}::text[],
              ${[...fields.serviceIds]}::text[], ${startsAt}, ${endsAt},
              ${recurrence === null ? null : JSON.stringify(recurrence)}::jsonb, ${JSON.stringify(createdBy)}::jsonb,
              clock_timestamp(), clock_timestamp())
      ON CONFLICT (id) DO UPDATE SET title = EXCLUDED.title, reason = EXCLUDED.reason, tenant_ids = EXCLUDED.tenant_ids,
        tenant_tags = EXCLUDED.tenant_tags, service_ids = EXCLUDED.service_ids, starts_at = EXCLUDED.starts_at,
        ends_at = EXCLUDED.ends_at, recurrence = EXCLUDED.recurrence, stamp = nextval('routing_stamp_seq'),
        updated_at = clock_timestamp()
      RETURNING ${columns}`;
    if (row === undefined) throw new Error(`freeze ${id} was not written`);
    return row;
  }

  async delete(tx: Transaction, id: string): Promise<void> {
    await tx.$executeRaw`DELETE FROM freezes WHERE id = ${id}::uuid`;
  }

  /** Services of these that are not there. */
  async findUnknownServices(tx: Transaction, ids: readonly string[]): Promise<string[]> {
    const rows = await tx.$queryRaw<{ id: string }[]>`
      SELECT t.id FROM unnest(${[...ids]}::text[]) AS t (id) WHERE NOT EXISTS (SELECT 1 FROM services s WHERE s.id = t.id)`;
    return rows.map(({ id }) => id);
  }

  /** Tenants of these that are not there. */
  async findUnknownTenants(tx: Transaction, ids: readonly string[]): Promise<string[]> {
    const rows = await tx.$queryRaw<{ id: string }[]>`
      SELECT t.id FROM unnest(${[...ids]}::text[]) AS t (id)
      WHERE NOT EXISTS (SELECT 1 FROM tenants s WHERE s.id = t.id AND s.deleted_at IS NULL)`;
    return rows.map(({ id }) => id);
  }
}

function whereOf({ tenantId, serviceId, from, to }: FreezeFilter): Prisma.Sql {
  const parts = [Prisma.sql`TRUE`];
  if (from !== undefined) parts.push(Prisma.sql`(f.ends_at IS NULL OR f.ends_at > ${new Date(from)})`);
  if (to !== undefined) parts.push(Prisma.sql`f.starts_at < ${new Date(to)}`);
  if (serviceId !== undefined) parts.push(Prisma.sql`(f.service_ids = '{}' OR ${serviceId} = ANY (f.service_ids))`);
  if (tenantId !== undefined)
    parts.push(Prisma.sql`((f.tenant_ids = '{}' AND f.tenant_tags = '{}') OR ${tenantId} = ANY (f.tenant_ids)
      OR EXISTS (SELECT 1 FROM tenants t WHERE t.id = ${tenantId} AND t.tags && f.tenant_tags))`);
  return Prisma.join(parts, ' AND ');
}
