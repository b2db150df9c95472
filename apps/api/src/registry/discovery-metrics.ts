import type { Health } from '@grey/contracts';
import { Counter, Gauge, Registry } from 'prom-client';
import type { ForeignRegistry } from './discovery.service.ts';
import type { InstanceRegistry } from './instance-registry.ts';

/** How the foreign registries are doing, for /metrics and /health. Each replica speaks for itself. */
export class DiscoveryMetrics {
  readonly #registry = new Registry();
  readonly #nacos: ForeignRegistry | undefined;
  readonly #now: () => number;

  constructor(registry: Pick<InstanceRegistry, 'countOf'>, nacos: ForeignRegistry | undefined, now = Date.now) {
    this.#nacos = nacos;
    this.#now = now;
    this.#gauge('grey_router_registry_instances', 'Instances known here, by the registry they come from.', (made) => {
      made.set({ source: 'builtin' }, registry.countOf('builtin'));
      if (nacos !== undefined) made.set({ source: 'nacos' }, registry.countOf('nacos'));
    });
    if (nacos === undefined) return;
    const { gate } = nacos;
    this.#gauge(
      'grey_router_registry_stale_seconds',
      'For how long a foreign registry has not been read; 0 while it answers.',
      (made) => {
        const { staleSince } = gate.health;
        made.set({ source: 'nacos' }, staleSince === undefined ? 0 : (this.#now() - staleSince) / 1_000);
      },
    );
    const failures = new Counter({
      name: 'grey_router_registry_sync_failures_total',
      help: 'Questions to a foreign registry that it did not answer.',
      labelNames: ['source'],
      registers: [this.#registry],
      collect: () => {
        failures.reset();
        failures.inc({ source: 'nacos' }, gate.health.failureCount);
      },
    });
  }

  print(): Promise<string> {
    return this.#registry.metrics();
  }

  /** Nacos as a part of /health, which is public: the kind of trouble, not its words. */
  readPart(): Health['parts'][string] {
    if (this.#nacos === undefined) return { status: 'off' };
    const { isUp, staleSince } = this.#nacos.gate.health;
    if (isUp) return { status: 'up', detail: `${this.#nacos.sync.serviceNames.length} services` };
    const since = staleSince === undefined ? {} : { since: new Date(staleSince).toISOString() };
    return { status: 'down', detail: 'the last good state stays', ...since };
  }

  #gauge(name: string, help: string, collect: (made: Gauge<'source'>) => void): void {
    const made: Gauge<'source'> = new Gauge({
      name,
      help,
      labelNames: ['source'],
      registers: [this.#registry],
      collect: () => collect(made),
    });
  }
}
