import type { AssignmentRecord, InstanceRecord, ServiceRecord, SnapshotSource, TenantRecord } from '@grey/route-core';

export const TENANT_COUNT = 10_000;
export const SERVICE_COUNT = 100;
export const INSTANCE_COUNT = 10;
const VERSIONS = ['1.0.0', '1.1.0', '2.0.0'] as const;

/** In one piece of memory, as a driver or a parser hands it over; what is concatenated stays in pieces, which takes longer to read. */
const inOnePiece = (text: string): string => Buffer.from(text).toString();

/** Ids of one length, so that answers have one size. */
export const tenantId = (i: number): string => inOnePiece(`tenant-${String(i).padStart(5, '0')}`);
export const serviceId = (i: number): string => inOnePiece(`service-${String(i).padStart(3, '0')}`);

function tenants(count: number): TenantRecord[] {
  return Array.from({ length: count }, (_, i) => ({
    id: tenantId(i),
    status: 'active' as const,
    region: 'eu',
    tags: [],
  }));
}

function services(count: number): ServiceRecord[] {
  return Array.from({ length: count }, (_, i) => ({
    id: serviceId(i),
    unknownTenant: 'reject' as const,
    balancer: 'round_robin' as const,
    fallback: 'nearest' as const,
    defaults: [{ version: VERSIONS[0], weight: 10_000 }],
    versions: VERSIONS.map((version, ordinal) => ({ version, ordinal, status: 'active' as const })),
  }));
}

function instances(count: number): InstanceRecord[] {
  return Array.from({ length: count }, (_, s) =>
    VERSIONS.flatMap((version, v) =>
      Array.from({ length: INSTANCE_COUNT }, (_, i) => ({
        serviceId: serviceId(s),
        instanceId: `${serviceId(s)}-${version}-${i}`,
        version,
        address: `10.${v}.${s}.${i}:8080`,
        weight: 100,
        health: 'healthy' as const,
        isEnabled: true,
        region: 'eu',
        tags: [],
      })),
    ),
  ).flat();
}

/** One after the other: a million records at once would be what is measured. */
function* assignments(tenantCount: number, serviceCount: number, every: number): Generator<AssignmentRecord> {
  for (let s = 0; s < serviceCount; s++) {
    for (let t = 0; t < tenantCount; t += every) {
      const version = VERSIONS[1 + ((t + s) % 2)]!;
      yield { tenantId: tenantId(t), serviceId: serviceId(s), version, isPinned: t % 50 === 0 };
    }
  }
}

/** @param every 1: each tenant has an assignment at each service; 2: every second, the others get the default */
export function makeWorld(every: number, tenantCount = TENANT_COUNT, serviceCount = SERVICE_COUNT): SnapshotSource {
  return {
    position: { epoch: '01JD0000000000000000000000', revision: 1 },
    tenants: tenants(tenantCount),
    services: services(serviceCount),
    assignments: assignments(tenantCount, serviceCount, every),
    schemas: [],
    holds: [],
    instances: instances(serviceCount),
  };
}
