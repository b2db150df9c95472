import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '../infra/db/database.ts';
import { type TenantFilter, whereOf } from '../infra/db/tenant-filter.ts';

export interface VersionKey {
  readonly serviceId: string;
  readonly version: string;
}

export interface StragglerRow {
  readonly id: string;
  readonly name: string;
  readonly tags: readonly string[];
  readonly assignments: readonly { readonly isPinned: boolean }[];
}

const TAGS_SHOWN = 100;

/** Tenants that are still on a version. */
@Injectable()
export class StragglersStore {
  constructor(private readonly database: Database) {}

  consistentRead<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.database.consistentRead(work);
  }

  /** Tenants that are assigned the version, by id. */
  listAssigned(
    tx: Transaction,
    { serviceId, version }: VersionKey,
    filter: TenantFilter,
    only: ReadonlySet<string> | null,
    page: { after: string; limit: number },
  ): Promise<StragglerRow[]> {
    return tx.tenant.findMany({
      where: {
        AND: [whereOf(filter, only), { id: { gt: page.after } }, { assignments: { some: { serviceId, version } } }],
      },
      select: {
        id: true,
        name: true,
        tags: true,
        assignments: { where: { serviceId }, select: { isPinned: true } },
      },
      orderBy: { id: 'asc' },
      take: page.limit,
    });
  }

  /** Tenants without an assignment of the service, by id. */
  async listUnassigned(
    tx: Transaction,
    serviceId: string,
    filter: TenantFilter,
    only: ReadonlySet<string> | null,
    page: { after: string; limit: number },
  ): Promise<StragglerRow[]> {
    const rows = await tx.tenant.findMany({
      where: { AND: [whereOf(filter, only), { id: { gt: page.after } }, { assignments: { none: { serviceId } } }] },
      select: { id: true, name: true, tags: true },
      orderBy: { id: 'asc' },
      take: page.limit,
    });
    return rows.map((row) => ({ ...row, assignments: [] }));
  }

  countUnassigned(tx: Transaction, serviceId: string): Promise<number> {
    return tx.tenant.count({ where: { deletedAt: null, assignments: { none: { serviceId } } } });
  }

  /** How many of those who are assigned the version have which tag, the most frequent first; and how many have none. */
  async countTags(tx: Transaction, { serviceId, version }: VersionKey) {
    const byTag = await tx.$queryRaw<{ tag: string; tenantCount: number }[]>`
      SELECT tag, count(*)::int AS "tenantCount"
      FROM assignments a JOIN tenants t ON t.id = a.tenant_id, unnest(t.tags) AS tag
      WHERE a.service_id = ${serviceId} AND a.version = ${version}
      GROUP BY tag ORDER BY count(*) DESC, tag LIMIT ${TAGS_SHOWN}`;
    const where = { assignments: { some: { serviceId, version } }, tags: { isEmpty: true } };
    return { byTag, untaggedCount: await tx.tenant.count({ where }) };
  }
}
