import type { Position } from '@grey/contracts';
import { Injectable } from '@nestjs/common';
import { Prisma } from '../../../generated/client.ts';
import { Database } from '../../infra/db/database.ts';
import { type ChangeFilter, matchesHead, matchesItem } from '../change-filter.store.ts';
import { type HeadRow, headColumns, type ItemRow, itemColumns } from '../change-log.store.ts';

/** A head with its hashes and salts, hex. */
export type ExportHead = HeadRow & {
  readonly is_trimmed: boolean;
  readonly actor_salt: string | null;
  readonly actor_hash: string | null;
  readonly reason_salt: string | null;
  readonly reason_hash: string | null;
  readonly items_hash: string | null;
  readonly services_hash: string | null;
  readonly payload_hash: string | null;
  readonly chain_hash: string | null;
};
export type ExportItem = ItemRow & { readonly salt: string | null; readonly hash: string | null };

/** Reads the log in portions, oldest first. */
@Injectable()
export class ExportStore {
  constructor(private readonly database: Database) {}

  listHeads(filter: ChangeFilter, after: Position | undefined, until: Position, limit: number): Promise<ExportHead[]> {
    const isOfItems = filter.tenantId !== undefined || filter.serviceId !== undefined;
    return this.database.run(
      (client) => client.$queryRaw<ExportHead[]>`
        SELECT ${headColumns}, trimmed_at IS NOT NULL AS is_trimmed,
               encode(actor_salt, 'hex') AS actor_salt, encode(actor_hash, 'hex') AS actor_hash,
               encode(reason_salt, 'hex') AS reason_salt, encode(reason_hash, 'hex') AS reason_hash,
               encode(items_hash, 'hex') AS items_hash, encode(services_hash, 'hex') AS services_hash,
               encode(payload_hash, 'hex') AS payload_hash, encode(chain_hash, 'hex') AS chain_hash
        FROM changes c WHERE (epoch, revision) <= (${until.epoch}, ${BigInt(until.revision)})
          ${after === undefined ? Prisma.empty : Prisma.sql`AND (epoch, revision) > (${after.epoch}, ${BigInt(after.revision)})`}
          ${matchesHead(filter)}
          ${isOfItems ? Prisma.sql`AND EXISTS (SELECT 1 FROM change_items i WHERE i.change_key = c.key ${matchesItem(filter)})` : Prisma.empty}
        ORDER BY epoch, revision LIMIT ${limit}`,
    );
  }

  listItems(changeKey: string, afterIndex: number, limit: number): Promise<ExportItem[]> {
    return this.database.run(
      (client) => client.$queryRaw<ExportItem[]>`
        SELECT ${itemColumns}, encode(salt, 'hex') AS salt, encode(hash, 'hex') AS hash FROM change_items
        WHERE change_key = ${changeKey}::uuid AND index > ${afterIndex} ORDER BY index LIMIT ${limit}`,
    );
  }
}
