import type { LedgerRow, TenantDatabase } from '../databases/tenant-database.ts';
import { UpgradeError } from '../databases/upgrade-error.ts';
import type { Migration } from '../migration.ts';
import { makeStep } from './plan-migrations.ts';

export interface SettleRequest {
  readonly database: TenantDatabase;
  readonly tenantId: string;
  readonly serviceId: string;
  readonly migration: Migration;
  /** What the operator has found, or made, true. */
  readonly state: 'applied' | 'reverted';
  readonly by: string;
  /** Default 30 000. */
  readonly lockWaitMs?: number;
}

/**
 * Records what an operator says about a migration that needed one. The schema is not touched.
 *
 * @throws UpgradeError PLAN_INVALID when the migration does not need an operator; or when there is no way in
 */
export async function settleMigration(request: SettleRequest): Promise<void> {
  const { database, tenantId, serviceId, migration, by } = request;
  const session = await database.openSession();
  try {
    await session.lock({ name: `${tenantId}/${serviceId}`, serviceId, waitMs: request.lockWaitMs ?? 30_000, by });
    const row = (await session.listLedger(serviceId)).find((one: LedgerRow) => one.name === migration.name);
    if (row?.state !== 'needs_operator') {
      throw new UpgradeError('PLAN_INVALID', `${migration.name} on ${database.label} does not need an operator`);
    }
    const direction = request.state === 'applied' ? 'up' : 'down';
    const step = makeStep({ engine: database.engine, runId: row.runId, by }, migration, direction);
    await session.writeState(step, request.state, row.statement, `Settled by ${by}; before: ${row.message ?? ''}`);
  } finally {
    await session.close();
  }
}
