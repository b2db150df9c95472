import type { Instance, RegisterInstance } from '@grey/contracts';
import type { CheckResult, InstanceRegistry } from './instance-registry.ts';
import type { InstanceSharing } from './instance-sharing.ts';
import type { LiveReplicas } from './live-replicas.ts';
import { isSeenAlike, type Registration, type Report } from './registration.ts';

/** The built-in registry: instances announce themselves at any replica and are live on all. */
export class RegistryService {
  readonly #registry: InstanceRegistry;
  readonly #sharing: InstanceSharing;
  readonly #replicas: LiveReplicas;

  constructor(registry: InstanceRegistry, sharing: InstanceSharing, replicas: LiveReplicas) {
    this.#registry = registry;
    this.#sharing = sharing;
    this.#replicas = replicas;
  }

  /** @throws ApiError SNAPSHOT_MISSING, SERVICE_UNKNOWN, INSTANCE_TAKEN */
  async register(request: RegisterInstance): Promise<Instance> {
    const { serviceId, instanceId } = request;
    const before = this.#registry.find(instanceId);
    const shown = this.#registry.register(request);
    await this.#share(serviceId, instanceId, before);
    return shown;
  }

  /** @throws ApiError INSTANCE_UNKNOWN, also after the instance had expired */
  async heartbeat(instanceId: string, report: Report = {}): Promise<Instance> {
    const before = await this.#find(instanceId);
    const shown = this.#registry.heartbeat(instanceId, report);
    await this.#share(shown.serviceId, instanceId, before);
    return shown;
  }

  /** @throws ApiError INSTANCE_UNKNOWN */
  async deregister(instanceId: string): Promise<void> {
    const before = await this.#find(instanceId);
    this.#registry.deregister(instanceId);
    if (before !== undefined) await this.#sharing.shareWritten(before.request.serviceId, instanceId);
  }

  /** Asks the other replicas what they know, if that can be done at once. */
  freshen(serviceId: string): Promise<void> {
    return this.#sharing.freshen(serviceId);
  }

  /** @throws ApiError SERVICE_UNKNOWN */
  async list(serviceId: string): Promise<{ items: Instance[]; sequence: number }> {
    await this.freshen(serviceId);
    return this.#registry.list(serviceId);
  }

  /** Instances whose check is this replica's to make: each is asked by one replica, or by all while they cannot agree. */
  listChecked(): Registration[] {
    const isOurs = (serviceId: string) => !this.#sharing.isUp || this.#replicas.isOwner(serviceId);
    return this.#registry.listChecked().filter(({ request }) => isOurs(request.serviceId));
  }

  recordCheck(asked: RegisterInstance, result: CheckResult): void {
    this.#registry.recordCheck(asked, result);
    void this.#sharing.shareChecked(asked.serviceId, asked.instanceId);
  }

  /** A heartbeat may come to a replica that has not heard of the instance yet. */
  async #find(instanceId: string): Promise<Registration | undefined> {
    const known = this.#registry.find(instanceId);
    if (known !== undefined) return known;
    await this.#sharing.fetch(instanceId);
    return this.#registry.find(instanceId);
  }

  async #share(serviceId: string, instanceId: string, before: Registration | undefined): Promise<void> {
    const after = this.#registry.find(instanceId);
    if (after === undefined) return;
    if (before !== undefined && isSeenAlike(before, after)) this.#sharing.shareBeat(after);
    else await this.#sharing.shareWritten(serviceId, instanceId);
  }
}
