import { type DiscoveryRedis, memberOf, splitMember } from './discovery-redis.ts';
import type { InstanceRegistry } from './instance-registry.ts';
import type { Registration } from './registration.ts';
import type { SharedServices } from './shared-services.ts';

/** Heartbeats of so long travel together. */
const BEATS_MS = 20;
const OVERDUE_AT_ONCE = 500;

export interface SharedLeasesParts {
  readonly registry: InstanceRegistry;
  readonly redis: DiscoveryRedis;
  readonly services: SharedServices;
  readonly now: () => number;
  readonly onError: (error: unknown, what: string) => void;
}

/** The leases of instances that registered here or at another replica. Heartbeats touch nothing else in Redis. */
export class SharedLeases {
  readonly #parts: SharedLeasesParts;
  /** Member → what its lease is extended to, in ms from when it is sent. */
  readonly #beats = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: SharedLeasesParts) {
    this.#parts = parts;
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  extend({ request: { serviceId, instanceId, ttlMs } }: Registration): void {
    this.#beats.set(memberOf(serviceId, instanceId), ttlMs);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.send();
    }, BEATS_MS).unref();
  }

  /** After Redis was away: what is left of every lease that ran on here. */
  async bringAll(): Promise<void> {
    const { registry, now } = this.#parts;
    for (const serviceId of registry.serviceIds) {
      for (const { source, lastSeenAt, request } of registry.registrationsOf(serviceId)) {
        const leaseMs = lastSeenAt + request.ttlMs - now();
        if (source === 'builtin' && leaseMs > 0) this.#beats.set(memberOf(serviceId, request.instanceId), leaseMs);
      }
    }
    await this.send();
  }

  /** Sends what waits; what has no lease any more is read again, as it was taken out, or lost. */
  async send(): Promise<void> {
    const { redis, services, onError } = this.#parts;
    if (this.#beats.size === 0 || !redis.isUp) return;
    const leases = [...this.#beats].map(([member, leaseMs]) => ({ member, leaseMs }));
    this.#beats.clear();
    try {
      const missing = await redis.beat(leases);
      await services.refreshAll([...new Set(missing.map((member) => splitMember(member).serviceId))]);
    } catch (error) {
      for (const { member, leaseMs } of leases) if (!this.#beats.has(member)) this.#beats.set(member, leaseMs);
      onError(error, 'heartbeats were not shared');
    }
  }

  /** Takes out instances whose lease is over, of those services that are ours. */
  async takeOutOverdue(isOurs: (serviceId: string) => boolean): Promise<void> {
    const ids = new Map<string, string[]>();
    for (const { serviceId, instanceId } of await this.#parts.redis.listOverdue(OVERDUE_AT_ONCE)) {
      if (isOurs(serviceId)) ids.set(serviceId, [...(ids.get(serviceId) ?? []), instanceId]);
    }
    for (const [serviceId, instanceIds] of ids) await this.#parts.services.dropOverdue(serviceId, instanceIds);
  }
}
