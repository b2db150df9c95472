import { type TenantSyncOutcome, tenantSyncOutcomeSchema } from '@grey/contracts';
import { Counter, Gauge, Registry } from 'prom-client';

/** How far the sync is behind, read at the moment of the scrape. */
export interface SyncGauges {
  readonly staleSeconds: number;
  readonly isAsking: boolean;
}

/** Metrics of the tenant sync. Runs are counted by the process that did them, staleness is the same on every replica. */
export class TenantSyncMetrics {
  readonly #registry = new Registry();
  readonly #runs: Counter<'outcome'>;

  constructor() {
    this.#runs = new Counter({
      name: 'grey_router_tenant_sync_runs_total',
      help: 'Runs of the tenant sync that this process did, by how they ended.',
      labelNames: ['outcome'],
      registers: [this.#registry],
    });
    for (const outcome of tenantSyncOutcomeSchema.options) this.#runs.inc({ outcome }, 0);
  }

  ended(outcome: TenantSyncOutcome): void {
    this.#runs.inc({ outcome });
  }

  /** Shows the gauges too; without a tenant-management service there is nothing to be behind of. */
  show(read: () => Promise<SyncGauges>): void {
    this.#gauge(
      'grey_router_tenant_sync_stale_seconds',
      'For how long the tenant-management service has not been followed; 0 while it is.',
      async () => (await read()).staleSeconds,
    );
    this.#gauge(
      'grey_router_tenant_sync_needs_confirmation',
      '1 while the guard has stopped the tenant sync and waits for somebody.',
      async () => ((await read()).isAsking ? 1 : 0),
    );
  }

  #gauge(name: string, help: string, read: () => Promise<number>): void {
    const collect = async () => made.set(await read());
    const made: Gauge = new Gauge({ name, help, registers: [this.#registry], collect });
  }

  print(): Promise<string> {
    return this.#registry.metrics();
  }
}
