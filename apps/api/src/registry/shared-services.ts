import { ApiError } from '../infra/http/api-error.ts';
import { type DiscoveryRedis, ServiceLostError, type SharedService } from './discovery-redis.ts';
import { inTurns } from './in-turns.ts';
import { entryOf, registrationOf } from './instance-entry.ts';
import type { InstanceRegistry } from './instance-registry.ts';
import type { InstanceOrigin, Registration } from './registration.ts';

const READ_AT_ONCE = 50;

export interface SharedServicesOptions {
  readonly now: () => number;
  /** Whoever wants to know that a service stands differently in Redis. */
  readonly onService?: ((service: SharedService) => void) | undefined;
}

/**
 * The services of the registry beside those in Redis. What was written here and has not been sent is marked: it is younger
 * than whatever is read. Everything that concerns one service happens one after the other.
 */
export class SharedServices {
  readonly #registry: InstanceRegistry;
  readonly #redis: DiscoveryRedis;
  readonly #options: SharedServicesOptions;
  readonly #inTurn = inTurns();
  /** The sequence in Redis that the registry has taken in, by service. */
  readonly #applied = new Map<string, number>();
  /** Service → instance → number of the mark, so that a later mark outlives the sending of an earlier one. */
  readonly #marks = new Map<string, Map<string, number>>();
  #markCount = 0;

  constructor(registry: InstanceRegistry, redis: DiscoveryRedis, options: SharedServicesOptions) {
    this.#registry = registry;
    this.#redis = redis;
    this.#options = options;
  }

  /** Of every service that was ever read from Redis, or is in memory. */
  get serviceIds(): Iterable<string> {
    return new Set([...this.#applied.keys(), ...this.#registry.serviceIds]);
  }

  get markedServiceIds(): readonly string[] {
    return [...this.#marks.keys()];
  }

  appliedOf(serviceId: string): number {
    return this.#applied.get(serviceId) ?? 0;
  }

  mark(serviceId: string, instanceId: string): void {
    const marks = this.#marks.get(serviceId) ?? new Map<string, number>();
    this.#marks.set(serviceId, marks.set(instanceId, ++this.#markCount));
  }

  /**
   * Sends what is marked of a service.
   * @throws ApiError INSTANCE_TAKEN when `asked` belongs to another service at another replica; the registry has dropped it
   */
  send(serviceId: string, asked?: string): Promise<void> {
    return this.#inTurn(serviceId, async () => {
      const marks = this.#marks.get(serviceId) ?? new Map<string, number>();
      const here = this.#byId(serviceId);
      let holder: string | undefined;
      for (const [instanceId, mark] of [...marks]) {
        const registration = here.get(instanceId);
        const answer = await this.#write(serviceId, () =>
          registration === undefined
            ? this.#redis.drop(serviceId, 'all', [instanceId])
            : this.#redis.put(serviceId, entryOf(registration), registration.request.ttlMs),
        );
        if (marks.get(instanceId) === mark) marks.delete(instanceId);
        if (typeof answer === 'number') await this.#taken(serviceId, answer, registration);
        else {
          if (instanceId === asked) holder = answer.holder;
          this.#registry.drop(serviceId, [instanceId]);
        }
      }
      if (marks.size === 0) this.#marks.delete(serviceId);
      if (holder !== undefined) throw new ApiError('INSTANCE_TAKEN', { detail: `${asked} belongs to ${holder}.` });
    });
  }

