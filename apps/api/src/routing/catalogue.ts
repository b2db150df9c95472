import type { ServiceRecord, SnapshotDelta, SnapshotSource, TenantRecord } from '@grey/route-core';

/** Names that the snapshot knows, for those who must ask about them outside of a decision. Follows the same deltas. */
export class Catalogue {
  readonly #versionsOfService = new Map<string, ReadonlySet<string>>();
  readonly #suspendedTenants = new Set<string>();

  static of(source: Pick<SnapshotSource, 'services' | 'tenants'>): Catalogue {
    const catalogue = new Catalogue();
    for (const service of source.services) catalogue.#writeService(service);
    for (const tenant of source.tenants) catalogue.#writeTenant(tenant);
    return catalogue;
  }

  get suspendedTenantCount(): number {
    return this.#suspendedTenants.size;
  }

  hasService(serviceId: string): boolean {
    return this.#versionsOfService.has(serviceId);
  }

  hasVersion(serviceId: string, version: string): boolean {
    return this.#versionsOfService.get(serviceId)?.has(version) === true;
  }

  apply(delta: SnapshotDelta): void {
    for (const id of delta.services?.remove ?? []) this.#versionsOfService.delete(id);
    for (const service of delta.services?.upsert ?? []) this.#writeService(service);
    for (const id of delta.tenants?.remove ?? []) this.#suspendedTenants.delete(id);
    for (const tenant of delta.tenants?.upsert ?? []) this.#writeTenant(tenant);
  }

  #writeService(service: ServiceRecord): void {
    this.#versionsOfService.set(service.id, new Set(service.versions.map((version) => version.version)));
  }

  #writeTenant(tenant: TenantRecord): void {
    if (tenant.status === 'suspended') this.#suspendedTenants.add(tenant.id);
    else this.#suspendedTenants.delete(tenant.id);
  }
}
