import type { Instance, RegisterInstance } from '@grey/contracts';
import { ApiError } from '../infra/http/api-error.ts';
import type { RouterState } from '../routing/router-state.ts';
import { type LiveInstance, LiveInstances } from '../services/live-instances.ts';
import {
  healthOf,
  type InstanceOrigin,
  isCheckedAlike,
  isExpired,
  isSeenAlike,
  type Registration,
  type Report,
  type ReportedHealth,
  settleLoad,
  toInstance,
  toRecord,
} from './registration.ts';
import { Registrations } from './registrations.ts';

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
 * The discovery plane in the memory of one process: what registered here, what foreign registries told, what other
 * replicas shared. Every change is handed to the router at once. Instances that register hold their place by heartbeats.
 */
export class InstanceRegistry extends LiveInstances {
  readonly #router: Router;
  readonly #now: () => number;
  readonly #isExpired: typeof isExpired;
  readonly #registrations = new Registrations();
  readonly #sequences = new Map<string, number>();
  readonly #listeners = new Set<(service: ServiceInstances) => void>();

  /** @param options.holdsLeases false: heartbeats reach other replicas too, so this memory alone cannot tell who is overdue */
  constructor(router: Router, now: () => number = Date.now, options: { holdsLeases?: boolean } = {}) {
    super();
    this.#router = router;
    this.#now = now;
    this.#isExpired = options.holdsLeases === false ? () => false : isExpired;
  }

  get instanceCount(): number {
    return this.#registrations.count;
  }

  countOf(source: InstanceOrigin): number {
    return this.#registrations.countOf(source);
  }

