import type { Engine } from '@grey/schema-upgrades';
import { Injectable } from '@nestjs/common';
import type { Transaction } from '../infra/db/database.ts';

/** A migration that the ledgers of tenants had when they were last looked at. */
export interface AppliedMigration {
  readonly name: string;
  readonly checksum: string;
  readonly tenantCount: number;
}

/** Tenants that have come to the schema of a set by the set itself, by how far they are. */
export interface ReachedCounts {
  readonly expanded: number;
  readonly contracted: number;
}

/** What tenants have of migrations, as far as it is known here; their databases are not asked. */
@Injectable()
export class AppliedMigrationsStore {
  /** Migrations that ran, or began to, and were not taken back. */
  list(tx: Transaction, serviceId: string, engine: Engine): Promise<AppliedMigration[]> {
    return tx.$queryRaw<AppliedMigration[]>`
      SELECT l ->> 'name' AS name, l ->> 'checksum' AS checksum, count(*)::int AS "tenantCount"
      FROM schema_checks c
      LEFT JOIN data_sources d ON d.tenant_id = c.tenant_id AND d.service_id = c.service_id,
        jsonb_array_elements(c.ledger) l
      WHERE c.service_id = ${serviceId} AND coalesce(d.engine, ${engine}) = ${engine} AND l ->> 'state' <> 'reverted'
      GROUP BY 1, 2 ORDER BY 1, 2`;
  }

  /**
   * Tenants with an upgrade through that schema that has begun and not ended, or has ended since their database was looked
   * at: what they have of the set, nobody here knows.
   * @param isOnTheWay only those that have not ended
   */
  async countUpgrading(
    tx: Transaction,
    serviceId: string,
    engine: Engine,
    schemaVersion: number,
    isOnTheWay = false,
  ): Promise<number> {
    const [row] = await tx.$queryRaw<{ count: number }[]>`
      SELECT count(*)::int AS count FROM upgrades u
      LEFT JOIN data_sources d ON d.tenant_id = u.tenant_id AND d.service_id = u.service_id
      LEFT JOIN schema_checks c ON c.tenant_id = u.tenant_id AND c.service_id = u.service_id
      WHERE u.service_id = ${serviceId} AND coalesce(d.engine, ${engine}) = ${engine}
        AND coalesce(u.schema_from, (u.notes ->> 'floor')::bigint, -1) < ${schemaVersion}::bigint AND u.schema_to >= ${schemaVersion}::bigint
        AND u.state <> 'queued'
        AND (u.finished_at IS NULL OR (NOT ${isOnTheWay} AND u.state = 'done' AND coalesce(c.checked_at, '-infinity') < u.finished_at))`;
    return row?.count ?? 0;
  }

  /** @param names of the set's migrations: a tenant without any of them was at that schema before there was a set */
  async countReached(
    tx: Transaction,
    serviceId: string,
    schemaVersion: number,
    names: readonly string[],
  ): Promise<ReachedCounts> {
    const [row] = await tx.$queryRaw<ReachedCounts[]>`
      SELECT count(*) FILTER (WHERE s.expanded_to >= ${schemaVersion}::bigint)::int AS expanded,
             count(*) FILTER (WHERE s.schema_version >= ${schemaVersion}::bigint)::int AS contracted
      FROM tenant_schemas s JOIN schema_checks c ON c.tenant_id = s.tenant_id AND c.service_id = s.service_id
      WHERE s.service_id = ${serviceId} AND EXISTS (
        SELECT 1 FROM jsonb_array_elements(c.ledger) l
        WHERE l ->> 'name' = ANY (${[...names]}::text[]) AND l ->> 'state' <> 'reverted')`;
    return row ?? { expanded: 0, contracted: 0 };
  }
}
