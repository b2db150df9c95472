import {
  type InstancesListener,
  type RegistrySource,
  type SourceFailure,
  type SourceInstance,
  SourceUnavailableError,
} from './registry-source.ts';

/** Only what a test cares about; the rest is filled in. */
export type FakeInstance = Partial<SourceInstance> & Pick<SourceInstance, 'ip' | 'port'>;

/** A registry in memory. Runs the contract suite of the real adapters, so the sync may be tested against it. */
export class FakeRegistrySource implements RegistrySource {
  readonly kind = 'fake';
  /** How often each method was asked, for tests of what a full sync costs. */
  readonly callCounts = { listServices: 0, listInstances: 0 };
  readonly #instances = new Map<string, readonly SourceInstance[]>();
  readonly #listeners = new Map<string, Set<InstancesListener>>();
  #failure: SourceUnavailableError | undefined;
  #isClosed = false;

  /** Replaces the instances of a service and pushes them; `[]` leaves a service without instances. */
  setInstances(serviceName: string, instances: readonly FakeInstance[]): void {
    const filled = instances.map((instance) => fillIn(serviceName, instance));
    this.#instances.set(serviceName, filled);
    if (this.#failure === undefined) this.#tell(serviceName, filled);
  }

  /** As when the last instance of an empty service is long gone: the name is no longer listed. */
  removeService(serviceName: string): void {
    this.setInstances(serviceName, []);
    this.#instances.delete(serviceName);
  }

  /** From now on every question throws and nothing is pushed. */
  fail(failure: SourceFailure = 'UNREACHABLE'): void {
    this.#failure = new SourceUnavailableError(failure, 'The fake registry was told to fail.');
  }

  /** Answers again, and tells every subscriber what it may have missed. */
  recover(): void {
    this.#failure = undefined;
    for (const serviceName of this.#listeners.keys()) this.#tell(serviceName, this.#listOf(serviceName));
  }

  get subscribedServices(): readonly string[] {
    return [...this.#listeners.keys()].sort();
  }

  async listServices(): Promise<readonly string[]> {
    this.callCounts.listServices += 1;
    this.#assertReadable();
    return [...this.#instances.keys()].sort();
  }

  async listInstances(serviceName: string): Promise<readonly SourceInstance[]> {
    this.callCounts.listInstances += 1;
    this.#assertReadable();
    return this.#listOf(serviceName);
  }

  subscribe(serviceName: string, listener: InstancesListener): () => void {
    if (this.#isClosed) throw new SourceUnavailableError('CLOSED', 'The source is closed.');
    // A fresh function for each subscription: the same listener given twice is two of them.
    const own: InstancesListener = (instances) => listener(instances);
    const listeners = this.#listeners.get(serviceName) ?? new Set();
    this.#listeners.set(serviceName, listeners.add(own));
    queueMicrotask(() => {
      if (this.#failure === undefined && listeners.has(own)) tellOne(own, this.#listOf(serviceName));
    });
    return () => {
      listeners.delete(own);
      if (listeners.size === 0 && this.#listeners.get(serviceName) === listeners) this.#listeners.delete(serviceName);
    };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const listeners of this.#listeners.values()) listeners.clear();
    this.#listeners.clear();
  }

  #listOf(serviceName: string): readonly SourceInstance[] {
    return this.#instances.get(serviceName) ?? [];
  }

  #tell(serviceName: string, instances: readonly SourceInstance[]): void {
    for (const listener of this.#listeners.get(serviceName) ?? []) tellOne(listener, instances);
  }

  #assertReadable(): void {
    if (this.#isClosed) throw new SourceUnavailableError('CLOSED', 'The source is closed.');
    if (this.#failure !== undefined) throw this.#failure;
  }
}

function tellOne(listener: InstancesListener, instances: readonly SourceInstance[]): void {
  try {
    listener(instances);
  } catch {
    // As with the real adapters, what a listener throws is nothing the registry could cope with.
  }
}

function fillIn(serviceName: string, instance: FakeInstance): SourceInstance {
  return {
    serviceName,
    instanceId: `${instance.ip}#${instance.port}#DEFAULT#${serviceName}`,
    weight: 1,
    isEnabled: true,
    isHealthy: true,
    isEphemeral: true,
    cluster: 'DEFAULT',
    group: 'DEFAULT_GROUP',
    namespace: 'public',
    metadata: {},
    ...instance,
  };
}
