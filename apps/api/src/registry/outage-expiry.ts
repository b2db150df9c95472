import type { InstanceRegistry } from './instance-registry.ts';
import { probeTcp } from './probe-tcp.ts';
import { isExpired, type Registration } from './registration.ts';

const PROBE_MS = 5_000;
const PATIENCE_MS = 1_000;
const FAILURES = 2;

/**
 * While Redis is away, heartbeats that come to other replicas are not heard here: silence proves nothing. So whoever is
 * overdue is asked for a TCP connection, and taken out of this replica's memory when that fails twice running.
 */
export class OutageExpiry {
  readonly #registry: InstanceRegistry;
  readonly #now: () => number;
  readonly #probeMs: number;
  readonly #failures = new Map<string, number>();
  #probedAt = Number.NEGATIVE_INFINITY;
  #isProbing = false;

  constructor(registry: InstanceRegistry, now: () => number = Date.now, probeMs = PROBE_MS) {
    this.#registry = registry;
    this.#now = now;
    this.#probeMs = probeMs;
  }

  /** Called often, while Redis is away. */
  run(): void {
    const now = this.#now();
    if (this.#isProbing || now - this.#probedAt < this.#probeMs) return;
    this.#probedAt = now;
    this.#isProbing = true;
    void this.#probeOverdue().finally(() => {
      this.#isProbing = false;
    });
  }

  async #probeOverdue(): Promise<void> {
    const now = this.#now();
    const overdue = this.#registry.serviceIds
      .flatMap((serviceId) => this.#registry.registrationsOf(serviceId))
      .filter((registration) => isExpired(registration, now));
    const known = new Set(overdue.map(({ request }) => request.instanceId));
    for (const id of this.#failures.keys()) if (!known.has(id)) this.#failures.delete(id);
    await Promise.all(overdue.map((registration) => this.#probe(registration)));
  }

  async #probe({ request: { serviceId, instanceId, address } }: Registration): Promise<void> {
    if (await probeTcp(address, PATIENCE_MS)) {
      this.#failures.delete(instanceId);
      return;
    }
    const failures = (this.#failures.get(instanceId) ?? 0) + 1;
    this.#failures.set(instanceId, failures);
    if (failures >= FAILURES) this.#registry.drop(serviceId, [instanceId]);
  }
}
