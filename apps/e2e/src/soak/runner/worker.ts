import { setTimeout as sleep } from 'node:timers/promises';
import { KeptConnections, runMigrations, tenantDatabaseAt } from '@grey/schema-upgrades';
import type { FromWorker, SoakTenant } from './soak-tenant.ts';

/**
 * A worker that may be killed at any moment: takes the tenants it is sent, five at a time, and waits for those that another one
 * works on.
 */
const AT_ONCE = 5;
const AGAIN_MS = 50;

const kept = new KeptConnections();
const tell = (message: FromWorker): void => void process.send?.(message);

async function upgrade(tenant: SoakTenant): Promise<boolean> {
  const { outcome, failure, sentence } = await runMigrations({
    database: tenantDatabaseAt(tenant.address, { kept }),
    tenantId: tenant.name,
    serviceId: 'payment',
    migrations: tenant.migrations,
    direction: 'up',
    runId: `run-of-${tenant.name}`,
    by: 'soak',
    limits: { lockWaitMs: 0 },
    onProgress: (event) => {
      if (event.kind === 'locked') tell({ kind: 'begun', tenant: tenant.name });
    },
  });
  // Another worker has it, or its server is away: neither is an end.
  if (failure?.code === 'LOCK_HELD' || failure?.code === 'UNREACHABLE' || outcome === 'interrupted') return false;
  tell({ kind: 'ended', tenant: tenant.name, outcome, sentence });
  return true;
}

async function work(queue: SoakTenant[]): Promise<void> {
  for (let tenant = queue.shift(); tenant !== undefined; tenant = queue.shift()) {
    if (await upgrade(tenant)) continue;
    queue.push(tenant);
    await sleep(AGAIN_MS);
  }
}

process.once('message', (tenants: SoakTenant[]) => {
  const queue = [...tenants];
  Promise.all(Array.from({ length: AT_ONCE }, () => work(queue))).then(
    () => process.disconnect(),
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exit(1);
    },
  );
});
tell({ kind: 'ready' });
