import { Injectable } from '@nestjs/common';
import { Prisma } from '../../generated/client.ts';
import { Database, type Transaction } from '../infra/db/database.ts';
import { RaceLostError } from '../infra/db/database-errors.ts';
import { packed, packRows, unpackRows } from '../infra/db/packed.ts';
import { type TenantFilter, whereOf } from '../infra/db/tenant-filter.ts';
import { type CellMove, type CellState, cellKey } from './plan-cells.ts';

export interface CellRow extends CellState {
  readonly tenantId: string;
  readonly serviceId: string;
  readonly updatedAt: Date;
}

interface CellKeys {
  readonly tenantIds: readonly string[];
  readonly serviceIds: readonly string[];
}

@Injectable()
export class AssignmentsStore {
  constructor(private readonly database: Database) {}

  consistentRead<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.database.consistentRead(work);
  }

  /** Ids and names of tenants by filter, within `only`; null: all. */
  async selectTenants(tx: Transaction, filter: TenantFilter, only: ReadonlySet<string> | null) {
    const where = whereOf(filter, only);
    return tx.tenant.findMany({ where, select: { id: true, name: true }, orderBy: { id: 'asc' } });
  }

  /** Ids of tenants that are assigned a version, within `only`; null: all. */
  async selectAssigned(
    tx: Transaction,
    { serviceId, version }: { serviceId: string; version: string },
    only: ReadonlySet<string> | null,
  ): Promise<string[]> {
    const where = { serviceId, version, ...(only === null ? {} : { tenantId: { in: [...only] } }) };
    const rows = await tx.assignment.findMany({ where, select: { tenantId: true }, orderBy: { tenantId: 'asc' } });
    return rows.map(({ tenantId }) => tenantId);
  }

  /** Those of the ids that are tenants, with their names; `isHeld` keeps them from being deleted until the end. */
  async findTenants(tx: Transaction, ids: readonly string[], isHeld: boolean): Promise<Map<string, string>> {
    const wanted = [...ids];
    const rows = isHeld
      ? await tx.$queryRaw<{ id: string; name: string }[]>`
          SELECT id, name FROM tenants WHERE id = ANY (${wanted}::text[]) AND deleted_at IS NULL
          ORDER BY id FOR KEY SHARE`
      : await tx.$queryRaw<{ id: string; name: string }[]>`
          SELECT id, name FROM tenants WHERE id = ANY (${wanted}::text[]) AND deleted_at IS NULL`;
    return new Map(rows.map((row) => [row.id, row.name]));
  }

  /** The cells of these keys that have an assignment; locked, nobody else changes them until the end. */
  async readCells(tx: Transaction, keys: CellKeys, isLocked: boolean): Promise<Map<string, CellRow>> {
    const lock = isLocked ? Prisma.sql`ORDER BY a.tenant_id, a.service_id FOR UPDATE OF a` : Prisma.empty;
    const rows = await tx.$queryRaw<{ rows: string | null }[]>`
      WITH cells AS MATERIALIZED (
        SELECT a.tenant_id, a.service_id, a.version, a.is_pinned, a.stamp, a.updated_at
        FROM assignments a
        JOIN unnest(${packed(keys.tenantIds)}, ${packed(keys.serviceIds)}) AS k (tenant_id, service_id)
          ON a.tenant_id = k.tenant_id AND a.service_id = k.service_id
        ${lock})
      ${packRows(packedFields, Prisma.sql`cells`)}`;
    return new Map(
      unpackRows(rows).map((fields) => {
        const row = cellOf(fields);
        return [cellKey(row.tenantId, row.serviceId), row];
      }),
    );
  }

  /**
   * Writes moves of cells that were read under lock.
   *
   * @throws RaceLostError when a cell that was empty has been filled meanwhile; the transaction is to start over
   */
  async writeMoves(tx: Transaction, moves: readonly CellMove[]): Promise<void> {
    const fresh = moves.filter((move) => move.stamp === undefined);
    const changed = moves.filter((move) => move.stamp !== undefined && move.toVersion !== null);
    const dropped = moves.filter((move) => move.stamp !== undefined && move.toVersion === null);
    if (fresh.length > 0 && (await insert(tx, fresh)) !== fresh.length) throw new RaceLostError('a cell was filled');
    if (changed.length > 0) await update(tx, changed);
    if (dropped.length > 0) await remove(tx, dropped);
  }

  /** One page of rows of the matrix, with all columns. */
  readMatrix(filter: TenantFilter, only: ReadonlySet<string> | null, after: string, limit: number) {
    return this.database.consistentRead(async (tx) => {
      const where = whereOf(filter, only);
      const services = await tx.service.findMany({ orderBy: { id: 'asc' } });
      const tenants = await tx.tenant.findMany({
        where: { AND: [where, { id: { gt: after } }] },
        select: { id: true, name: true },
        orderBy: { id: 'asc' },
        take: limit,
      });
      const cells = await tx.$queryRaw<PackedRow[]>`
        SELECT tenant_id AS "tenantId", array_agg(service_id) AS "serviceIds", array_agg(version) AS versions,
               array_agg(service_id) FILTER (WHERE is_pinned) AS pinned
        FROM assignments WHERE tenant_id = ANY (${tenants.map((tenant) => tenant.id)}::text[]) GROUP BY tenant_id`;
      const totalCount = await tx.tenant.count({ where });
      const { epoch, revision } = await tx.logPosition.findUniqueOrThrow({ where: { id: 1 } });
      return { services, tenants, cells, totalCount, position: { epoch, revision: Number(revision) } };
    });
  }
}

