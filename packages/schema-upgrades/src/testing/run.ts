import { tenantDatabaseAt } from '../databases/tenant-database-at.ts';
import type { DataSourceAddress, Migration } from '../migration.ts';
import { runMigrations } from '../runner/run-migrations.ts';
import type { RunRequest, RunResult } from '../runner/run-request.ts';

/** Runs migrations up for a tenant and a service that are always the same, but for what a test wants otherwise. */
export async function run(
  address: DataSourceAddress,
  migrations: readonly Migration[],
  more: Partial<RunRequest> = {},
): Promise<RunResult> {
  return runMigrations({
    database: tenantDatabaseAt(address),
    tenantId: 'acme',
    serviceId: 'payment',
    migrations,
    direction: 'up',
    runId: 'run-1',
    by: 'a test',
    ...more,
  });
}

/** What the schema consists of, as text. */
export async function dump(address: DataSourceAddress): Promise<string> {
  const session = await tenantDatabaseAt(address).openSession();
  try {
    return (await session.dumpCatalogue()).text;
  } finally {
    await session.close();
  }
}
