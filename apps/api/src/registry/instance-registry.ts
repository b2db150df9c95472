import type { Instance, RegisterInstance } from '@grey/contracts';
import { ApiError } from '../infra/http/api-error.ts';
import type { RouterState } from '../routing/router-state.ts';
import { type LiveInstance, LiveInstances } from '../services/live-instances.ts';
import {
  healthOf,
  isCheckedAlike,
  isExpired,
  type Registration,
  type ReportedHealth,
  toInstance,
  toRecord,
} from './registration.ts';

/** The live instances of one service. `sequence` grows with every change that routing or an operator would notice. */
export interface ServiceInstances {
  readonly serviceId: string;
  readonly sequence: number;
  readonly instanceCount: number;
}

/** What a check of our own found. */
export interface CheckResult {
  readonly health: ReportedHealth;
  readonly detail: string;
}

type Router = Pick<RouterState, 'snapshot' | 'hasService' | 'hasVersion' | 'setInstances'>;

/**
 * The built-in registry: the discovery plane of one process, in memory. Instances hold their place by heartbeats; after
 * a restart they are back as soon as they have registered again.
 */
export class InstanceRegistry extends LiveInstances {
  readonly #router: Router;
  readonly #now: () => number;
  readonly #byId = new Map<string, Registration>();
  readonly #idsOfService = new Map<string, Set<string>>();
  readonly #sequences = new Map<string, number>();
  readonly #listeners = new Set<(service: ServiceInstances) => void>();

  constructor(router: Router, now: () => number = Date.now) {
    super();
    this.#router = router;
    this.#now = now;
  }

  get instanceCount(): number {
    return this.#byId.size;
  }

