import { redisKeys, serviceInstancesTtlSeconds } from '@grey/contracts';
import type { DiscoveryRedis, SharedService } from './discovery-redis.ts';
import { inTurns } from './in-turns.ts';
import { type InstanceEntry } from './instance-entry.ts';
import type { LiveReplicas } from './live-replicas.ts';
import { healthOf } from './registration.ts';

const REFRESH_MS = 60_000;
const ATTEMPTS = 10;

/**
 * Addresses by version that may be routed to, as the engine chooses: enabled ones that are healthy or not checked yet,
 * else the degraded ones.
 */
export function listRoutable(entries: readonly InstanceEntry[]): ReadonlyMap<string, readonly string[]> {
  const routable = new Map<string, readonly string[]>();
  for (const version of new Set(entries.map((entry) => entry.version))) {
    const enabled = entries.filter((entry) => entry.version === version && entry.isDisabled !== true);
    const healthy = enabled.filter((entry) => ['healthy', 'unknown'].includes(healthOf(entry)));
    const usable = healthy.length > 0 ? healthy : enabled.filter((entry) => healthOf(entry) === 'degraded');
    routable.set(
      version,
      usable.map((entry) => entry.address),
    );
  }
  return routable;
}

export interface InstanceSetsOptions {
  readonly now?: () => number;
  readonly refreshMs?: number;
  readonly ttlSeconds?: number;
  readonly onError?: (error: unknown) => void;
}

/**
 * Keeps `service:{s}:version:{v}:instances` for readers in any language. The sets live in other slots of a cluster than the
 * list they are made from, so each writing is followed by a look at the sequence and repeated when that has moved on: a
 * process that was stopped between reading and writing thereby takes its old set back itself.
 */
export class InstanceSets {
  readonly #redis: DiscoveryRedis;
  readonly #replicas: LiveReplicas;
  readonly #options: InstanceSetsOptions;
  readonly #now: () => number;
  readonly #inTurn = inTurns();
  /** Of the services that are ours: what was written last, and when. */
  readonly #written = new Map<string, { sequence: number; at: number }>();
  readonly #waiting = new Set<string>();
  #isRefreshing = false;

  constructor(redis: DiscoveryRedis, replicas: LiveReplicas, options: InstanceSetsOptions = {}) {
    this.#redis = redis;
    this.#replicas = replicas;
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /** A service stands differently in Redis. Several calls while one is written are one. */
  note({ serviceId, sequence }: Pick<SharedService, 'serviceId' | 'sequence'>): void {
    if (!this.#replicas.isOwner(serviceId) || this.#waiting.has(serviceId)) return;
    if (this.#written.get(serviceId)?.sequence === sequence) return;
    this.#waiting.add(serviceId);
    void this.#inTurn(serviceId, () => {
      this.#waiting.delete(serviceId);
      return this.write(serviceId);
    }).catch((error) => this.#options.onError?.(error));
  }

  /** Called often: writes what is ours again before it runs out; what has just become ours is due at once. */
  async refreshDue(serviceIds: Iterable<string>): Promise<void> {
    if (!this.#redis.isUp || this.#isRefreshing) return;
    this.#isRefreshing = true;
    try {
      const dueBefore = this.#now() - (this.#options.refreshMs ?? REFRESH_MS);
      for (const serviceId of serviceIds) {
        if (!this.#replicas.isOwner(serviceId)) this.#written.delete(serviceId);
        else if ((this.#written.get(serviceId)?.at ?? Number.NEGATIVE_INFINITY) <= dueBefore) {
          await this.#inTurn(serviceId, () => this.write(serviceId));
        }
      }
    } catch (error) {
      this.#options.onError?.(error);
    } finally {
      this.#isRefreshing = false;
    }
  }

  /** Writes the sets of one service until they are those of its present sequence. */
  async write(serviceId: string): Promise<void> {
    let [service] = await this.#redis.read([serviceId]);
    for (let attempt = 0; attempt < ATTEMPTS && service !== undefined; attempt++) {
      const { sequence, versions } = service;
      const routable = listRoutable(service.entries);
      for (const version of new Set([...versions, ...routable.keys()])) {
        const key = redisKeys.serviceInstances(serviceId, version);
        const ttl = this.#options.ttlSeconds ?? serviceInstancesTtlSeconds;
        await this.#redis.writeSet(key, ttl, routable.get(version) ?? []);
      }
      [service] = await this.#redis.read([serviceId]);
      if (service?.sequence !== sequence) continue;
      this.#written.set(serviceId, { sequence, at: this.#now() });
      if (versions.some((version) => !routable.has(version))) {
        await this.#redis.keepVersions(serviceId, sequence, [...routable.keys()]);
      }
      return;
    }
  }
}
