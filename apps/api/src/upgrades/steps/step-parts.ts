import type { UpgradeFailure } from '@grey/contracts';
import type { Transaction } from '../../infra/db/database.ts';
import type { MigrationSets } from '../../migrations/migration-sets.ts';
import type { SchemaChecks } from '../../schema-checks/schema-checks.ts';
import type { TenantAccess } from '../../schema-checks/tenant-access.ts';
import type { Fence } from '../../tenant-schemas/fence.ts';
import type { TenantSchemas } from '../../tenant-schemas/tenant-schemas.service.ts';
import type { MigrationRuns } from '../migration-runs.ts';
import { type StepContext, upgradeFailure } from '../upgrade-step.ts';
import type { SchemaWays } from './schema-way.service.ts';

/** What the steps at a tenant's database work with. */
export interface StepParts {
  /** Several reads that see one state of the configuration. */
  readonly read: <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>;
  readonly ways: Pick<SchemaWays, 'read'>;
  readonly runs: Pick<MigrationRuns, 'run' | 'takeBack' | 'listLedger'>;
  readonly sets: Pick<MigrationSets, 'reportOf'>;
  readonly schemas: Pick<TenantSchemas, 'read' | 'write'>;
  readonly fence: Pick<Fence, 'look'>;
  readonly checks: Pick<SchemaChecks, 'baseline'>;
  readonly access: Pick<TenantAccess, 'session'>;
}

/** Somebody took the data source away while an upgrade was on its way: what it did there can be neither finished nor seen. */
export function withoutDatabase(): UpgradeFailure {
  return upgradeFailure('DATA_SOURCE_MISSING', 'The tenant has no data source for the service any more.', {
    mend: 'Bring the data source back, then retry.',
  });
}

/** The catalogue as it is now. */
export function dumpCatalogue({ access }: Pick<StepParts, 'access'>, { upgrade, signal }: StepContext) {
  return access.session(upgrade.tenantId, upgrade.serviceId, signal, (session) => session.dumpCatalogue());
}

/** From now on the catalogue as it is counts as what should be there, and the ledger with it is shown. @returns the catalogue */
export async function refreshBaseline({ access, checks }: Pick<StepParts, 'access' | 'checks'>, context: StepContext) {
  const { tenantId, serviceId } = context.upgrade;
  const { catalogue, ledger } = await access.session(tenantId, serviceId, context.signal, async (session) => ({
    catalogue: await session.dumpCatalogue(),
    ledger: await session.listLedger(serviceId),
  }));
  await context.write((tx) => checks.baseline(tenantId, serviceId, catalogue, tx, { from: 'upgrade', ledger }));
  return catalogue;
}