  /**
   * Registers an instance, or renews it: the same request again only counts as a heartbeat.
   * @throws ApiError SNAPSHOT_MISSING, SERVICE_UNKNOWN, INSTANCE_TAKEN
   */
  register(request: RegisterInstance): Instance {
    const { serviceId, instanceId } = request;
    if (this.#router.snapshot === undefined) throw new ApiError('SNAPSHOT_MISSING');
    if (!this.#router.hasService(serviceId)) {
      throw new ApiError('SERVICE_UNKNOWN', { detail: `Service ${serviceId} is not known.` });
    }
    const before = this.#find(instanceId);
    if (before !== undefined && before.request.serviceId !== serviceId) {
      throw new ApiError('INSTANCE_TAKEN', { detail: `${instanceId} belongs to ${before.request.serviceId}.` });
    }
    const now = this.#now();
    const kept = before !== undefined && isCheckedAlike(before.request, request) ? before : undefined;
    const registration: Registration = {
      request,
      registeredAt: before?.registeredAt ?? now,
      lastSeenAt: now,
      reported: before?.reported ?? 'unknown',
      checked: kept?.checked ?? 'unknown',
      lastCheckedAt: kept?.lastCheckedAt ?? null,
      checkDetail: kept?.checkDetail ?? null,
    };
    this.#write(registration, before);
    return this.#show(registration);
  }

  /** @throws ApiError INSTANCE_UNKNOWN, also after the instance had expired */
  heartbeat(instanceId: string, health?: ReportedHealth): Instance {
    const before = this.#get(instanceId);
    const registration = { ...before, lastSeenAt: this.#now(), reported: health ?? before.reported };
    this.#write(registration, before);
    return this.#show(registration);
  }

  /** @throws ApiError INSTANCE_UNKNOWN */
  deregister(instanceId: string): void {
    const { serviceId } = this.#get(instanceId).request;
    this.#remove(serviceId, instanceId);
    this.#announce(serviceId);
  }

  /** @throws ApiError SERVICE_UNKNOWN */
  list(serviceId: string): { items: Instance[]; sequence: number } {
    const registrations = this.#registrationsOf(serviceId);
    if (registrations.length === 0 && !this.#router.hasService(serviceId)) throw new ApiError('SERVICE_UNKNOWN');
    return {
      items: registrations.map((registration) => this.#show(registration)),
      sequence: this.#sequences.get(serviceId) ?? 0,
    };
  }

  override listLive(serviceId: string): readonly LiveInstance[] {
    return this.#registrationsOf(serviceId).map(({ request: { instanceId, version, address } }) => ({
      instanceId,
      version,
      address,
    }));
  }

  /** Instances that want to be checked. */
  listChecked(): Registration[] {
    return [...this.#byId.values()].filter((registration) => registration.request.healthCheck !== undefined);
  }

  /** Takes the result of a check of `asked`; one that comes after the instance has moved or gone says nothing. */
  recordCheck(asked: RegisterInstance, { health, detail }: CheckResult): void {
    const before = this.#byId.get(asked.instanceId);
    if (before === undefined || !isCheckedAlike(before.request, asked)) return;
    this.#write({ ...before, checked: health, checkDetail: detail, lastCheckedAt: this.#now() }, before);
  }

  /** Takes out every instance whose heartbeat is overdue. */
  expire(): void {
    const now = this.#now();
    const services = new Set<string>();
    for (const registration of this.#byId.values()) {
      if (!isExpired(registration, now)) continue;
      const { serviceId, instanceId } = registration.request;
      this.#remove(serviceId, instanceId);
      services.add(serviceId);
    }
    for (const serviceId of services) this.#announce(serviceId);
  }

  /** @returns ends the subscription */
  onChanged(listener: (service: ServiceInstances) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #find(instanceId: string): Registration | undefined {
    const registration = this.#byId.get(instanceId);
    // Between two runs of expire() an overdue instance is still in the table, but its place is lost.
    return registration === undefined || isExpired(registration, this.#now()) ? undefined : registration;
  }

  #get(instanceId: string): Registration {
    const registration = this.#find(instanceId);
    if (registration === undefined) throw new ApiError('INSTANCE_UNKNOWN');
    return registration;
  }

  #registrationsOf(serviceId: string): Registration[] {
    const ids = [...(this.#idsOfService.get(serviceId) ?? [])].sort();
    return ids.map((id) => this.#find(id)).filter((registration) => registration !== undefined);
  }

  #write(registration: Registration, before: Registration | undefined): void {
    const { serviceId, instanceId } = registration.request;
    const overdue = before === undefined ? this.#byId.get(instanceId) : undefined;
    if (overdue !== undefined) this.#remove(overdue.request.serviceId, instanceId);
    if (overdue !== undefined && overdue.request.serviceId !== serviceId) this.#announce(overdue.request.serviceId);
    this.#byId.set(instanceId, registration);
    const ids = this.#idsOfService.get(serviceId);
    if (ids === undefined) this.#idsOfService.set(serviceId, new Set([instanceId]));
    else ids.add(instanceId);
    if (before === undefined || !isSeenAlike(before, registration)) this.#announce(serviceId);
  }

  #remove(serviceId: string, instanceId: string): void {
    this.#byId.delete(instanceId);
    const ids = this.#idsOfService.get(serviceId);
    ids?.delete(instanceId);
    if (ids?.size === 0) this.#idsOfService.delete(serviceId);
  }

  #announce(serviceId: string): void {
    const sequence = (this.#sequences.get(serviceId) ?? 0) + 1;
    this.#sequences.set(serviceId, sequence);
    const registrations = this.#registrationsOf(serviceId);
    this.#router.setInstances(serviceId, registrations.map(toRecord));
    for (const listener of this.#listeners) listener({ serviceId, sequence, instanceCount: registrations.length });
  }

  #show(registration: Registration): Instance {
    const { serviceId, version } = registration.request;
    return toInstance(registration, this.#router.hasVersion(serviceId, version));
  }
}

function isSeenAlike(a: Registration, b: Registration): boolean {
  return healthOf(a) === healthOf(b) && JSON.stringify(a.request) === JSON.stringify(b.request);
}