/** All assignments of one tenant, as parallel lists. */
export interface PackedRow {
  readonly tenantId: string;
  readonly serviceIds: readonly string[];
  readonly versions: readonly string[];
  readonly pinned: readonly string[] | null;
}

/** Of a cell, as texts. */
const packedFields = [
  Prisma.sql`tenant_id`,
  Prisma.sql`service_id`,
  Prisma.sql`version`,
  Prisma.sql`is_pinned::text`,
  Prisma.sql`stamp::text`,
  Prisma.sql`(extract(epoch FROM updated_at) * 1000)::bigint::text`,
];

function cellOf([tenantId = '', serviceId = '', version = '', isPinned, stamp = '0', updatedAt]: string[]): CellRow {
  return {
    tenantId,
    serviceId,
    version,
    isPinned: isPinned === 'true',
    stamp: BigInt(stamp),
    updatedAt: new Date(Number(updatedAt)),
  };
}

function columnsOf(moves: readonly CellMove[]) {
  return {
    tenantIds: packed(moves.map((move) => move.tenantId)),
    serviceIds: packed(moves.map((move) => move.serviceId)),
    versions: packed(moves.map((move) => move.toVersion)),
    pinned: Prisma.sql`${packed(moves.map((move) => String(move.toPinned)))}::boolean[]`,
  };
}

function insert(tx: Transaction, moves: readonly CellMove[]): Promise<number> {
  const { tenantIds, serviceIds, versions, pinned } = columnsOf(moves);
  return tx.$executeRaw`
    INSERT INTO assignments (tenant_id, service_id, version, is_pinned)
    SELECT * FROM unnest(${tenantIds}, ${serviceIds}, ${versions}, ${pinned})
    ON CONFLICT (tenant_id, service_id) DO NOTHING`;
}

function update(tx: Transaction, moves: readonly CellMove[]): Promise<number> {
  const { tenantIds, serviceIds, versions, pinned } = columnsOf(moves);
  return tx.$executeRaw`
    UPDATE assignments a
    SET version = m.version, is_pinned = m.is_pinned, stamp = nextval('assignment_stamp_seq'), updated_at = now()
    FROM unnest(${tenantIds}, ${serviceIds}, ${versions}, ${pinned})
      AS m (tenant_id, service_id, version, is_pinned)
    WHERE a.tenant_id = m.tenant_id AND a.service_id = m.service_id`;
}

function remove(tx: Transaction, moves: readonly CellMove[]): Promise<number> {
  const { tenantIds, serviceIds } = columnsOf(moves);
  return tx.$executeRaw`
    DELETE FROM assignments a USING unnest(${tenantIds}, ${serviceIds}) AS m (tenant_id, service_id)
    WHERE a.tenant_id = m.tenant_id AND a.service_id = m.service_id`;
}
