import { Injectable } from '@nestjs/common';
import type { Transaction } from '../infra/db/database.ts';
import { RaceLostError } from '../infra/db/database-errors.ts';

/** Fields of a tenant as the log keeps them. */
export interface TenantState {
  readonly name: string;
  readonly status: string;
  readonly tier: string | null;
  readonly region: string | null;
  readonly tags: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** A row of the table, deleted ones included: their ids are taken for ever. */
export interface TenantRow extends TenantState {
  readonly id: string;
  readonly origin: string;
  readonly isDeleted: boolean;
  readonly rowVersion: number;
}

export interface NewTenant {
  readonly id: string;
  readonly state: TenantState;
}

export interface DroppedCell {
  readonly tenantId: string;
  readonly serviceId: string;
  readonly version: string;
  readonly isPinned: boolean;
}

/** Reads and writes tenants by the thousand, a statement each. */
@Injectable()
export class SyncedTenantsStore {
  readAll(tx: Transaction): Promise<TenantRow[]> {
    return tx.$queryRaw`
      SELECT id, name, status, tier, region, tags, metadata, origin, deleted_at IS NOT NULL AS "isDeleted",
             row_version AS "rowVersion"
      FROM tenants ORDER BY id COLLATE "C"`;
  }

  /**
   * Keeps these tenants from being changed by others until the end.
   *
   * @throws RaceLostError when one of them has been changed since it was read; the transaction is to start over
   */
  async lock(tx: Transaction, read: readonly TenantRow[]): Promise<void> {
    const rows = await tx.$queryRaw<{ id: string; rowVersion: number }[]>`
      SELECT id, row_version AS "rowVersion" FROM tenants
      WHERE id = ANY (${read.map((row) => row.id)}::text[]) ORDER BY id FOR UPDATE`;
    const versions = new Map(rows.map((row) => [row.id, row.rowVersion]));
    if (read.some((row) => versions.get(row.id) !== row.rowVersion)) throw new RaceLostError('a tenant was changed');
  }

  /** @throws RaceLostError when one of the ids has been taken meanwhile */
  async insert(tx: Transaction, tenants: readonly NewTenant[]): Promise<void> {
    const c = columnsOf(tenants);
    const count = await tx.$executeRaw`
      INSERT INTO tenants (id, name, status, tier, region, tags, metadata, origin)
      SELECT id, name, status, tier, region, ARRAY(SELECT jsonb_array_elements_text(tags::jsonb)), metadata::jsonb, 'sync'
      FROM unnest(${c.ids}::text[], ${c.names}::text[], ${c.statuses}::text[], ${c.tiers}::text[], ${c.regions}::text[],
                  ${c.tags}::text[], ${c.metadata}::text[]) AS t (id, name, status, tier, region, tags, metadata)
      ON CONFLICT (id) DO NOTHING`;
    if (count !== tenants.length) throw new RaceLostError('an id was taken');
  }

  async update(tx: Transaction, tenants: readonly NewTenant[]): Promise<void> {
    const c = columnsOf(tenants);
    await tx.$executeRaw`
      UPDATE tenants o
      SET name = t.name, status = t.status, tier = t.tier, region = t.region, metadata = t.metadata::jsonb,
          tags = ARRAY(SELECT jsonb_array_elements_text(t.tags::jsonb)),
          row_version = o.row_version + 1, updated_at = now()
      FROM unnest(${c.ids}::text[], ${c.names}::text[], ${c.statuses}::text[], ${c.tiers}::text[], ${c.regions}::text[],
                  ${c.tags}::text[], ${c.metadata}::text[]) AS t (id, name, status, tier, region, tags, metadata)
      WHERE o.id = t.id`;
  }

  /** Marks tenants deleted and takes their assignments out. @returns the assignments that were there */
  async remove(tx: Transaction, ids: readonly string[]): Promise<DroppedCell[]> {
    await tx.$executeRaw`
      UPDATE tenants SET deleted_at = now(), updated_at = now(), row_version = row_version + 1
      WHERE id = ANY (${[...ids]}::text[])`;
    return tx.$queryRaw`
      DELETE FROM assignments WHERE tenant_id = ANY (${[...ids]}::text[])
      RETURNING tenant_id AS "tenantId", service_id AS "serviceId", version, is_pinned AS "isPinned"`;
  }

  async countAssignments(tx: Transaction, ids: readonly string[]): Promise<number> {
    const [row] = await tx.$queryRaw<{ count: number }[]>`
      SELECT count(*)::int AS count FROM assignments WHERE tenant_id = ANY (${[...ids]}::text[])`;
    return row?.count ?? 0;
  }
}

/** Lists of lists do not fit into arrays of PostgreSQL, whose rows must be equally long: tags travel as JSON. */
function columnsOf(tenants: readonly NewTenant[]) {
  const column = <T>(read: (state: TenantState) => T) => tenants.map((tenant) => read(tenant.state));
  return {
    ids: tenants.map((tenant) => tenant.id),
    names: column((state) => state.name),
    statuses: column((state) => state.status),
    tiers: column((state) => state.tier),
    regions: column((state) => state.region),
    tags: column((state) => JSON.stringify(state.tags)),
    metadata: column((state) => JSON.stringify(state.metadata)),
  };
}
