import type { ChangeItem, Position } from '@grey/contracts';
import { Injectable } from '@nestjs/common';
import { Prisma } from '../../../generated/client.ts';
import { Database, type Transaction } from '../../infra/db/database.ts';
import { isNotForOthers } from '../visible-items.store.ts';

type State = ChangeItem['before'];

/** Something that a change between two moments touched: as it was before the first of them and after the last. */
export interface Touched {
  readonly entity: ChangeItem['entity'];
  /** `rules`: which rules are live, kept under the service beside its fields; else empty. */
  readonly part: '' | 'rules';
  readonly tenantId: string | null;
  readonly serviceId: string | null;
  readonly key: string;
  readonly before: State;
  readonly after: State;
  readonly epoch: string;
  readonly revision: number;
}

/** Which items count. `tenantIds` null: every tenant. */
export interface TouchedFilter {
  readonly entities?: readonly string[];
  readonly otherThan?: readonly string[];
  readonly entity?: string | undefined;
  readonly tenantId?: string | undefined;
  readonly serviceId?: string | undefined;
  readonly tenantIds: readonly string[] | null;
}

export interface PageOfKeys {
  readonly after: readonly [entity: string, key: string, part: string];
  readonly limit: number;
}

/** Persons, keys and what was erased of them are no state of the configuration. */
const hidden = ['user', 'api_key', 'erasure', 'change', 'override'];

/** Asks the log what its changes touched: the past is the present with that taken back. */
@Injectable()
export class PastStore {
  constructor(private readonly database: Database) {}

