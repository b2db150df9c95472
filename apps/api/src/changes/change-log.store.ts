import type { Actor, Change, ChangeItem, Position } from '@grey/contracts';
import type { ServiceRecord } from '@grey/route-core';
import { Injectable } from '@nestjs/common';
import { Prisma } from '../../generated/client.ts';
import { Database, type Transaction } from '../infra/db/database.ts';
import type { ItemDraft } from './item-draft.ts';

/** Items shown with the head of a change. */
export const SHOWN_ITEMS = 10;

export interface HeadDraft {
  readonly key: string;
  readonly kind: Change['kind'];
  readonly actor: Actor;
  readonly reason: string | null;
  readonly itemCount: number;
  readonly services: readonly ServiceRecord[];
}

/** Later than `after`, also by a clock that is behind the one that made it. */
function makeEpoch(after = ''): string {
  const epoch = `${Date.now().toString(36).padStart(9, '0')}${Math.random().toString(36).slice(2, 6).padEnd(4, '0')}`;
  return epoch > after ? epoch : `${after}0`;
}

/** Writes the log: items first, the head with its position last. */
@Injectable()
export class ChangeLogStore {
  constructor(private readonly database: Database) {}

  /**
   * Mints the first epoch, and another when the log is behind what was seen of it: then it was restored from a backup, and
   * revisions will be given a second time. Epochs sort by time; each begins at revision 0.
   *
   * @param seen the furthest position of this log that anybody knows of
   * @returns the end of the log
   */
  async openLog(seen?: Position): Promise<Position> {
    await this.database.run(
      (client) =>
        client.$executeRaw`INSERT INTO log_position (id, epoch, revision) VALUES (1, ${makeEpoch()}, 0) ON CONFLICT DO NOTHING`,
    );
    if (seen !== undefined) {
      // Of several replicas that notice it at once, the first renews the epoch and the others find it renewed.
      await this.database.run(
        (client) => client.$executeRaw`
          UPDATE log_position SET epoch = ${makeEpoch(seen.epoch)}, revision = 0
          WHERE id = 1 AND (epoch COLLATE "C" < ${seen.epoch}
            OR (epoch = ${seen.epoch} AND revision < ${BigInt(seen.revision)}))`,
      );
    }
    return this.database.run((client) => this.readPosition(client));
  }

  async readPosition(tx: Transaction): Promise<Position> {
    const { epoch, revision } = await tx.logPosition.findUniqueOrThrow({ where: { id: 1 } });
    return { epoch, revision: Number(revision) };
  }

  async writeItems(tx: Transaction, key: string, items: readonly ItemDraft[]): Promise<void> {
    if (items.length === 0) return;
    const json = (value: Record<string, unknown> | null) => (value === null ? null : JSON.stringify(value));
    await tx.$executeRaw`
      INSERT INTO change_items (change_key, index, entity, tenant_id, service_id, key, before, after)
      SELECT ${key}::uuid, ordinality - 1, entity, tenant_id, service_id, key, before::jsonb, after::jsonb
      FROM unnest(
        ${items.map((item) => item.entity)}::text[], ${items.map((item) => item.tenantId)}::text[],
        ${items.map((item) => item.serviceId)}::text[], ${items.map((item) => item.key)}::text[],
        ${items.map((item) => json(item.before))}::text[], ${items.map((item) => json(item.after))}::text[]
      ) WITH ORDINALITY AS t (entity, tenant_id, service_id, key, before, after, ordinality)`;
  }

  /** Takes the next revision and writes the head. Every other writer waits from here to the commit: do nothing slow after it. */
  async writeHead(tx: Transaction, head: HeadDraft): Promise<{ position: Position; at: Date }> {
    const services = head.services.length === 0 ? null : JSON.stringify(head.services);
    const rows = await tx.$queryRaw<{ epoch: string; revision: bigint; at: Date }[]>`
      WITH position AS (
        UPDATE log_position SET revision = revision + 1 WHERE id = 1 RETURNING epoch, revision
      )
      INSERT INTO changes (epoch, revision, key, kind, actor_kind, actor_id, actor_name, reason, item_count, services)
      SELECT epoch, revision, ${head.key}::uuid, ${head.kind}, ${head.actor.kind}, ${head.actor.id}, ${head.actor.name},
             ${head.reason}, ${head.itemCount}, ${services}::jsonb
      FROM position RETURNING epoch, revision, at`;
    const [row] = rows;
    if (row === undefined) throw new Error('The log has no position row.');
    return { position: { epoch: row.epoch, revision: Number(row.revision) }, at: row.at };
  }
}

/** A head with its items in the words of the API. */
export function changeOf(row: HeadRow, items: readonly ChangeItem[]): Change {
  return {
    id: changeIdOf({ epoch: row.epoch, revision: Number(row.revision) }),
    position: { epoch: row.epoch, revision: Number(row.revision) },
    kind: row.kind as Change['kind'],
    actor: { kind: row.actor_kind as Actor['kind'], id: row.actor_id, name: row.actor_name },
    reason: row.reason,
    at: row.at.toISOString(),
    itemCount: row.item_count,
    items: items.slice(0, SHOWN_ITEMS),
  };
}

export interface HeadRow {
  epoch: string;
  revision: bigint;
  key: string;
  kind: string;
  actor_kind: string;
  actor_id: string;
  actor_name: string;
  reason: string | null;
  at: Date;
  item_count: number;
}

export interface ItemRow {
  change_key: string;
  index: number;
  entity: string;
  tenant_id: string | null;
  service_id: string | null;
  key: string;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
}

export function itemOf(row: ItemRow): ChangeItem {
  return {
    index: row.index,
    entity: row.entity as ChangeItem['entity'],
    tenantId: row.tenant_id,
    serviceId: row.service_id,
    key: row.key,
    before: row.before,
    after: row.after,
  };
}

export function changeIdOf(position: Position): string {
  return `${position.epoch}-${position.revision}`;
}

export const headColumns = Prisma.sql`epoch, revision, key, kind, actor_kind, actor_id, actor_name, reason, at, item_count`;
export const itemColumns = Prisma.sql`change_key, index, entity, tenant_id, service_id, key, before, after`;
