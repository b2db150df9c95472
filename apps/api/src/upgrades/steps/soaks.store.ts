import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '../../infra/db/database.ts';

/** An upgrade whose decisions are counted. */
export interface SoakKey {
  readonly upgradeId: string;
  readonly tenantId: string;
  readonly serviceId: string;
  readonly toVersion: string;
}

/** What all replicas have counted of it since it was switched; times by the clock of the database. */
export interface SoakRow {
  readonly startedAt: Date;
  readonly now: Date;
  readonly decisionCount: number;
  readonly failedCount: number;
}

export interface SoakCount {
  readonly upgradeId: string;
  readonly decisionCount: number;
  readonly failedCount: number;
}

/** More are not counted at a time; those that began first are. */
const COUNTED = 20_000;

@Injectable()
export class SoaksStore {
  constructor(private readonly database: Database) {}

  /** Begins to count, unless it has begun. */
  async begin(tx: Transaction, { upgradeId, tenantId, serviceId, toVersion }: SoakKey): Promise<SoakRow> {
    await tx.$executeRaw`
      INSERT INTO upgrade_soaks (upgrade_id, tenant_id, service_id, to_version)
      VALUES (${upgradeId}::uuid, ${tenantId}, ${serviceId}, ${toVersion}) ON CONFLICT (upgrade_id) DO NOTHING`;
    const [row] = await tx.$queryRaw<SoakRow[]>`
      SELECT started_at AS "startedAt", clock_timestamp() AS now, decision_count::float8 AS "decisionCount",
             failed_count::float8 AS "failedCount"
      FROM upgrade_soaks WHERE upgrade_id = ${upgradeId}::uuid`;
    return row as SoakRow;
  }

  async end(tx: Transaction, upgradeId: string): Promise<void> {
    await tx.$executeRaw`DELETE FROM upgrade_soaks WHERE upgrade_id = ${upgradeId}::uuid`;
  }

  /** All that soak. */
  list(): Promise<SoakKey[]> {
    return this.database.run(
      (client) => client.$queryRaw<SoakKey[]>`
        SELECT upgrade_id::text AS "upgradeId", tenant_id AS "tenantId", service_id AS "serviceId",
               to_version AS "toVersion"
        FROM upgrade_soaks ORDER BY started_at LIMIT ${COUNTED}`,
    );
  }

  /**
   * Adds what this replica counted, and has those looked at now that are over their gate. What belongs to a soak that is
   * over is dropped.
   * @throws ApiError DATABASE_UNAVAILABLE, and then nothing was added
   */
  async add(counts: readonly SoakCount[]): Promise<void> {
    if (counts.length === 0) return;
    await this.database.run(
      (client) => client.$executeRaw`
        WITH added AS (
          UPDATE upgrade_soaks s SET decision_count = s.decision_count + c.decisions, failed_count = s.failed_count + c.failures
          FROM unnest(${counts.map((one) => one.upgradeId)}::uuid[], ${counts.map((one) => BigInt(one.decisionCount))}::bigint[],
            ${counts.map((one) => BigInt(one.failedCount))}::bigint[]) AS c (id, decisions, failures)
          WHERE s.upgrade_id = c.id RETURNING s.upgrade_id, s.decision_count, s.failed_count)
        UPDATE upgrades u SET due_at = clock_timestamp() FROM added a
        WHERE u.id = a.upgrade_id AND u.state = 'waiting' AND u.awaits = 'time' AND a.failed_count > 0
          AND a.decision_count >= (u.options #>> '{gates,minDecisions}')::bigint
          AND a.failed_count > (u.options #>> '{gates,maxFailedShare}')::float8 * a.decision_count`,
    );
  }
}