  sendCheck(registration: Registration): Promise<void> {
    const { serviceId } = registration.request;
    return this.#inTurn(serviceId, async () => {
      const sequence = await this.#write(serviceId, () => this.#redis.noteCheck(serviceId, entryOf(registration)));
      await this.#taken(serviceId, sequence);
    });
  }

  /** @returns false when somebody has written the service since `seen` */
  replaceSource(
    serviceId: string,
    source: InstanceOrigin,
    seen: number,
    registrations: readonly Registration[],
  ): Promise<boolean> {
    return this.#inTurn(serviceId, async () => {
      const entries = registrations.map(entryOf);
      const sequence = await this.#write(serviceId, () => this.#redis.replaceSource(serviceId, source, seen, entries));
      await this.#refresh(serviceId);
      return sequence !== undefined;
    });
  }

  dropOverdue(serviceId: string, instanceIds: readonly string[]): Promise<void> {
    return this.#inTurn(serviceId, async () => {
      await this.#write(serviceId, () => this.#redis.drop(serviceId, 'overdue', instanceIds));
      await this.#refresh(serviceId);
    });
  }

  refresh(serviceId: string): Promise<void> {
    return this.#inTurn(serviceId, () => this.#refresh(serviceId));
  }

  async refreshAll(serviceIds: readonly string[]): Promise<void> {
    for (let at = 0; at < serviceIds.length; at += READ_AT_ONCE) {
      await Promise.all(serviceIds.slice(at, at + READ_AT_ONCE).map((serviceId) => this.refresh(serviceId)));
    }
  }

  /** @param mode `behind`: Redis is older than what we know; `merge`: it has lost everything */
  restore(serviceId: string, mode: 'behind' | 'merge'): Promise<void> {
    return this.#inTurn(serviceId, () => this.#restore(serviceId, mode));
  }

  async #write<T>(serviceId: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ServiceLostError)) throw error;
      await this.#restore(serviceId, 'behind');
      return work();
    }
  }

  /** Redis has counted `sequence`; when that is less than we have seen, it has lost what it had. */
  async #taken(serviceId: string, sequence: number, written?: Registration): Promise<void> {
    const applied = this.appliedOf(serviceId);
    if (sequence > applied) await this.#refresh(serviceId);
    else if (sequence < applied) {
      await this.#restore(serviceId, 'behind');
      if (written === undefined) return;
      await this.#redis.put(serviceId, entryOf(written), written.request.ttlMs);
      await this.#refresh(serviceId);
    }
  }

  /** Takes in what Redis holds; what is marked here is younger and stays. */
  async #refresh(serviceId: string): Promise<void> {
    const [service] = await this.#redis.read([serviceId]);
    if (service === undefined) return;
    const { sequence } = service;
    if (sequence < this.appliedOf(serviceId)) return this.#restore(serviceId, 'behind');
    this.#applied.set(serviceId, sequence);
    this.#registry.replace(serviceId, this.#mergeMarked(service), { sequence });
    this.#options.onService?.(service);
  }

  async #restore(serviceId: string, mode: 'behind' | 'merge'): Promise<void> {
    const entries = this.#registry.registrationsOf(serviceId).map(entryOf);
    const sequence = await this.#redis.restore(serviceId, this.appliedOf(serviceId), mode, entries);
    this.#applied.set(serviceId, Math.min(sequence, this.appliedOf(serviceId)));
    await this.#refresh(serviceId);
  }

  #mergeMarked({ serviceId, entries, leases }: SharedService): Registration[] {
    const now = this.#options.now();
    const marks = this.#marks.get(serviceId);
    const here = this.#byId(serviceId);
    const merged: Registration[] = [];
    for (const entry of entries) {
      if (marks?.has(entry.id)) continue;
      const left = leases.get(entry.id);
      const seenAt = left === undefined ? entry.registeredAt : now + left - entry.ttlMs;
      merged.push(registrationOf(serviceId, entry, Math.max(seenAt, here.get(entry.id)?.lastSeenAt ?? 0)));
    }
    for (const instanceId of marks?.keys() ?? []) {
      const marked = here.get(instanceId);
      if (marked !== undefined) merged.push(marked);
    }
    return merged;
  }

  #byId(serviceId: string): Map<string, Registration> {
    return new Map(this.#registry.registrationsOf(serviceId).map((one) => [one.request.instanceId, one]));
  }
}
