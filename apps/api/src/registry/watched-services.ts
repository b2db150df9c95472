import type { Doubts } from './decide-sync.ts';
import type { InstanceRegistry } from './instance-registry.ts';
import type { InstanceSharing } from './instance-sharing.ts';
import type { LiveReplicas } from './live-replicas.ts';
import type { InstanceOrigin, Registration } from './registration.ts';
import type { SourceGate } from './source-gate.ts';
import type { RegistrySource, SourceInstance } from './sources/registry-source.ts';

/** One service of a foreign registry that this replica keeps up to date. */
export interface WatchedService {
  readonly serviceId: string;
  readonly sourceName: string;
  doubts: Doubts;
  /** When it is to be read, by the clock of the sync. */
  lookAt: number;
  unsubscribe: (() => void) | undefined;
  subscribedTo: RegistrySource | undefined;
}

export interface WatchedServicesParts {
  readonly id: Exclude<InstanceOrigin, 'builtin'>;
  readonly gate: SourceGate;
  readonly registry: InstanceRegistry;
  readonly sharing: InstanceSharing;
  readonly replicas: LiveReplicas;
  readonly hasService: (serviceId: string) => boolean;
  /** The registry's name of a service → our id; undefined for those that are none of ours. */
  readonly serviceIdOf: (sourceName: string) => string | undefined;
  /** The other way round. */
  readonly sourceNameOf: (serviceId: string) => string;
}

/** Which services of a foreign registry are known here, and which of them this replica reads. */
export class WatchedServices {
  readonly #parts: WatchedServicesParts;
  readonly #onPush: (service: WatchedService, listed: readonly SourceInstance[]) => void;
  readonly #watched = new Map<string, WatchedService>();
  /** Names in the registry, as of the last time it answered. */
  names: readonly string[] = [];

  constructor(
    parts: WatchedServicesParts,
    onPush: (service: WatchedService, listed: readonly SourceInstance[]) => void,
  ) {
    this.#parts = parts;
    this.#onPush = onPush;
  }

  get count(): number {
    return this.#watched.size;
  }

  /** Names that stand for no service of the catalogue. */
  get unmappedNames(): readonly string[] {
    return this.names.filter((name) => this.#mappedId(name) === undefined);
  }

  /** Those that this replica reads. */
  list(): Iterable<WatchedService> {
    return this.#watched.values();
  }

  /** All that are known here, also those that another replica reads. */
  listAll(): WatchedService[] {
    return [...this.#known()].map(([serviceId, name]) => this.#watched.get(serviceId) ?? watch(serviceId, name));
  }

  /** What is believed of a service so far. */
  believedOf(serviceId: string): Registration[] {
    return this.#parts.registry.registrationsOf(serviceId).filter((one) => one.source === this.#parts.id);
  }

  /** Of all services that are this replica's, or of all there are while replicas cannot agree. */
  believedOfOurs(): Registration[] {
    const ours = this.#parts.registry.serviceIds.filter((serviceId) => this.#isOurs(serviceId));
    return ours.flatMap((serviceId) => this.believedOf(serviceId));
  }

  /** Takes up what has become ours, and lets go what is no longer. */
  assign(): void {
    const known = this.#known();
    for (const [serviceId, one] of this.#watched) {
      if (known.get(serviceId) === one.sourceName && this.#isOurs(serviceId)) continue;
      one.unsubscribe?.();
      this.#watched.delete(serviceId);
    }
    for (const [serviceId, sourceName] of known) {
      if (this.#watched.has(serviceId) || !this.#isOurs(serviceId)) continue;
      this.#watched.set(serviceId, watch(serviceId, sourceName));
    }
    for (const one of this.#watched.values()) this.#subscribe(one);
  }

  stop(): void {
    for (const one of this.#watched.values()) one.unsubscribe?.();
    this.#watched.clear();
  }

  /** Service id → name in the registry, of all that it lists or that we have instances of. */
  #known(): Map<string, string> {
    const known = new Map<string, string>();
    for (const name of this.names) {
      const serviceId = this.#mappedId(name);
      if (serviceId !== undefined) known.set(serviceId, name);
    }
    for (const serviceId of this.#parts.registry.serviceIds) {
      // A registry that no longer lists a service at all has emptied it, or forgotten it: that is looked at too.
      if (known.has(serviceId) || this.believedOf(serviceId).length === 0) continue;
      known.set(serviceId, this.#parts.sourceNameOf(serviceId));
    }
    return known;
  }

  #mappedId(name: string): string | undefined {
    const serviceId = this.#parts.serviceIdOf(name);
    return serviceId !== undefined && this.#parts.hasService(serviceId) ? serviceId : undefined;
  }

  #isOurs(serviceId: string): boolean {
    return !this.#parts.sharing.isUp || this.#parts.replicas.isOwner(serviceId);
  }

  /** An adapter that was opened anew knows nothing of subscriptions to the one before. */
  #subscribe(one: WatchedService): void {
    const { source } = this.#parts.gate;
    if (source === undefined || one.subscribedTo === source) return;
    one.unsubscribe?.();
    one.subscribedTo = source;
    one.unsubscribe = source.subscribe(one.sourceName, (listed) => this.#onPush(one, listed));
  }
}

function watch(serviceId: string, sourceName: string): WatchedService {
  return {
    serviceId,
    sourceName,
    doubts: new Map(),
    lookAt: Number.NEGATIVE_INFINITY,
    unsubscribe: undefined,
    subscribedTo: undefined,
  };
}
