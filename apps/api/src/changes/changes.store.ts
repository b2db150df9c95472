import type { Change, ChangeItem } from '@grey/contracts';
import { Injectable } from '@nestjs/common';
import { Prisma } from '../../generated/client.ts';
import type { Caller } from '../access/caller.ts';
import { Database } from '../infra/db/database.ts';
import { type ChangeFilter, matchesHead, matchesItem } from './change-filter.store.ts';
import { changeIdOf } from './change-id.ts';
import { changeOf, type HeadRow, type ItemRow, itemOf, SHOWN_ITEMS } from './change-log.store.ts';
import { narrowItem } from './narrow-item.ts';
import { isNotForOthers } from './visible-items.store.ts';

interface Place {
  readonly epoch: string;
  readonly revision: number;
}

/** Reads the log as one caller may see it. */
@Injectable()
export class ChangesStore {
  constructor(private readonly database: Database) {}

  /** @returns up to `limit` heads, newest first, each with its first items */
  listChanges(caller: Caller, filter: ChangeFilter, before: Place | undefined, limit: number): Promise<Change[]> {
    const place =
      before === undefined
        ? Prisma.empty
        : Prisma.sql`AND (c.epoch, c.revision) < (${before.epoch}, ${BigInt(before.revision)})`;
    return this.#read(caller, filter, place, limit);
  }

  /** @returns undefined when the caller can see no such change */
  async findChange(caller: Caller, { epoch, revision }: Place): Promise<Change | undefined> {
    const place = Prisma.sql`AND c.epoch = ${epoch} AND c.revision = ${BigInt(revision)}`;
    const [change] = await this.#read(caller, {}, place, 1);
    return change;
  }

  #read(caller: Caller, filter: ChangeFilter, place: Prisma.Sql, limit: number): Promise<Change[]> {
    // What a trimmed change did is not kept, so only who sees everything may see that it was.
    const isWhole =
      seesAll(caller) && [filter.tenantId, filter.serviceId, filter.overridden].every((one) => one === undefined);
    return this.database.consistentRead(async (tx) => {
      const heads = await tx.$queryRaw<HeadRow[]>`
        SELECT c.epoch, c.revision, c.key, c.kind, c.actor_kind, c.actor_id, c.actor_name, c.reason, c.at, c.item_count
        FROM changes c
        WHERE (EXISTS (SELECT 1 FROM change_items i WHERE i.change_key = c.key AND ${visibleTo(caller)} ${matchesItem(filter)})
            ${isWhole ? Prisma.sql`OR c.trimmed_at IS NOT NULL` : Prisma.empty})
          ${matchesHead(filter)} ${place}
        ORDER BY c.epoch DESC, c.revision DESC LIMIT ${limit}`;
      const keys = heads.map((head) => head.key);
      const rows = await tx.$queryRaw<ItemRow[]>`
        SELECT i.* FROM unnest(${keys}::uuid[]) AS k (key) CROSS JOIN LATERAL (
          SELECT i.* FROM change_items i WHERE i.change_key = k.key AND ${visibleTo(caller)}
          ORDER BY i.index LIMIT ${SHOWN_ITEMS}) i`;
      const counts = seesAll(caller) ? undefined : await this.#count(tx, caller, keys);
      const byChange = Map.groupBy(rows, (row) => row.change_key);
      const shown = (row: ItemRow) => narrowItem(caller, itemOf(row));
      const reverts = await this.#findReverts(tx, heads);
      return heads.map((head) => {
        const itemCount = counts?.get(head.key) ?? head.item_count;
        const change = changeOf({ ...head, item_count: itemCount }, (byChange.get(head.key) ?? []).map(shown));
        const revertedBy = reverts.get(change.id);
        return revertedBy === undefined ? change : { ...change, revertedBy };
      });
    });
  }

  /** @returns up to `limit` items after an index; undefined when the caller can see no such change */
  listItems(caller: Caller, position: Place, afterIndex: number, limit: number): Promise<ChangeItem[] | undefined> {
    return this.database.run(async (client) => {
      const [head] = await client.$queryRaw<{ key: string }[]>`
        SELECT c.key FROM changes c WHERE c.epoch = ${position.epoch} AND c.revision = ${BigInt(position.revision)}
          AND EXISTS (SELECT 1 FROM change_items i WHERE i.change_key = c.key AND ${visibleTo(caller)})`;
      if (head === undefined) return undefined;
      const rows = await client.$queryRaw<ItemRow[]>`
        SELECT i.* FROM change_items i
        WHERE i.change_key = ${head.key}::uuid AND i.index > ${afterIndex} AND ${visibleTo(caller)}
        ORDER BY i.index LIMIT ${limit}`;
      return rows.map((row) => narrowItem(caller, itemOf(row)));
    });
  }

  /** The last change that took each of these back, by its id. */
  async #findReverts(tx: Prisma.TransactionClient, heads: readonly HeadRow[]): Promise<Map<string, string>> {
    if (heads.length === 0) return new Map();
    const ids = heads.map(({ epoch, revision }) => changeIdOf({ epoch, revision: Number(revision) }));
    const rows = await tx.$queryRaw<{ reverted: string; epoch: string; revision: bigint }[]>`
      SELECT DISTINCT ON (i.key) i.key AS reverted, c.epoch, c.revision
      FROM change_items i JOIN changes c ON c.key = i.change_key
      WHERE i.entity = 'change' AND i.key = ANY (${ids}::text[])
      ORDER BY i.key, c.epoch DESC, c.revision DESC`;
    return new Map(rows.map((row) => [row.reverted, changeIdOf({ epoch: row.epoch, revision: Number(row.revision) })]));
  }

  async #count(tx: Prisma.TransactionClient, caller: Caller, keys: readonly string[]): Promise<Map<string, number>> {
    const rows = await tx.$queryRaw<{ change_key: string; count: number }[]>`
      SELECT i.change_key, count(*)::int AS count FROM change_items i
      WHERE i.change_key = ANY (${keys}::uuid[]) AND ${visibleTo(caller)} GROUP BY i.change_key`;
    return new Map(rows.map((row) => [row.change_key, row.count]));
  }
}

function seesAll(caller: Caller): boolean {
  return caller.tenantIds === null && caller.permissions.has('access.manage');
}

/** The SQL twin of `maySeeItem`. */
function visibleTo(caller: Caller): Prisma.Sql {
  const access = caller.permissions.has('access.manage')
    ? Prisma.sql`TRUE`
    : Prisma.sql`i.entity NOT IN ('user', 'api_key')`;
  const tenants =
    caller.tenantIds === null
      ? Prisma.sql`TRUE`
      : Prisma.sql`((i.tenant_id IS NULL AND i.entity <> 'override' AND ${isNotForOthers([...caller.tenantIds])})
          OR i.tenant_id = ANY (${[...caller.tenantIds]}::text[]))`;
  return Prisma.sql`${access} AND ${tenants}`;
}
