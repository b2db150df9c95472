import type { Tenant as TenantView } from '@grey/contracts';
import { Injectable } from '@nestjs/common';
import type { Tenant } from '../../generated/client.ts';
import { Database, type Transaction } from '../infra/db/database.ts';
import { type TenantFilter, whereOf } from '../infra/db/tenant-filter.ts';
import { etagOf } from '../infra/http/etag.ts';
import { tenantState } from './tenant-state.ts';

/** Fields of a tenant that an operator sets. */
export interface TenantFields {
  name: string;
  status: string;
  tier: string | null;
  region: string | null;
  tags: string[];
  metadata: Record<string, string>;
}

@Injectable()
export class TenantsStore {
  constructor(private readonly database: Database) {}

  /** @param only ids to stay within; null: all */
  list(filter: TenantFilter, only: ReadonlySet<string> | null, after: string, limit: number): Promise<Tenant[]> {
    return this.database.run((client) =>
      client.tenant.findMany({
        where: { AND: [whereOf(filter, only), { id: { gt: after } }] },
        orderBy: { id: 'asc' },
        take: limit,
      }),
    );
  }

  find(id: string): Promise<Tenant | undefined> {
    return this.database.run((client) => this.findIn(client, id));
  }

  async findIn(tx: Transaction, id: string): Promise<Tenant | undefined> {
    return (await tx.tenant.findFirst({ where: { id, deletedAt: null } })) ?? undefined;
  }

  /** Locks the row against any other change of it; a deleted tenant is not found. */
  async lock(tx: Transaction, id: string): Promise<Tenant | undefined> {
    await tx.$queryRaw`SELECT id FROM tenants WHERE id = ${id} FOR UPDATE`;
    return this.findIn(tx, id);
  }

  insert(tx: Transaction, id: string, fields: TenantFields): Promise<Tenant> {
    return tx.tenant.create({ data: { id, ...fields } });
  }

  update(tx: Transaction, id: string, fields: Partial<TenantFields>): Promise<Tenant> {
    return tx.tenant.update({
      where: { id },
      data: { ...fields, rowVersion: { increment: 1 }, updatedAt: new Date() },
    });
  }

  /** Brings back a tenant that was deleted, with the fields it had; it keeps its id. */
  restore(tx: Transaction, id: string, fields: TenantFields): Promise<Tenant> {
    return tx.tenant.update({
      where: { id },
      data: { ...fields, deletedAt: null, rowVersion: { increment: 1 }, updatedAt: new Date() },
    });
  }

  /** Marks the tenant deleted and takes its assignments out. @returns the assignments that were there */
  async remove(tx: Transaction, id: string): Promise<{ serviceId: string; version: string; isPinned: boolean }[]> {
    await tx.tenant.update({
      where: { id },
      data: { deletedAt: new Date(), updatedAt: new Date(), rowVersion: { increment: 1 } },
    });
    return tx.$queryRaw`
      DELETE FROM assignments WHERE tenant_id = ${id}
      RETURNING service_id AS "serviceId", version, is_pinned AS "isPinned"`;
  }

  /** Every service with what this tenant runs there, in one read. */
  listServices(tenantId: string) {
    return this.database.consistentRead(async (tx) => {
      const tenant = await this.findIn(tx, tenantId);
      if (tenant === undefined) return undefined;
      const services = await tx.service.findMany({
        include: { versions: { orderBy: { ordinal: 'desc' } } },
        orderBy: { id: 'asc' },
      });
      const assignments = await tx.assignment.findMany({ where: { tenantId } });
      const byService = new Map(assignments.map((one) => [one.serviceId, one]));
      return services.map((service) => ({ service, assignment: byService.get(service.id) }));
    });
  }

  /** Ids of this list that are no tenants. */
  async findUnknown(tx: Transaction, ids: readonly string[]): Promise<string[]> {
    const rows = await tx.tenant.findMany({ where: { id: { in: [...ids] }, deletedAt: null }, select: { id: true } });
    const known = new Set(rows.map((row) => row.id));
    return ids.filter((id) => !known.has(id));
  }
}

/** A tenant in the words of the API. */
export function tenantView(row: Tenant): TenantView {
  return {
    id: row.id,
    ...tenantState(row),
    origin: row.origin as TenantView['origin'],
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    etag: etagOf(row.rowVersion),
  };
}
