import type { Position } from '@grey/contracts';
import { Injectable } from '@nestjs/common';
import { Prisma } from '../../../generated/client.ts';
import { Database, type Transaction } from '../../infra/db/database.ts';
import { actorHash, isPersonal, itemHash, payloadHash, reasonHash, servicesHash } from './chain-hash.store.ts';
import { ERASED } from './chain-hash.ts';
import { eraseElsewhere } from './erase-elsewhere.store.ts';
import type { ChainRow } from './verify-chain.ts';

/** The end of the log and the hash there, hex. */
export interface ChainEnd {
  readonly position: Position;
  readonly hash: string;
}

/** Reads the hashes of the log beside what they were made of, and takes persons out of it. */
@Injectable()
export class ChainStore {
  constructor(private readonly database: Database) {}

  async readEnd(): Promise<ChainEnd> {
    const [row] = await this.database.run(
      (client) => client.$queryRaw<{ epoch: string; revision: bigint; hash: string }[]>`
        SELECT epoch, revision, encode(chain_hash, 'hex') AS hash FROM log_position WHERE id = 1`,
    );
    if (row === undefined) throw new Error('The log has no position row.');
    return { position: { epoch: row.epoch, revision: Number(row.revision) }, hash: row.hash };
  }

  /** The change before a position: its place and its hash; undefined when there is none. */
  async findBefore({ epoch, revision }: Position): Promise<{ position: Position; hash: string | null } | undefined> {
    const [row] = await this.database.run(
      (client) => client.$queryRaw<{ epoch: string; revision: bigint; hash: string | null }[]>`
        SELECT epoch, revision, encode(chain_hash, 'hex') AS hash FROM changes
        WHERE (epoch, revision) < (${epoch}, ${BigInt(revision)}) ORDER BY epoch DESC, revision DESC LIMIT 1`,
    );
    return row && { position: { epoch: row.epoch, revision: Number(row.revision) }, hash: row.hash };
  }

  /** Whether the log has a change there, or begins an epoch there (revision 0). */
  async has({ epoch, revision }: Position): Promise<boolean> {
    const [row] = await this.database.run(
      (client) => client.$queryRaw<{ one: number }[]>`
        SELECT 1 AS one FROM changes WHERE epoch = ${epoch} AND (revision = ${BigInt(revision)} OR ${revision === 0})
        UNION ALL SELECT 1 FROM log_position WHERE epoch = ${epoch} AND ${revision === 0} LIMIT 1`,
    );
    return row !== undefined;
  }

  /** The hash of one change, hex; null: it has none; undefined: there is no such change. */
  async findHash({ epoch, revision }: Position): Promise<string | null | undefined> {
    const [row] = await this.database.run(
      (client) => client.$queryRaw<{ hash: string | null }[]>`
        SELECT encode(chain_hash, 'hex') AS hash FROM changes WHERE epoch = ${epoch} AND revision = ${BigInt(revision)}`,
    );
    return row?.hash;
  }

  /** Up to `limit` heads in order, after one position and up to another, each with its hashes made anew. */
  async readLinks(after: Position | null, to: Position, limit: number): Promise<ChainRow[]> {
    const rows = await this.database.run(
      (client) => client.$queryRaw<(Omit<ChainRow, 'revision' | 'atMs'> & { revision: bigint; atMs: bigint })[]>`
        WITH heads AS (
          SELECT *, actor_id = ${ERASED} AND actor_name = ${ERASED} AS is_erased FROM changes
          WHERE (epoch, revision) <= (${to.epoch}, ${BigInt(to.revision)})
            ${after === null ? Prisma.empty : Prisma.sql`AND (epoch, revision) > (${after.epoch}, ${BigInt(after.revision)})`}
          ORDER BY epoch, revision LIMIT ${limit}
        )
        SELECT epoch, revision, (extract(epoch FROM at) * 1000)::bigint AS "atMs",
               encode(chain_hash, 'hex') AS "chainHash", encode(payload_hash, 'hex') AS "payloadHash",
               ${payloadHash} = payload_hash AS "isPayloadSame",
               CASE WHEN actor_salt IS NULL THEN is_erased ELSE ${actorHash} = actor_hash END AS "isActorSame",
               CASE WHEN reason_salt IS NOT NULL THEN coalesce(${reasonHash} = reason_hash, FALSE)
                    ELSE reason IS NULL AND (reason_hash IS NULL OR is_erased) END AS "isReasonSame",
               CASE WHEN services IS NULL THEN services_hash IS NULL OR trimmed_at IS NOT NULL
                    ELSE coalesce(${servicesHash} = services_hash, FALSE) END AS "areServicesSame",
               trimmed_at IS NOT NULL OR (item.found_hash IS NOT DISTINCT FROM items_hash
                                          AND item.count = item_count) AS "areItemsSame",
               CASE WHEN trimmed_at IS NULL THEN item.altered END AS "alteredIndex",
               is_erased AS "isErased", trimmed_at IS NOT NULL AS "isTrimmed"
        FROM heads CROSS JOIN LATERAL (
          SELECT sha256(string_agg(hash, ''::bytea ORDER BY index)) AS found_hash, count(*) AS count,
                 min(index) FILTER (WHERE NOT (CASE
                   WHEN salt IS NULL AND ${isPersonal} THEN key = ${ERASED} AND before IS NULL AND after IS NULL
                   ELSE ${itemHash} IS NOT DISTINCT FROM hash END)) AS altered
          FROM (SELECT i.index, i.entity, i.tenant_id, i.service_id, i.key, i.before, i.after, i.salt, i.hash
                FROM change_items i WHERE i.change_key = heads.key AND heads.chain_hash IS NOT NULL) AS i
        ) AS item
        ORDER BY epoch, revision`,
    );
    return rows.map((row) => ({ ...row, revision: Number(row.revision), atMs: Number(row.atMs) }));
  }

  /** @returns the names that the log knows the user by, and whether the user still exists */
  async findUser(tx: Transaction, userId: string): Promise<{ names: string[]; isThere: boolean; isKnown: boolean }> {
    const user = await tx.user.findUnique({ where: { id: userId }, select: { id: true } });
    const names = await tx.$queryRaw<{ name: string }[]>`
      SELECT DISTINCT actor_name AS name FROM changes WHERE actor_kind = 'user' AND actor_id = ${userId}`;
    const [item] = await tx.$queryRaw<{ one: number }[]>`
      SELECT 1 AS one FROM change_items WHERE entity = 'user' AND key = ${userId} LIMIT 1`;
    return {
      names: names.map((row) => row.name),
      isThere: user !== null,
      isKnown: names.length > 0 || item !== undefined,
    };
  }

  /** Takes a user out of the log: as actor, with or without the reasons given, and as what was changed, and what was made of it elsewhere. Hashes stay. */
  async eraseUser(tx: Transaction, userId: string, names: readonly string[], withReasons: boolean) {
    await eraseElsewhere(tx, userId, names, withReasons);
    const changeCount = await tx.$executeRaw`
      UPDATE changes SET actor_id = ${ERASED}, actor_name = ${ERASED}, actor_salt = NULL
        ${withReasons ? Prisma.sql`, reason = NULL, reason_salt = NULL` : Prisma.empty}
      WHERE actor_kind = 'user' AND actor_id = ${userId}`;
    const itemCount = await tx.$executeRaw`
      UPDATE change_items SET key = ${ERASED}, before = NULL, after = NULL, salt = NULL
      WHERE entity = 'user' AND key = ${userId}`;
    return { changeCount, itemCount };
  }
}
