/**
 * Runs migrations in a process of its own, which kills itself at the moment it was told: standard input is a JSON of
 * `ChildOrder`. Prints the result when it got that far.
 */
import { text } from 'node:stream/consumers';
import { tenantDatabaseAt } from '../databases/tenant-database-at.ts';
import type { DataSourceAddress, Migration } from '../migration.ts';
import { runMigrations } from '../runner/run-migrations.ts';

export interface ChildOrder {
  readonly address: DataSourceAddress;
  readonly migrations: readonly Migration[];
  readonly runId: string;
  /** Number of the event to die at, from 0. */
  readonly killAt: number;
  /** So long after it, in milliseconds; 0 is at once, before anything that follows is sent. */
  readonly afterMs: number;
}

const order = JSON.parse(await text(process.stdin)) as ChildOrder;
let count = 0;
const result = await runMigrations({
  database: tenantDatabaseAt(order.address),
  tenantId: order.address.schema ?? order.address.database,
  serviceId: 'payment',
  migrations: order.migrations,
  direction: 'up',
  runId: order.runId,
  by: 'a child',
  onProgress() {
    if (count++ !== order.killAt) return;
    if (order.afterMs === 0) process.kill(process.pid, 'SIGKILL');
    else setTimeout(() => process.kill(process.pid, 'SIGKILL'), order.afterMs);
  },
});
process.stdout.write(JSON.stringify(result, (_key, value) => (typeof value === 'bigint' ? String(value) : value)));
