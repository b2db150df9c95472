import type { InstanceOrigin, Registration } from './registration.ts';

/** The registrations of one process, by service and by id. Ids of instances that registered here are unique over all services. */
export class Registrations {
  readonly #ofService = new Map<string, Map<string, Registration>>();
  readonly #serviceOfId = new Map<string, string>();
  #count = 0;

  get count(): number {
    return this.#count;
  }

  get serviceIds(): Iterable<string> {
    return this.#ofService.keys();
  }

  find(serviceId: string, instanceId: string): Registration | undefined {
    return this.#ofService.get(serviceId)?.get(instanceId);
  }

  /** Of those that registered here, whatever their service. */
  findBuiltin(instanceId: string): Registration | undefined {
    const serviceId = this.#serviceOfId.get(instanceId);
    return serviceId === undefined ? undefined : this.find(serviceId, instanceId);
  }

  /** Of one service, sorted by id. */
  listOf(serviceId: string): Registration[] {
    const registrations = [...(this.#ofService.get(serviceId)?.values() ?? [])];
    return registrations.sort((x, y) => (x.request.instanceId < y.request.instanceId ? -1 : 1));
  }

  *all(): Generator<Registration> {
    for (const registrations of this.#ofService.values()) yield* registrations.values();
  }

  countOf(source: InstanceOrigin): number {
    let count = 0;
    for (const registration of this.all()) if (registration.source === source) count++;
    return count;
  }

  set(registration: Registration): void {
    const { serviceId, instanceId } = registration.request;
    let registrations = this.#ofService.get(serviceId);
    if (registrations === undefined) {
      registrations = new Map();
      this.#ofService.set(serviceId, registrations);
    }
    if (!registrations.has(instanceId)) this.#count++;
    registrations.set(instanceId, registration);
    if (registration.source === 'builtin') this.#serviceOfId.set(instanceId, serviceId);
  }

  delete(serviceId: string, instanceId: string): boolean {
    const registrations = this.#ofService.get(serviceId);
    if (registrations === undefined || !registrations.delete(instanceId)) return false;
    this.#count--;
    if (registrations.size === 0) this.#ofService.delete(serviceId);
    if (this.#serviceOfId.get(instanceId) === serviceId) this.#serviceOfId.delete(instanceId);
    return true;
  }
}