  consistentRead<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.database.consistentRead(work);
  }

  /**
   * What changes after one position and up to another (null: the end) touched, each thing once, by entity and key.
   * Things that are the same at both ends are left out of a page and kept in a whole.
   */
  async listTouched(
    tx: Transaction,
    after: Position,
    until: Position | null,
    filter: TouchedFilter,
    page?: PageOfKeys,
  ): Promise<Touched[]> {
    const rows = await tx.$queryRaw<(Omit<Touched, 'revision'> & { revision: bigint })[]>`
      WITH touched AS MATERIALIZED (
        SELECT i.entity, i.tenant_id, i.service_id, i.key, i.before, i.after, i.index, c.epoch, c.revision, ${part} AS part
        FROM changes c JOIN change_items i ON i.change_key = c.key
        WHERE (c.epoch, c.revision) > (${after.epoch}, ${BigInt(after.revision)})
          ${until === null ? Prisma.empty : Prisma.sql`AND (c.epoch, c.revision) <= (${until.epoch}, ${BigInt(until.revision)})`}
          AND ${matches(filter)}
      ), first AS (
        SELECT DISTINCT ON (entity, key, part) entity, key, part, before FROM touched
        ORDER BY entity, key, part, epoch, revision, index
      ), last AS (
        SELECT DISTINCT ON (entity, key, part) entity, key, part, tenant_id, service_id, after, epoch, revision FROM touched
        ORDER BY entity, key, part, epoch DESC, revision DESC, index DESC
      )
      SELECT entity, part, key, tenant_id AS "tenantId", service_id AS "serviceId", before, after, epoch, revision
      FROM first JOIN last USING (entity, key, part)
      ${
        page === undefined
          ? Prisma.empty
          : Prisma.sql`
        WHERE before IS DISTINCT FROM after AND (entity, key, part) > (${page.after[0]}, ${page.after[1]}, ${page.after[2]})
        ORDER BY entity, key, part LIMIT ${page.limit}`
      }`;
    return rows.map((row) => ({ ...row, revision: Number(row.revision) }));
  }

  /** How many more, or fewer, of each entity there were at a position than there are now. */
  async countSince(
    tx: Transaction,
    after: Position,
    tenantIds: readonly string[] | null,
  ): Promise<Map<string, number>> {
    const rows = await tx.$queryRaw<{ entity: string; count: number }[]>`
      WITH touched AS MATERIALIZED (
        SELECT i.entity, i.key, i.before IS NOT NULL AS was, i.after IS NOT NULL AS stays, i.index, c.epoch, c.revision
        FROM changes c JOIN change_items i ON i.change_key = c.key
        WHERE (c.epoch, c.revision) > (${after.epoch}, ${BigInt(after.revision)}) AND ${part} = ''
          AND ${matches({ tenantIds })}
      ), first AS (
        SELECT DISTINCT ON (entity, key) entity, key, was FROM touched ORDER BY entity, key, epoch, revision, index
      ), last AS (
        SELECT DISTINCT ON (entity, key) entity, key, stays FROM touched
        ORDER BY entity, key, epoch DESC, revision DESC, index DESC
      )
      SELECT entity, sum(was::int - stays::int)::int AS count FROM first JOIN last USING (entity, key) GROUP BY entity`;
    return new Map(rows.map((row) => [row.entity, row.count]));
  }

  /** How many tenants were assigned to each version at a position. */
  countByVersion(tx: Transaction, at: Position, tenantIds: readonly string[] | null) {
    const mine = tenantIds === null ? Prisma.sql`TRUE` : Prisma.sql`tenant_id = ANY (${[...tenantIds]}::text[])`;
    return tx.$queryRaw<{ serviceId: string; version: string; tenantCount: number }[]>`
      WITH first AS (
        SELECT DISTINCT ON (i.tenant_id, i.service_id) i.tenant_id, i.service_id, i.before
        FROM changes c JOIN change_items i ON i.change_key = c.key
        WHERE (c.epoch, c.revision) > (${at.epoch}, ${BigInt(at.revision)}) AND i.entity = 'assignment'
        ORDER BY i.tenant_id, i.service_id, c.epoch, c.revision, i.index
      ), cells AS (
        SELECT tenant_id, service_id, before ->> 'version' AS version FROM first WHERE before IS NOT NULL
        UNION ALL
        SELECT tenant_id, service_id, version FROM assignments a
        WHERE NOT EXISTS (SELECT 1 FROM first f WHERE f.tenant_id = a.tenant_id AND f.service_id = a.service_id)
      )
      SELECT service_id AS "serviceId", version, count(*)::int AS "tenantCount" FROM cells WHERE ${mine}
      GROUP BY service_id, version ORDER BY service_id, version`;
  }

  /** What the log last said of entities that no table here is read for. */
  async listLastSaid(
    tx: Transaction,
    known: readonly string[],
  ): Promise<Pick<Touched, 'entity' | 'serviceId' | 'key' | 'after'>[]> {
    return tx.$queryRaw`
      SELECT entity, service_id AS "serviceId", key, after FROM (
        SELECT DISTINCT ON (i.entity, i.key) i.entity, i.service_id, i.key, i.after
        FROM change_items i JOIN changes c ON c.key = i.change_key
        WHERE i.entity <> ALL (${[...known, ...hidden]}::text[])
        ORDER BY i.entity, i.key, c.epoch DESC, c.revision DESC, i.index DESC) AS last
      WHERE after IS NOT NULL`;
  }

  /** Ids of tenants in order, also of deleted ones: a tenant never loses its row. */
  async listTenantIds(
    tx: Transaction,
    { only, search }: { only: readonly string[] | null; search: string | undefined },
    after: string,
    limit: number,
  ): Promise<string[]> {
    const rows = await tx.tenant.findMany({
      where: {
        id: {
          gt: after,
          ...(only === null ? {} : { in: [...only] }),
          ...(search === undefined ? {} : { contains: search, mode: 'insensitive' }),
        },
      },
      select: { id: true },
      orderBy: { id: 'asc' },
      take: limit,
    });
    return rows.map((row) => row.id);
  }
}

/** A publication of rules stands under its service beside the fields: the two are told apart by what they hold. */
const part = Prisma.sql`CASE WHEN i.entity = 'service' AND jsonb_exists(coalesce(i.before, i.after), 'liveRuleSet')
  THEN 'rules' ELSE '' END`;

function matches({ entities, otherThan = [], entity, tenantId, serviceId, tenantIds }: TouchedFilter): Prisma.Sql {
  return Prisma.sql`i.entity <> ALL (${[...hidden, ...otherThan]}::text[])
    ${entities === undefined ? Prisma.empty : Prisma.sql`AND i.entity = ANY (${[...entities]}::text[])`}
    ${entity === undefined ? Prisma.empty : Prisma.sql`AND i.entity = ${entity}`}
    ${tenantId === undefined ? Prisma.empty : Prisma.sql`AND i.tenant_id = ${tenantId}`}
    ${serviceId === undefined ? Prisma.empty : Prisma.sql`AND i.service_id = ${serviceId}`}
    ${tenantIds === null ? Prisma.empty : Prisma.sql`AND ((i.tenant_id IS NULL AND ${isNotForOthers(tenantIds)}) OR i.tenant_id = ANY (${[...tenantIds]}::text[]))`}`;
}
