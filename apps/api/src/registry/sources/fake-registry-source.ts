import {
  type InstancesListener,
  type RegistrySource,
  type SourceFailure,
  type SourceInstance,
  SourceUnavailableError,
} from './registry-source.ts';
import { ServiceSubscriptions } from './service-subscriptions.ts';

/** Only what a test cares about; the rest is filled in. */
export type FakeInstance = Partial<SourceInstance> & Pick<SourceInstance, 'ip' | 'port'>;

/** A registry in memory. It runs the contract suite of the real adapters, so the sync may be tested against it. */
export class FakeRegistrySource implements RegistrySource {
  readonly kind = 'fake';
  /** How often each was asked, for tests of what a full sync costs. */
  readonly callCounts = { listServices: 0, listInstances: 0 };
  readonly #instances = new Map<string, readonly SourceInstance[]>();
  readonly #subscriptions = new ServiceSubscriptions(() => undefined);
  #failure: SourceUnavailableError | undefined;
  #isClosed = false;

  /** Replaces the instances of a service and pushes them; `[]` leaves a service without instances. */
  setInstances(serviceName: string, instances: readonly FakeInstance[]): void {
    this.#instances.set(
      serviceName,
      instances.map((instance) => fillIn(serviceName, instance)),
    );
    this.#push(serviceName);
  }

  /** As when an empty service is swept away: the name is no longer listed. */
  removeService(serviceName: string): void {
    this.#instances.delete(serviceName);
    this.#push(serviceName);
  }

  /** From now on every question throws and nothing is pushed. */
  fail(failure: SourceFailure = 'UNREACHABLE'): void {
    this.#failure = new SourceUnavailableError(failure, 'The fake registry was told to fail.');
  }

  /** Answers again, and tells every subscriber what it has missed. */
  recover(): void {
    this.#failure = undefined;
    for (const serviceName of this.#subscriptions.serviceNames) this.#push(serviceName);
  }

  get subscribedServices(): readonly string[] {
    return this.#subscriptions.serviceNames.toSorted();
  }

  async listServices(): Promise<readonly string[]> {
    this.callCounts.listServices += 1;
    this.#assertReadable();
    return [...this.#instances.keys()].sort();
  }

  async listInstances(serviceName: string): Promise<readonly SourceInstance[]> {
    this.callCounts.listInstances += 1;
    this.#assertReadable();
    return this.#instances.get(serviceName) ?? [];
  }

  subscribe(serviceName: string, listener: InstancesListener): () => void {
    if (this.#isClosed) throw new SourceUnavailableError('CLOSED', 'The source is closed.');
    const end = this.#subscriptions.add(serviceName, listener);
    queueMicrotask(() => this.#push(serviceName));
    return () => void end();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#subscriptions.clear();
  }

  #push(serviceName: string): void {
    if (this.#failure !== undefined) return;
    const reading = this.#subscriptions.beginReading();
    this.#subscriptions.tell(serviceName, this.#instances.get(serviceName) ?? [], reading);
  }

  #assertReadable(): void {
    if (this.#isClosed) throw new SourceUnavailableError('CLOSED', 'The source is closed.');
    if (this.#failure !== undefined) throw this.#failure;
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
