import type { ChangeItem, Position } from '@grey/contracts';
import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '../../infra/db/database.ts';
import { type ItemRow, itemColumns, itemOf } from '../change-log.store.ts';

/** Items read at a time: some 10 ms. */
const PORTION = 2_000;

export interface StoredChange {
  readonly kind: string;
  readonly itemCount: number;
  readonly isTrimmed: boolean;
  readonly key: string;
}

@Injectable()
export class RevertsStore {
  constructor(private readonly database: Database) {}

  /** Does the work, looks at what came of it, and takes it back. */
  async rehearse<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    const taken: { result?: T } = {};
    const undo = new Error('rehearsed');
    try {
      await this.database.transaction(async (tx) => {
        taken.result = await work(tx);
        throw undo;
      });
    } catch (error) {
      if (error !== undo) throw error;
    }
    return taken.result as T;
  }

  async findChange(tx: Transaction, { epoch, revision }: Position): Promise<StoredChange | undefined> {
    const [row] = await tx.$queryRaw<StoredChange[]>`
      SELECT kind, item_count AS "itemCount", trimmed_at IS NOT NULL AS "isTrimmed", key FROM changes
      WHERE epoch = ${epoch} AND revision = ${BigInt(revision)}`;
    return row;
  }

  async hasTenant(tx: Transaction, tenantId: string): Promise<boolean> {
    return (await tx.tenant.findUnique({ where: { id: tenantId }, select: { id: true } })) !== null;
  }

  /** All items of a change, read in portions: a hundred thousand in one answer would keep this process from all else. */
  async listItems(tx: Transaction, key: string): Promise<ChangeItem[]> {
    const items: ChangeItem[] = [];
    for (let after = -1; ; ) {
      const rows = await tx.$queryRaw<ItemRow[]>`
        SELECT ${itemColumns} FROM change_items WHERE change_key = ${key}::uuid AND index > ${after}
        ORDER BY index LIMIT ${PORTION}`;
      for (const row of rows) items.push(itemOf(row));
      if (rows.length < PORTION) return items;
      after = rows[rows.length - 1]?.index ?? after;
    }
  }

  /** The last change that touched each of these things, by `entity key`. */
  async findLastChanges(
    tx: Transaction,
    things: readonly Pick<ChangeItem, 'entity' | 'key'>[],
  ): Promise<Map<string, string>> {
    const rows = await tx.$queryRaw<{ thing: string; id: string }[]>`
      SELECT DISTINCT ON (i.entity, i.key) i.entity || ' ' || i.key AS thing, c.epoch || '-' || c.revision AS id
      FROM change_items i JOIN changes c ON c.key = i.change_key
      JOIN unnest(${things.map((one) => one.entity)}::text[], ${things.map((one) => one.key)}::text[]) AS t (entity, key)
        ON i.entity = t.entity AND i.key = t.key
      ORDER BY i.entity, i.key, c.epoch DESC, c.revision DESC`;
    return new Map(rows.map((row) => [row.thing, row.id]));
  }
}
