import type { LintPolicy } from '@grey/schema-upgrades';
import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '../infra/db/database.ts';

export interface PolicyRow {
  readonly policy: LintPolicy;
  readonly stamp: bigint;
}

@Injectable()
export class MigrationPolicyStore {
  constructor(private readonly database: Database) {}

  consistentRead<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.database.consistentRead(work);
  }

  /** Undefined until somebody has said otherwise than the default. */
  async find(tx: Transaction): Promise<PolicyRow | undefined> {
    const [row] = await tx.$queryRaw<PolicyRow[]>`SELECT policy, stamp FROM migration_policy WHERE id = 1`;
    return row;
  }

  /** Keeps other changes of the policy away until the transaction ends, also while there is none yet. */
  async lock(tx: Transaction): Promise<PolicyRow | undefined> {
    await tx.$executeRaw`LOCK TABLE migration_policy IN SHARE ROW EXCLUSIVE MODE`;
    return this.find(tx);
  }

  async put(tx: Transaction, policy: LintPolicy): Promise<PolicyRow> {
    const [row] = await tx.$queryRaw<PolicyRow[]>`
      INSERT INTO migration_policy (policy) VALUES (${JSON.stringify(policy)}::jsonb)
      ON CONFLICT (id) DO UPDATE SET policy = EXCLUDED.policy, updated_at = clock_timestamp(),
        stamp = nextval('routing_stamp_seq')
      RETURNING policy, stamp`;
    return row as PolicyRow;
  }

  async delete(tx: Transaction): Promise<void> {
    await tx.$executeRaw`DELETE FROM migration_policy`;
  }
}
