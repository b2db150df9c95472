import { Injectable } from '@nestjs/common';
import { Prisma } from '../../generated/client.ts';
import type { ItemDraft } from '../changes/item-draft.ts';
import type { Transaction } from '../infra/db/database.ts';
import { packed } from '../infra/db/packed.ts';
import { readTenantSchemas, type TenantSchemaCell } from '../infra/db/read-tenant-schemas.ts';

export type { TenantSchemaCell } from '../infra/db/read-tenant-schemas.ts';

/** What a tenant's schema of a service serves. Whoever writes it puts the items into a change. */
@Injectable()
export class TenantSchemasStore {
  /** null: none is recorded, so that versions are not guarded. */
  async read(
    tx: Transaction,
    tenantId: string,
    serviceId: string,
  ): Promise<(TenantSchemaCell & { updatedAt: Date }) | null> {
    const [row] = await tx.$queryRaw<(TenantSchemaCell & { updatedAt: Date })[]>`
      SELECT tenant_id AS "tenantId", service_id AS "serviceId", schema_version::float8 AS "schemaVersion",
             expanded_to::float8 AS "expandedTo", is_migrating AS "isMigrating", updated_at AS "updatedAt"
      FROM tenant_schemas WHERE tenant_id = ${tenantId} AND service_id = ${serviceId}`;
    return row ?? null;
  }

  /** By tenant. @param tenantIds null: of all that have one */
  async readMany(
    tx: Transaction,
    serviceId: string,
    tenantIds: readonly string[] | null,
  ): Promise<Map<string, TenantSchemaCell>> {
    const cells = await readTenantSchemas(tx, {
      serviceId,
      ...(tenantIds === null ? {} : { tenantIds }),
    });
    return new Map(cells.map((cell) => [cell.tenantId, cell]));
  }

  /**
   * Writes cells, those of one tenant and service once at most, and keeps them from other writers until the transaction
   * ends. @returns an item for each that changed
   */
  async write(tx: Transaction, cells: readonly TenantSchemaCell[]): Promise<ItemDraft[]> {
    const before = await this.#lock(tx, cells);
    const changed = cells.filter((cell) => !isSame(before.get(keyOf(cell)), cell));
    if (changed.length === 0) return [];
    await tx.$executeRaw`
      INSERT INTO tenant_schemas AS s (tenant_id, service_id, schema_version, expanded_to, is_migrating, updated_at)
      SELECT k.tenant_id, k.service_id, k.schema_version, k.expanded_to, k.is_migrating, clock_timestamp()
      FROM unnest(${packed(changed.map((cell) => cell.tenantId))}, ${packed(changed.map((cell) => cell.serviceId))},
                  ${changed.map((cell) => BigInt(cell.schemaVersion))}::bigint[],
                  ${changed.map((cell) => BigInt(cell.expandedTo))}::bigint[],
                  ${changed.map((cell) => cell.isMigrating)}::boolean[])
        AS k (tenant_id, service_id, schema_version, expanded_to, is_migrating)
      ON CONFLICT (tenant_id, service_id) DO UPDATE SET schema_version = EXCLUDED.schema_version,
        expanded_to = EXCLUDED.expanded_to, is_migrating = EXCLUDED.is_migrating, updated_at = EXCLUDED.updated_at`;
    return changed.map((cell) => itemOf(cell, stateOf(before.get(keyOf(cell))), stateOf(cell)));
  }

  /** From now on their versions are not guarded. @returns an item for each that was there */
  async remove(
    tx: Transaction,
    cells: readonly { readonly tenantId: string; readonly serviceId: string }[],
  ): Promise<ItemDraft[]> {
    const before = await this.#lock(tx, cells);
    const there = cells.filter((cell) => before.has(keyOf(cell)));
    if (there.length === 0) return [];
    await tx.$executeRaw`
      DELETE FROM tenant_schemas s USING ${this.#keys(there)}
      WHERE s.tenant_id = k.tenant_id AND s.service_id = k.service_id`;
    return there.map((cell) => itemOf(cell, stateOf(before.get(keyOf(cell))), null));
  }

  async #lock(
    tx: Transaction,
    cells: readonly { readonly tenantId: string; readonly serviceId: string }[],
  ): Promise<Map<string, TenantSchemaCell>> {
    if (cells.length === 0) return new Map();
    const rows = await tx.$queryRaw<TenantSchemaCell[]>`
      SELECT s.tenant_id AS "tenantId", s.service_id AS "serviceId", s.schema_version::float8 AS "schemaVersion",
             s.expanded_to::float8 AS "expandedTo", s.is_migrating AS "isMigrating"
      FROM tenant_schemas s JOIN ${this.#keys(cells)} ON s.tenant_id = k.tenant_id AND s.service_id = k.service_id
      ORDER BY s.tenant_id, s.service_id FOR UPDATE OF s`;
    return new Map(rows.map((row) => [keyOf(row), row]));
  }

  #keys(cells: readonly { readonly tenantId: string; readonly serviceId: string }[]): Prisma.Sql {
    const tenants = packed(cells.map((cell) => cell.tenantId));
    const services = packed(cells.map((cell) => cell.serviceId));
    return Prisma.sql`unnest(${tenants}, ${services}) AS k (tenant_id, service_id)`;
  }
}

function keyOf({ tenantId, serviceId }: { readonly tenantId: string; readonly serviceId: string }): string {
  return `${tenantId}/${serviceId}`;
}

function isSame(before: TenantSchemaCell | undefined, next: TenantSchemaCell): boolean {
  return (
    before !== undefined &&
    before.schemaVersion === next.schemaVersion &&
    before.expandedTo === next.expandedTo &&
    before.isMigrating === next.isMigrating
  );
}

function stateOf(cell: TenantSchemaCell | undefined): Record<string, unknown> | null {
  if (cell === undefined) return null;
  const { schemaVersion, expandedTo, isMigrating } = cell;
  return { schemaVersion, expandedTo, isMigrating };
}

function itemOf(
  { tenantId, serviceId }: { readonly tenantId: string; readonly serviceId: string },
  before: ItemDraft['before'],
  after: ItemDraft['after'],
): ItemDraft {
  return { entity: 'tenant_schema', tenantId, serviceId, key: `${tenantId}/${serviceId}`, before, after };
}
