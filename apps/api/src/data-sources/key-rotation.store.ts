import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '../infra/db/database.ts';
import type { TenantKeyRow } from './tenant-keys.store.ts';

/** One round of wrapping all keys anew. */
export interface RotationRow {
  readonly id: bigint;
  readonly keyId: string;
  readonly totalCount: number;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  readonly error: string | null;
}

@Injectable()
export class KeyRotationStore {
  constructor(private readonly database: Database) {}

  /** How many tenants' keys each master key wraps. */
  async countByKey(tx: Transaction): Promise<{ keyId: string; tenantCount: number }[]> {
    return tx.$queryRaw`
      SELECT key_id AS "keyId", count(*)::int AS "tenantCount" FROM tenant_keys GROUP BY key_id ORDER BY key_id`;
  }

  async findLast(tx: Transaction): Promise<RotationRow | undefined> {
    const [row] = await tx.$queryRaw<RotationRow[]>`
      SELECT id, key_id AS "keyId", total_count AS "totalCount", started_at AS "startedAt", ended_at AS "endedAt", error
      FROM key_rotations ORDER BY id DESC LIMIT 1`;
    return row;
  }

  consistentRead<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.database.consistentRead(work);
  }

  /** Begins a round; one that is still under way for another key ends. */
  async begin(tx: Transaction, keyId: string, totalCount: number): Promise<void> {
    await tx.$executeRaw`
      UPDATE key_rotations SET ended_at = clock_timestamp(), error = 'another rotation took its place' WHERE ended_at IS NULL`;
    await tx.$executeRaw`INSERT INTO key_rotations (key_id, total_count) VALUES (${keyId}, ${totalCount})`;
  }

  /** The round that is under way for a key, if there is one. */
  findOpen(keyId: string): Promise<bigint | undefined> {
    return this.database.run(async (client) => {
      const rows = await client.$queryRaw<{ id: bigint }[]>`
        SELECT id FROM key_rotations WHERE ended_at IS NULL AND key_id = ${keyId} ORDER BY id DESC LIMIT 1`;
      return rows[0]?.id;
    });
  }

  async end(id: bigint, failedCount: number, error: string | null): Promise<void> {
    await this.database.run(
      (client) => client.$executeRaw`
        UPDATE key_rotations SET ended_at = clock_timestamp(), failed_count = ${failedCount}, error = ${error}
        WHERE id = ${id} AND ended_at IS NULL`,
    );
  }

  /**
   * Wraps the next keys that another master key wraps, in one transaction.
   *
   * @param wrap gives the key as it is to be kept, undefined where it cannot be opened
   * @returns the tenants that were looked at, and those whose key is wrapped anew
   */
  wrapPortion(
    keyId: string,
    after: string,
    limit: number,
    wrap: (row: TenantKeyRow) => TenantKeyRow | undefined,
  ): Promise<{ readonly seen: string[]; readonly wrapped: string[] }> {
    return this.database.transaction(async (tx) => {
      const rows = await tx.$queryRaw<TenantKeyRow[]>`
        SELECT tenant_id AS "tenantId", key_id AS "keyId", wrapped FROM tenant_keys
        WHERE key_id <> ${keyId} AND tenant_id > ${after} ORDER BY tenant_id LIMIT ${limit} FOR UPDATE`;
      const fresh = rows.map(wrap).filter((row) => row !== undefined);
      for (const row of fresh)
        await tx.$executeRaw`
          UPDATE tenant_keys SET key_id = ${row.keyId}, wrapped = ${row.wrapped}, wrapped_at = clock_timestamp()
          WHERE tenant_id = ${row.tenantId}`;
      return { seen: rows.map((row) => row.tenantId), wrapped: fresh.map((row) => row.tenantId) };
    });
  }
}
