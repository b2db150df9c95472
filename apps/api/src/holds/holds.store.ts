import type { Actor } from '@grey/contracts';
import type { HoldRecord } from '@grey/route-core';
import { Injectable } from '@nestjs/common';
import { Prisma } from '../../generated/client.ts';
import { Database, type Transaction } from '../infra/db/database.ts';
import { readActiveHolds } from '../infra/db/read-holds.ts';
import type { HoldDraft, HoldFilter, HoldRow } from './hold-row.ts';

/** First number of the locks that keep two writers of one service's holds apart. */
const HOLD_LOCKS = 72_711;
const columns = Prisma.sql`
  h.id::text AS id, h.service_id AS "serviceId", h.from_version AS "fromVersion", h.to_version AS "toVersion", h.scope,
  h.reason, h.created_by AS "createdBy", h.operator_id AS "operatorId", h.created_at AS "createdAt",
  h.lifted_at AS "liftedAt", h.lifted_by AS "liftedBy", h.lift_reason AS "liftReason"`;

@Injectable()
export class HoldsStore {
  constructor(private readonly database: Database) {}

  consistentRead<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.database.consistentRead(work);
  }

  /** The holds of a service that are in force, kept from other writers until the transaction ends. */
  async lockActive(tx: Transaction, serviceId: string): Promise<HoldRecord[]> {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(${HOLD_LOCKS}::int, hashtext(${serviceId}))`;
    return readActiveHolds(tx, serviceId);
  }

  async find(tx: Transaction, id: string): Promise<HoldRow | undefined> {
    const [row] = await tx.$queryRaw<HoldRow[]>`SELECT ${columns} FROM holds h WHERE h.id = ${id}::uuid`;
    return row;
  }

  /** The same, kept from being lifted by others until the transaction ends. */
  async lock(tx: Transaction, id: string): Promise<HoldRow | undefined> {
    const [row] = await tx.$queryRaw<HoldRow[]>`SELECT ${columns} FROM holds h WHERE h.id = ${id}::uuid FOR UPDATE`;
    return row;
  }

  /** Newest first. `only`: tenants that the caller may see; holds for others alone are left out. */
  list(
    filter: HoldFilter,
    only: ReadonlySet<string> | null,
    before: { createdAt: Date; id: string } | undefined,
    limit: number,
  ): Promise<HoldRow[]> {
    return this.database.run(
      (client) => client.$queryRaw<HoldRow[]>`
        SELECT ${columns} FROM holds h WHERE ${whereOf(filter)}
          AND ${only === null ? Prisma.sql`TRUE` : Prisma.sql`(h.scope->>'kind' <> 'tenants' OR jsonb_exists_any(h.scope->'tenantIds', ${[...only]}::text[]))`}
          AND ${before === undefined ? Prisma.sql`TRUE` : Prisma.sql`(h.created_at, h.id) < (${before.createdAt}, ${before.id}::uuid)`}
        ORDER BY h.created_at DESC, h.id DESC LIMIT ${limit}`,
    );
  }

  async insert(tx: Transaction, hold: HoldRecord, by: HoldDraft): Promise<HoldRow> {
    const [row] = await tx.$queryRaw<HoldRow[]>`
      INSERT INTO holds AS h (id, service_id, from_version, to_version, scope, reason, created_by, operator_id, created_at)
      VALUES (${hold.id}::uuid, ${hold.serviceId}, ${hold.fromVersion}, ${hold.toVersion},
              ${JSON.stringify(hold.scope)}::jsonb, ${by.reason}, ${JSON.stringify(by.actor)}::jsonb, ${by.operatorId},
              COALESCE(${by.takenAt ?? null}::timestamptz, clock_timestamp()))
      RETURNING ${columns}`;
    if (row === undefined) throw new Error(`hold ${hold.id} was not written`);
    return row;
  }

  async lift(tx: Transaction, id: string, by: { reason: string; actor: Actor }): Promise<HoldRow> {
    const [row] = await tx.$queryRaw<HoldRow[]>`
      UPDATE holds h SET lifted_at = clock_timestamp(), lifted_by = ${JSON.stringify(by.actor)}::jsonb,
        lift_reason = ${by.reason}
      WHERE h.id = ${id}::uuid RETURNING ${columns}`;
    if (row === undefined) throw new Error(`hold ${id} was not lifted`);
    return row;
  }
}

function whereOf({ serviceId, version, tenantId, isActive }: HoldFilter): Prisma.Sql {
  const parts = [Prisma.sql`TRUE`];
  if (serviceId !== undefined) parts.push(Prisma.sql`h.service_id = ${serviceId}`);
  if (version !== undefined) parts.push(Prisma.sql`(h.from_version = ${version} OR h.to_version = ${version})`);
  if (isActive !== undefined)
    parts.push(isActive ? Prisma.sql`h.lifted_at IS NULL` : Prisma.sql`h.lifted_at IS NOT NULL`);
  if (tenantId !== undefined)
    parts.push(Prisma.sql`(h.scope->>'kind' = 'all' OR jsonb_exists(h.scope->'tenantIds', ${tenantId})
      OR EXISTS (SELECT 1 FROM tenants t WHERE t.id = ${tenantId} AND h.scope->>'tag' = ANY (t.tags)))`);
  return Prisma.join(parts, ' AND ');
}
