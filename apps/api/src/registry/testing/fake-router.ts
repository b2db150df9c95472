import { buildSnapshot, type InstanceRecord, type Snapshot } from '@grey/route-core';
import { makeSnapshotSource } from '@grey/testkit';

/** What the registry asks of the router, and what it has been handed. */
export class FakeRouter {
  snapshot: Snapshot | undefined = buildSnapshot(makeSnapshotSource({ tenantCount: 1, serviceCount: 1 }));
  readonly services = new Map([
    ['payment', ['v1', 'v2']],
    ['order', ['v1']],
  ]);
  readonly instances = new Map<string, readonly InstanceRecord[]>();

  hasService(id: string) {
    return this.services.has(id);
  }

  hasVersion(id: string, version: string) {
    return this.services.get(id)?.includes(version) === true;
  }

  setInstances(serviceId: string, instances: readonly InstanceRecord[]) {
    this.instances.set(serviceId, instances);
  }

  /** `id version health`, as they would be routed to. */
  routed(serviceId: string): string[] {
    const instances = this.instances.get(serviceId) ?? [];
    return instances.map(({ instanceId, version, health }) => `${instanceId} ${version} ${health}`).sort();
  }
}