  get serviceIds(): readonly string[] {
    return [...this.#registrations.serviceIds];
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
    const before = this.find(instanceId);
    if (before !== undefined && before.request.serviceId !== serviceId) {
      throw new ApiError('INSTANCE_TAKEN', { detail: `${instanceId} belongs to ${before.request.serviceId}.` });
    }
    const now = this.#now();
    const kept = before !== undefined && isCheckedAlike(before.request, request) ? before : undefined;
    const registration: Registration = {
      source: 'builtin',
      request,
      isEnabled: true,
      isUntagged: false,
      registeredAt: before?.registeredAt ?? now,
      lastSeenAt: now,
      reported: before?.reported ?? 'unknown',
      inFlight: before?.inFlight ?? null,
      latencyMs: before?.latencyMs ?? null,
      checked: kept?.checked ?? 'unknown',
      lastCheckedAt: kept?.lastCheckedAt ?? null,
      checkDetail: kept?.checkDetail ?? null,
    };
    this.#write(registration, before);
    return this.#show(registration);
  }

  /** @throws ApiError INSTANCE_UNKNOWN, also after the instance had expired */
  heartbeat(instanceId: string, report: Report = {}): Instance {
    const before = this.#get(instanceId);
    const registration = {
      ...before,
      lastSeenAt: this.#now(),
      reported: report.health ?? before.reported,
      inFlight: settleLoad(before.inFlight, report.inFlight),
      latencyMs: settleLoad(before.latencyMs, report.latencyMs),
    };
    this.#write(registration, before);
    return this.#show(registration);
  }

  /** @throws ApiError INSTANCE_UNKNOWN */
  deregister(instanceId: string): void {
    this.drop(this.#get(instanceId).request.serviceId, [instanceId]);
  }

  /** @throws ApiError SERVICE_UNKNOWN */
  list(serviceId: string): { items: Instance[]; sequence: number } {
    const registrations = this.registrationsOf(serviceId);
    if (registrations.length === 0 && !this.#router.hasService(serviceId)) throw new ApiError('SERVICE_UNKNOWN');
    return {
      items: registrations.map((registration) => this.#show(registration)),
      sequence: this.sequenceOf(serviceId),
    };
  }

  override listLive(serviceId: string): readonly LiveInstance[] {
    return this.registrationsOf(serviceId).map((registration) => {
      const { instanceId, version, address } = registration.request;
      const { source, isEnabled } = registration;
      const health = healthOf(registration);
      return { instanceId, version, address, source, health, isEnabled, isUsable: isEnabled && health !== 'unhealthy' };
    });
  }

  /** Whoever is listed for a service, sorted by id. */
  registrationsOf(serviceId: string): Registration[] {
    const now = this.#now();
    return this.#registrations.listOf(serviceId).filter((registration) => !this.#isExpired(registration, now));
  }

  /** An instance that registered here, or at another replica. */
  find(instanceId: string): Registration | undefined {
    const registration = this.#registrations.findBuiltin(instanceId);
    // Between two runs of expire() an overdue instance is still in the table, but its place is lost.
    return registration === undefined || this.#isExpired(registration, this.#now()) ? undefined : registration;
  }

  sequenceOf(serviceId: string): number {
    return this.#sequences.get(serviceId) ?? 0;
  }

  /** Instances that want to be checked by asking an endpoint of theirs. */
  listChecked(): Registration[] {
    return [...this.#registrations.all()].filter((registration) => registration.request.healthCheck !== undefined);
  }

  /**
   * Takes the result of a check of `asked`; one that comes after the instance has moved or gone says nothing.
   * @returns whether an operator would see a difference
   */
  recordCheck(asked: RegisterInstance, { health, detail }: CheckResult): boolean {
    const before = this.#registrations.find(asked.serviceId, asked.instanceId);
    if (before === undefined || !isCheckedAlike(before.request, asked)) return false;
    this.#write({ ...before, checked: health, checkDetail: detail, lastCheckedAt: this.#now() }, before);
    return before.checked !== health || before.checkDetail !== detail;
  }

  /** Takes out every instance whose heartbeat is overdue. */
  expire(): void {
    const now = this.#now();
    for (const serviceId of this.serviceIds) {
      const overdue = this.#registrations.listOf(serviceId).filter((one) => this.#isExpired(one, now));
      this.drop(
        serviceId,
        overdue.map(({ request }) => request.instanceId),
      );
    }
  }

  /** Takes instances out of a service; those that are not there do not matter. */
  drop(serviceId: string, instanceIds: readonly string[]): void {
    const dropped = instanceIds.filter((instanceId) => this.#registrations.delete(serviceId, instanceId));
    if (dropped.length > 0) this.#announce(serviceId);
  }

  /**
   * Puts `registrations` in the place of all that a service had, or of all that it had from one source.
   * @param options.sequence what the other replicas count; ours never falls behind it, nor back
   * @returns whether routing or an operator would notice
   */
  replace(
    serviceId: string,
    registrations: readonly Registration[],
    options: { source?: InstanceOrigin; sequence?: number } = {},
  ): boolean {
    const { source } = options;
    const before = this.#registrations.listOf(serviceId).filter((one) => source === undefined || one.source === source);
    const gone = new Map(before.map((registration) => [registration.request.instanceId, registration]));
    let isNoticed = false;
    for (const registration of registrations) {
      const { instanceId } = registration.request;
      const known = gone.get(instanceId);
      gone.delete(instanceId);
      isNoticed ||= known === undefined || !isSeenAlike(known, registration);
      this.#registrations.set(registration);
    }
    for (const instanceId of gone.keys()) this.#registrations.delete(serviceId, instanceId);
    if (isNoticed || gone.size > 0) this.#announce(serviceId, options.sequence);
    else if (options.sequence !== undefined) this.noteSequence(serviceId, options.sequence);
    return isNoticed || gone.size > 0;
  }

  /** Other replicas count this far; our own count never falls behind. */
  noteSequence(serviceId: string, sequence: number): void {
    this.#sequences.set(serviceId, Math.max(sequence, this.sequenceOf(serviceId)));
  }

  /** @returns ends the subscription */
  onChanged(listener: (service: ServiceInstances) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #get(instanceId: string): Registration {
    const registration = this.find(instanceId);
    if (registration === undefined) throw new ApiError('INSTANCE_UNKNOWN');
    return registration;
  }

  #write(registration: Registration, before: Registration | undefined): void {
    const { serviceId, instanceId } = registration.request;
    const overdue = before === undefined ? this.#registrations.findBuiltin(instanceId) : undefined;
    if (overdue !== undefined) this.#registrations.delete(overdue.request.serviceId, instanceId);
    if (overdue !== undefined && overdue.request.serviceId !== serviceId) this.#announce(overdue.request.serviceId);
    this.#registrations.set(registration);
    if (before === undefined || !isSeenAlike(before, registration)) this.#announce(serviceId);
  }

  #announce(serviceId: string, shared = 0): void {
    const sequence = Math.max(this.sequenceOf(serviceId) + 1, shared);
    this.#sequences.set(serviceId, sequence);
    const registrations = this.registrationsOf(serviceId);
    this.#router.setInstances(serviceId, registrations.map(toRecord));
    for (const listener of this.#listeners) listener({ serviceId, sequence, instanceCount: registrations.length });
  }

  #show(registration: Registration): Instance {
    const { serviceId, version } = registration.request;
    return toInstance(registration, this.#router.hasVersion(serviceId, version));
  }
}
