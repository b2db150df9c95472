import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '../infra/db/database.ts';

/** Decisions for one variant. `at`: the last of them, in milliseconds since 1970. */
export interface CountedDecisions {
  readonly serviceId: string;
  readonly experimentId: string;
  readonly variant: string;
  readonly count: number;
  readonly at: number;
}

export interface VariantCountRow {
  readonly variant: string;
  readonly decisionCount: bigint;
  readonly firstAt: Date;
  readonly lastAt: Date;
}

@Injectable()
export class ExperimentCountsStore {
  constructor(private readonly database: Database) {}

  /**
   * Adds decisions to what all replicas have counted, in one statement. What belongs to an experiment that is gone is
   * dropped.
   *
   * @throws ApiError DATABASE_UNAVAILABLE, and then nothing was added
   */
  async add(counted: readonly CountedDecisions[]): Promise<void> {
    if (counted.length === 0) return;
    await this.database.run(
      (client) => client.$executeRaw`
        INSERT INTO experiment_counts AS c (service_id, experiment_id, variant, decision_count, first_at, last_at)
        SELECT t.service_id, t.experiment_id, t.variant, sum(t.count), min(t.at), max(t.at)
        FROM unnest(
          ${counted.map((one) => one.serviceId)}::text[], ${counted.map((one) => one.experimentId)}::text[],
          ${counted.map((one) => one.variant)}::text[], ${counted.map((one) => one.count)}::bigint[],
          ${counted.map((one) => new Date(one.at))}::timestamptz[]
        ) AS t (service_id, experiment_id, variant, count, at)
        JOIN experiments e ON e.service_id = t.service_id AND e.id = t.experiment_id
        GROUP BY t.service_id, t.experiment_id, t.variant
        ORDER BY t.service_id, t.experiment_id, t.variant
        ON CONFLICT (service_id, experiment_id, variant) DO UPDATE SET
          decision_count = c.decision_count + EXCLUDED.decision_count,
          first_at = least(c.first_at, EXCLUDED.first_at), last_at = greatest(c.last_at, EXCLUDED.last_at)`,
    );
  }

  async list(tx: Transaction, serviceId: string, experimentId: string): Promise<VariantCountRow[]> {
    return tx.experimentCount.findMany({ where: { serviceId, experimentId } });
  }

  /** Counting begins anew. */
  async clear(tx: Transaction, serviceId: string, experimentId: string): Promise<void> {
    await tx.experimentCount.deleteMany({ where: { serviceId, experimentId } });
  }
}
