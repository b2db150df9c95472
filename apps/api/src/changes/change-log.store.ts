import type { Actor, Change, ChangeItem, Position } from '@grey/contracts';
import type { ServiceRecord } from '@grey/route-core';
import { Injectable } from '@nestjs/common';
import { Prisma } from '../../generated/client.ts';
import { Database, type Transaction } from '../infra/db/database.ts';
import { packed } from '../infra/db/packed.ts';
import {
  actorHash,
  isPersonal,
  itemHash,
  newSalt,
  payloadHash,
  reasonHash,
  servicesHash,
} from './chain/chain-hash.store.ts';
import { changeIdOf } from './change-id.ts';
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

/** Writes the log: items first, the head with its position last. Each head is a link of a chain of hashes. */
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

  /**
   * Writes the items and hashes all that is known before the position: what is left to do under the lock of the log is one
   * hash of a hundred bytes.
   */
  async writeItems(tx: Transaction, head: HeadDraft, items: readonly ItemDraft[]): Promise<Seal> {
    const json = (value: Record<string, unknown> | null) => (value === null ? null : JSON.stringify(value));
    const rows = await tx.$queryRaw<Seal[]>`
      WITH drafts AS MATERIALIZED (
        SELECT (ordinality - 1)::int AS index, entity, tenant_id, service_id, key, before::jsonb AS before,
               after::jsonb AS after, CASE WHEN ${isPersonal} THEN ${newSalt} END AS salt
        FROM unnest(
          ${packed(items.map((item) => item.entity))}, ${packed(items.map((item) => item.tenantId))},
          ${packed(items.map((item) => item.serviceId))}, ${packed(items.map((item) => item.key))},
          ${packed(items.map((item) => json(item.before)))}, ${packed(items.map((item) => json(item.after)))}
        ) WITH ORDINALITY AS t (entity, tenant_id, service_id, key, before, after, ordinality)
      ), written AS (
        INSERT INTO change_items (change_key, index, entity, tenant_id, service_id, key, before, after, salt, hash)
        SELECT ${head.key}::uuid, index, entity, tenant_id, service_id, key, before, after, salt, ${itemHash} FROM drafts
        RETURNING index, hash
      ), head AS MATERIALIZED (
        SELECT ${head.key}::uuid AS key, ${head.kind}::text AS kind, ${head.actor.kind}::text AS actor_kind,
               ${head.actor.id}::text AS actor_id, ${head.actor.name}::text AS actor_name, ${head.reason}::text AS reason,
               ${head.itemCount}::int AS item_count, ${servicesJson(head)}::jsonb AS services, ${newSalt} AS actor_salt,
               CASE WHEN ${head.reason}::text IS NOT NULL THEN ${newSalt} END AS reason_salt,
               (SELECT sha256(string_agg(hash, ''::bytea ORDER BY index)) FROM written) AS items_hash
      ), hashed AS (
        SELECT *, ${actorHash} AS actor_hash, ${reasonHash} AS reason_hash, ${servicesHash} AS services_hash FROM head
      )
      SELECT encode(actor_salt, 'hex') AS "actorSalt", encode(actor_hash, 'hex') AS "actorHash",
             encode(reason_salt, 'hex') AS "reasonSalt", encode(reason_hash, 'hex') AS "reasonHash",
             encode(items_hash, 'hex') AS "itemsHash", encode(services_hash, 'hex') AS "servicesHash",
             encode(${payloadHash}, 'hex') AS "payloadHash"
      FROM hashed`;
    return rows[0] as Seal;
  }

  /** Takes the next revision and writes the head. Every other writer waits from here to the commit: do nothing slow after it. */
  async writeHead(tx: Transaction, head: HeadDraft, seal: Seal): Promise<{ position: Position; at: Date }> {
    const hex = (hash: string | null) => Prisma.sql`decode(${hash}::text, 'hex')`;
    // The subquery is evaluated on the row as it is once the lock is had: time and hash follow those of the writer before.
    const rows = await tx.$queryRaw<{ epoch: string; revision: bigint; at: Date }[]>`
      WITH position AS (
        UPDATE log_position AS log SET (revision, at, chain_hash) = (
          SELECT log.revision + 1, t.at, sha256(log.chain_hash || convert_to(log.epoch || '-' || (log.revision + 1) || ' ' ||
                 (extract(epoch FROM t.at) * 1000)::bigint || ' ', 'UTF8') || ${hex(seal.payloadHash)})
          FROM (SELECT date_trunc('milliseconds', greatest(clock_timestamp(), log.at)) AS at OFFSET 0) AS t
        ) WHERE id = 1 RETURNING epoch, revision, at, chain_hash
      )
      INSERT INTO changes (epoch, revision, key, kind, actor_kind, actor_id, actor_name, reason, item_count, services, at,
                           actor_salt, actor_hash, reason_salt, reason_hash, items_hash, services_hash, payload_hash, chain_hash)
      SELECT epoch, revision, ${head.key}::uuid, ${head.kind}, ${head.actor.kind}, ${head.actor.id}, ${head.actor.name},
             ${head.reason}, ${head.itemCount}, ${servicesJson(head)}::jsonb, at, ${hex(seal.actorSalt)}, ${hex(seal.actorHash)},
             ${hex(seal.reasonSalt)}, ${hex(seal.reasonHash)}, ${hex(seal.itemsHash)}, ${hex(seal.servicesHash)},
             ${hex(seal.payloadHash)}, chain_hash
      FROM position RETURNING epoch, revision, at`;
    const [row] = rows;
    if (row === undefined) throw new Error('The log has no position row.');
    return { position: { epoch: row.epoch, revision: Number(row.revision) }, at: row.at };
  }
}

/** Hashes and salts of a change that has no position yet, hex. */
export interface Seal {
  readonly actorSalt: string;
  readonly actorHash: string;
  readonly reasonSalt: string | null;
  readonly reasonHash: string | null;
  readonly itemsHash: string | null;
  readonly servicesHash: string | null;
  readonly payloadHash: string;
}

function servicesJson({ services }: HeadDraft): string | null {
  return services.length === 0 ? null : JSON.stringify(services);
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

export const headColumns = Prisma.sql`epoch, revision, key, kind, actor_kind, actor_id, actor_name, reason, at, item_count`;
export const itemColumns = Prisma.sql`change_key, index, entity, tenant_id, service_id, key, before, after`;
